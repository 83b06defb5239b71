"""The public page: the promise in plain words, what an order brings, and joining in one page."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.models import Organisation
from rapport.apps.partners.models import Application
from rapport.apps.programs.actions import move_program, publish_terms, save_draft
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import version_in_force
from rapport.domain.terms import presets
from rapport.doors.public.program import APPLICATIONS_AN_HOUR
from rapport.kit.clock import now
from tests.make.identity import STORY, make_organisation
from tests.make.road import make_program
from tests.support.pages import words_of


@pytest.fixture(autouse=True)
def _nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def marlow(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def program(marlow: Organisation) -> Program:
    return make_program(marlow)


def filled(program: Program, **changed: str) -> dict[str, str]:
    """A whole application to the terms in force."""
    version = version_in_force(program.id, at=now())
    assert version is not None
    return {
        "name": "Mira Falk",
        "email": "mira@sleepatlas.example",
        "organisation_name": "Sleep Atlas",
        "website": "sleepatlas.example",
        "segment": "niche",
        "promotion": "I compare mattresses.",
        "accepted_version": version.id,
        "accept": "on",
    } | changed


def page(client: Client, program: Program, **query: str) -> str:
    return words_of(client.get(f"/p/{program.slug}", query).content)


def test_whoever_comes_reads_the_promise_the_rate_and_all_terms(client: Client, program: Program) -> None:
    words = page(client, program)
    assert "You earn 12 % of every sale, for 365 days after the click, repeat purchases included." in words
    assert re.search(r"Every sale of what the customer paid, without tax and shipping 12 %", words)
    assert "Terms that are worse for you take effect 30 days after we announce them" in words
    assert "For how long does a click earn?" in words


def test_an_example_order_is_computed_by_the_judge(client: Client, program: Program) -> None:
    assert re.search(r"100.00 € .* 12.00 €", page(client, program))
    assert re.search(r"85.77 € .* 10.29 €", page(client, program, amount="85.77"))


@pytest.mark.parametrize("amount", ["-1", "1,5", "x" * 500, "1e9", "NaN", "99999999999999", "1.005"])
def test_an_example_that_cannot_be_computed_says_why_and_shows_the_usual_one(
    client: Client, program: Program, amount: str
) -> None:
    answer = client.get(f"/p/{program.slug}", {"amount": amount})
    assert answer.status_code == 200
    assert 'id="f-amount-error"' in answer.content.decode()
    assert "100.00 €" in words_of(answer.content)


def test_terms_of_several_kinds_show_a_rate_and_an_example_for_each(client: Client, marlow: Organisation) -> None:
    words = page(client, make_program(marlow, document=dict(presets()[2].document)))
    assert re.search(r"Every lead a fixed amount 5.00 €", words)
    assert re.search(r"Every sale of what the customer paid, without tax and shipping 8 %", words)


def test_the_page_introduces_itself_to_those_who_share_it(client: Client, program: Program) -> None:
    html = client.get(f"/p/{program.slug}").content.decode()
    assert f'<meta property="og:title" content="{program.name}">' in html
    assert '<meta property="og:description" content="You earn 12 % of every sale' in html
    assert f'/p/{program.slug}">' in html


def test_an_application_is_taken_confirmed_by_mail_and_thanked_for(client: Client, program: Program) -> None:
    answer = client.post(f"/p/{program.slug}", filled(program))
    assert (answer.status_code, answer["Location"]) == (303, f"/p/{program.slug}/thanks")
    assert "your application has arrived" in words_of(client.get(answer["Location"]).content)
    application = Application.objects.get()
    assert (application.website, application.segment) == ("https://sleepatlas.example", "niche")
    assert application.sentence.startswith("You earn 12 % of every sale")
    assert Mail.objects.get().recipient == "mira@sleepatlas.example"


def test_applying_twice_keeps_one_application_and_answers_the_same(client: Client, program: Program) -> None:
    answers = [client.post(f"/p/{program.slug}", filled(program)) for _time in range(2)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(303, f"/p/{program.slug}/thanks")}
    assert Application.objects.count() == Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("email", "mira"),
        ("organisation_name", "o" * 121),
        ("website", "javascript:alert(1)//"),
        ("website", "http://a b"),
        ("segment", "wizard"),
        ("promotion", "  "),
        ("promotion", "p" * 4001),
        ("accept", ""),
    ],
)
def test_what_is_missing_is_named_at_its_field_and_nothing_is_lost(
    client: Client, program: Program, field: str, value: str
) -> None:
    answer = client.post(f"/p/{program.slug}", filled(program, **{field: value}))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f"id_{field}_error" in html
    assert "Mira Falk" in html or field == "name"
    assert not Application.objects.exists()


def test_terms_that_changed_while_the_page_was_open_must_be_read_again(client: Client, program: Program) -> None:
    before = filled(program)
    save_draft(program_id=program.id, document=dict(presets()[4].document), by=STORY, at=now())
    at = now()
    publish_terms(program_id=program.id, effective_at=at, by=STORY, at=at)
    answer = client.post(f"/p/{program.slug}", before)
    assert answer.status_code == 422
    assert "The terms have changed since you opened this page." in words_of(answer.content)


@pytest.mark.parametrize(
    ("state", "words"),
    [(ProgramState.PAUSED, "takes no new partners at the moment"), (ProgramState.CLOSED, "This program is closed.")],
)
def test_a_program_that_takes_nobody_says_so_and_keeps_its_terms_readable(
    client: Client, program: Program, state: ProgramState, words: str
) -> None:
    whole = filled(program)
    move_program(program_id=program.id, state=state, by=STORY, at=now())
    told = page(client, program)
    assert words in told
    assert "You earn 12 %" in told
    assert "I accept" not in told
    assert client.post(f"/p/{program.slug}", whole).status_code == 409
    assert not Application.objects.exists()


def test_terms_that_take_effect_later_are_announced(client: Client, marlow: Organisation) -> None:
    tomorrow = now() + timedelta(days=1)
    program = make_program(marlow, at=tomorrow)
    told = page(client, program)
    assert "The terms take effect on" in told
    assert "I accept" not in told


def test_flooding_from_one_address_is_slowed_down(client: Client, program: Program) -> None:
    for number in range(APPLICATIONS_AN_HOUR):
        whole = filled(program, email=f"mira{number}@sleepatlas.example")
        assert client.post(f"/p/{program.slug}", whole).status_code == 303
    refused = client.post(f"/p/{program.slug}", filled(program, email="late@sleepatlas.example"))
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert Application.objects.count() == APPLICATIONS_AN_HOUR
    elsewhere = client.post(f"/p/{program.slug}", filled(program), REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 303


def test_editors_get_the_schema_of_terms(client: Client) -> None:
    answer = client.get("/schemas/terms-v1.json")
    assert answer["Content-Type"] == "application/schema+json"
    assert answer.json()["title"] == "Terms of a program"
