"""Names of a program's own: proven by a record, asked for every day, gone with the record, and nobody else's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from rapport.apps.identity.models import Role
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.apps.tracking.domains import SILENCE_TOLERATED, add_domain, remove_domain, show_in_links
from rapport.apps.tracking.errors import DomainNotProven, DomainTaken
from rapport.apps.tracking.inputs import DomainInput
from rapport.apps.tracking.models import DomainState, TrackingDomain
from rapport.apps.tracking.publishing import publish_book
from rapport.apps.tracking.queries import address_of, base_of
from rapport.flows.domains import check_all_domains, check_domain
from rapport.kit.records import NoAnswer, Records
from rapport.wire.linkbook import Reader
from tests.make.identity import NOON, STORY, make_member
from tests.make.road import make_agreement, make_link, make_program
from tests.support.names import NameServer, naming

pytestmark = pytest.mark.django_db

NAME = "go.shop.example"


@pytest.fixture
def names() -> Iterator[NameServer]:
    """A name server of the test's own."""
    with naming() as server:
        yield server


@pytest.fixture
def records(names: NameServer) -> Records:
    """What the test's name server says."""
    return Records(names.address)


def added(program: Program, name: str = NAME) -> TrackingDomain:
    return add_domain(program_id=program.id, given=DomainInput(name=name), by=STORY, at=NOON)


def proven(program: Program, names: NameServer, records: Records) -> TrackingDomain:
    domain = added(program)
    names.say(domain.record_name, "TXT", "something else", domain.record_text)
    return check_domain(domain, records=records, by=STORY, at=NOON)


def in_book(settings: Settings, name: str = NAME) -> str | None:
    publish_book(at=NOON)
    reader = Reader(settings.LINKBOOK_FOLDER)
    try:
        return reader.program_of_domain(name)
    finally:
        reader.close()


def test_a_name_counts_once_its_record_is_there(names: NameServer, records: Records, settings: Settings) -> None:
    program = make_program()
    domain = added(program)
    assert in_book(settings) is None
    assert check_domain(domain, records=records, by=STORY, at=NOON).problem == "There is no such record yet."
    names.say(domain.record_name, "TXT", "rapport-proof=another")
    assert (
        "says something else: rapport-proof=another" in check_domain(domain, records=records, by=STORY, at=NOON).problem
    )
    assert in_book(settings) is None
    names.say(domain.record_name, "TXT", domain.record_text)
    assert check_domain(domain, records=records, by=STORY, at=NOON).state == DomainState.PROVEN
    assert in_book(settings) == program.id
    assert AuditRow.objects.filter(action="domain.proven", subject=domain.id).count() == 1


def test_a_record_that_is_gone_takes_the_name_along(names: NameServer, records: Records, settings: Settings) -> None:
    program = make_program()
    domain = proven(program, names, records)
    show_in_links(domain_id=domain.id, by=STORY, at=NOON)
    assert in_book(settings) == program.id
    del names.zone[domain.record_name, "TXT"]
    assert check_all_domains(records=records, at=NOON) == 1
    domain.refresh_from_db()
    assert (domain.state, domain.in_links) == (DomainState.LOST, False)
    assert in_book(settings) is None
    assert base_of(program.id) == settings.EDGE_URL
    names.say(domain.record_name, "TXT", domain.record_text)
    check_all_domains(records=records, at=NOON)
    assert in_book(settings) == program.id, "who proves it again has it again"


def test_silence_for_a_while_takes_nothing_and_for_days_it_does(names: NameServer, records: Records) -> None:
    domain = proven(make_program(), names, records)
    names.silent = True
    with pytest.raises(NoAnswer):
        records.texts(NAME)
    later = check_domain(domain, records=records, by=STORY, at=NOON + SILENCE_TOLERATED)
    assert (later.state, later.problem[:23]) == (DomainState.PROVEN, "No name server answered")
    over = check_domain(domain, records=records, by=STORY, at=NOON + SILENCE_TOLERATED + timedelta(seconds=1))
    assert over.state == DomainState.LOST


def test_a_name_has_one_owner_and_changes_hands_with_the_records(
    names: NameServer, records: Records, settings: Settings
) -> None:
    first, second = make_program(), make_program()
    domain, wish = proven(first, names, records), added(second)
    names.say(domain.record_name, "TXT", domain.record_text, wish.record_text)
    waiting = check_domain(wish, records=records, by=STORY, at=NOON)
    assert (waiting.state, waiting.problem[:15]) == (DomainState.WAITING, "Another program")
    names.say(domain.record_name, "TXT", wish.record_text)
    check_all_domains(records=records, at=NOON)
    check_all_domains(records=records, at=NOON)
    assert in_book(settings) == second.id


def test_links_show_a_proven_name_and_no_other(names: NameServer, records: Records, settings: Settings) -> None:
    settings.EDGE_URL = "https://partners.example:5001"
    program = make_program()
    link = make_link(make_agreement(program))
    waiting = added(program, "other.shop.example")
    with pytest.raises(DomainNotProven):
        show_in_links(domain_id=waiting.id, by=STORY, at=NOON)
    domain = proven(program, names, records)
    assert address_of(link).startswith("https://partners.example:5001/c/")
    show_in_links(domain_id=domain.id, by=STORY, at=NOON)
    assert address_of(link) == f"https://{NAME}:5001/c/{link.code}"
    for _ in range(2):
        remove_domain(domain_id=domain.id, by=STORY, at=NOON)
    assert AuditRow.objects.filter(action="domain.removed").count() == 1
    assert address_of(link).startswith("https://partners.example:5001/c/")
    assert check_domain(domain, records=records, by=STORY, at=NOON).state == DomainState.REMOVED
    assert added(program).state == DomainState.WAITING, "it may be added again"


def test_names_that_cannot_be_proven_are_refused(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://partners.example"
    program = make_program()
    for name in ("localhost", "127.0.0.1", "go.shop.example:80", "a b.example", "-a.example", "x" * 64 + ".example"):
        with pytest.raises(BadInput):
            read_input(DomainInput, {"name": name})
    assert read_input(DomainInput, {"name": "Käse.Example."}).name == "xn--kse-qla.example"
    added(program)
    for name in (NAME, "partners.example"):
        with pytest.raises(DomainTaken):
            added(program, name)


def test_a_manager_adds_proves_shows_and_removes_a_name(names: NameServer, settings: Settings, client: Client) -> None:
    settings.DNS_SERVER = names.address
    program = make_program()
    client.force_login(make_member(program.workspace, Role.MANAGER))
    page = f"/console/{program.id}/domains/"
    assert client.post(page, {"name": "localhost"}).status_code == 422
    client.post(page, {"name": NAME})
    domain = TrackingDomain.objects.get()
    shown = client.get(page).content.decode()
    assert domain.record_text in shown
    assert domain.record_name in shown
    assert "no such record yet" in client.post(f"{page}{domain.id}/check/", follow=True).content.decode()
    assert "is not proven yet" in client.post(f"{page}{domain.id}/show/", follow=True).content.decode()
    names.say(domain.record_name, "TXT", domain.record_text)
    assert "is proven" in client.post(f"{page}{domain.id}/check/", follow=True).content.decode()
    client.post(f"{page}{domain.id}/show/")
    assert "Links begin with it." in client.get(page).content.decode()
    client.post(f"{page}{domain.id}/remove/")
    assert "No name of your own yet." in client.get(page).content.decode()
