"""Every change that the edge must know reaches its link book."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.partners.actions import end_agreement, resume_agreement, suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.actions import change_program, move_program, publish_terms, save_draft
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import ProgramState
from rapport.apps.tracking.actions import (
    issue_postback_secret,
    limit_link,
    revoke_click_key,
    revoke_postback_secret,
    rotate_click_key,
    switch_link,
)
from rapport.apps.tracking.inputs import LimitsInput, TagsInput
from rapport.apps.tracking.keys import secret_of
from rapport.apps.tracking.models import BookPublication, Link, PostbackWay
from rapport.apps.tracking.publishing import book_is_behind, publish_book
from rapport.apps.tracking.tags import tag_links
from rapport.domain.terms import presets
from rapport.kit.clock import to_ms
from rapport.wire.linkbook import LinkEntry, ProgramEntry, Reader
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_link, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """The link book's folder, empty."""
    settings.LINKBOOK_FOLDER = tmp_path / "linkbook"
    return tmp_path / "linkbook"


@pytest.fixture
def agreement() -> Agreement:
    """An active agreement of an open program."""
    return make_agreement(make_program())


class Edge:
    """What the edge reads after a change was published."""

    def __init__(self, folder: Path) -> None:
        assert book_is_behind()
        publish_book(at=NOON)
        assert not book_is_behind()
        self._reader = Reader(folder)

    def link(self, link: Link) -> LinkEntry:
        """Return the entry of a link."""
        entry = self._reader.link(link.code)
        assert entry is not None
        return entry

    def program(self, agreement: Agreement) -> ProgramEntry:
        """Return the entry of an agreement's program."""
        entry = self._reader.program(agreement.program_id)
        assert entry is not None
        return entry

    def close(self) -> None:
        """Let go of the book, as an edge that stops."""
        self._reader.close()

    @property
    def signing(self) -> int:
        """Return the number of the key that signs."""
        keys = self._reader.keys()
        assert keys is not None
        return keys.minting().number


def test_the_first_book_holds_everything(agreement: Agreement, folder: Path) -> None:
    link = make_link(agreement, placement="header", channel="mail")
    edge = Edge(folder)
    entry, program = edge.link(link), edge.program(agreement)
    assert (entry.agreement_id, entry.link_number, entry.active) == (agreement.id, link.number, True)
    assert (entry.placement, entry.channel, entry.destination) == ("header", "mail", "https://shop.example/")
    assert (program.state, program.hosts) == ("open", ("shop.example", "www.shop.example"))
    assert (program.cookie_days, program.parameter) == (365, "rpid")
    assert edge.signing == 1


def test_a_new_link_and_a_paused_one_reach_the_book(agreement: Agreement, folder: Path) -> None:
    old = make_link(agreement)
    Edge(folder)
    new = make_link(agreement, placement="footer")
    switch_link(link_id=old.id, active=False, by=STORY, at=NOON)
    edge = Edge(folder)
    assert (edge.link(new).active, edge.link(old).active) == (True, False)
    switch_link(link_id=old.id, active=True, by=STORY, at=NOON)
    assert Edge(folder).link(old).active


def test_the_limits_of_a_link_reach_the_book_and_leave_it(agreement: Agreement, folder: Path) -> None:
    link = make_link(agreement)
    assert Edge(folder).link(link).ends_ms is None
    given = LimitsInput(starts_at=NOON, ends_at=NOON + timedelta(days=1), fallback_url="https://shop.example/next")
    limit_link(link_id=link.id, given=given, by=STORY, at=NOON)
    entry = Edge(folder).link(link)
    assert (entry.starts_ms, entry.ends_ms) == (to_ms(NOON), to_ms(NOON + timedelta(days=1)))
    assert entry.fallback_url == "https://shop.example/next"
    limit_link(link_id=link.id, given=LimitsInput(), by=STORY, at=NOON)
    entry = Edge(folder).link(link)
    assert (entry.starts_ms, entry.ends_ms, entry.fallback_url) == (None, None, "")


def test_links_of_a_suspended_agreement_lead_on_and_of_an_ended_one_do_not(agreement: Agreement, folder: Path) -> None:
    link = make_link(agreement)
    Edge(folder)
    suspend_agreement(agreement_id=agreement.id, reason="A check", by=STORY, at=NOON)
    assert Edge(folder).link(link).active
    resume_agreement(agreement_id=agreement.id, by=STORY, at=NOON)
    assert Edge(folder).link(link).active
    end_agreement(agreement_id=agreement.id, for_breach=False, reason="Farewell", by=STORY, at=NOON)
    assert not Edge(folder).link(link).active


def test_state_landing_page_and_window_of_a_program_reach_the_book(agreement: Agreement, folder: Path) -> None:
    program = agreement.program
    Edge(folder)
    move_program(program_id=program.id, state=ProgramState.PAUSED, by=STORY, at=NOON)
    assert Edge(folder).program(agreement).state == "paused"
    given = ProgramInput(
        name="Partner program",
        currency="EUR",
        zone="Europe/Berlin",
        landing_url="https://new.example/",
        fallback_url="https://new.example/sold-out",
    )
    change_program(program_id=program.id, given=given, by=STORY, at=NOON)
    entry = Edge(folder).program(agreement)
    assert (entry.hosts, entry.fallback_url) == (("new.example",), "https://new.example/sold-out")
    document = {**presets()[0].document, "attribution": {"click_window_days": 30}}
    save_draft(program_id=program.id, document=document, by=STORY, at=NOON)
    publish_terms(program_id=program.id, effective_at=NOON + timedelta(days=1), by=STORY, at=NOON)
    assert Edge(folder).program(agreement).cookie_days == 365  # the first version's promise still runs


def test_the_tags_of_a_program_reach_the_book_and_leave_it(agreement: Agreement, folder: Path) -> None:
    assert Edge(folder).program(agreement).tags == ()
    tag_links(program_id=agreement.program_id, given=TagsInput(utm_medium="{channel}"), by=STORY, at=NOON)
    assert Edge(folder).program(agreement).tags == (("utm_medium", "{channel}"),)
    tag_links(program_id=agreement.program_id, given=TagsInput(), by=STORY, at=NOON)
    assert Edge(folder).program(agreement).tags == ()


def test_postback_secrets_reach_the_book_and_leave_it(agreement: Agreement, folder: Path) -> None:
    Edge(folder)
    token = issue_postback_secret(program_id=agreement.program_id, way=PostbackWay.TOKEN, by=STORY, at=NOON)
    signing = issue_postback_secret(program_id=agreement.program_id, way=PostbackWay.HMAC, by=STORY, at=NOON)
    entry = Edge(folder).program(agreement)
    assert entry.token_hashes == (hashlib.sha256(token.shown_once.encode()).hexdigest(),)
    assert entry.hmac_secrets == (secret_of(signing.secret),)
    revoke_postback_secret(secret_id=token.secret.id, by=STORY, at=NOON)
    entry = Edge(folder).program(agreement)
    assert (entry.token_hashes, len(entry.hmac_secrets)) == ((), 1)


def test_new_click_ids_are_signed_with_the_newest_trusted_key(agreement: Agreement, folder: Path) -> None:
    assert Edge(folder).signing == 1
    rotate_click_key(by=STORY, at=NOON)
    assert Edge(folder).signing == 2
    revoke_click_key(number=2, by=STORY, at=NOON)
    assert Edge(folder).signing == 1


def test_a_damaged_book_is_written_anew(agreement: Agreement, folder: Path) -> None:
    link = make_link(agreement)
    Edge(folder).close()
    current = (folder / (folder / "current").read_text().strip()).resolve()
    for file in [current] if current.is_file() else list(current.iterdir()):
        file.write_bytes(b"no book at all")
    new = make_link(agreement, placement="footer")
    publish_book(at=NOON)
    reader = Reader(folder)
    assert reader.link(link.code) is not None
    assert reader.link(new.code) is not None


def test_a_lost_book_is_noticed_and_written_anew(agreement: Agreement, folder: Path) -> None:
    link = make_link(agreement)
    Edge(folder)
    (folder / "current").unlink()
    assert Edge(folder).link(link).active


def test_an_announcement_committed_late_is_still_taken_over(agreement: Agreement, folder: Path) -> None:
    """Numbers are given before a transaction commits: a lower one may appear after a higher one was taken over."""
    link = make_link(agreement)
    Edge(folder)
    published = BookPublication.objects.get()
    hidden = published.recent.pop()
    published.save()
    assert book_is_behind()
    publish_book(at=NOON)
    assert hidden in BookPublication.objects.get().recent
    reader = Reader(folder)
    assert reader.link(link.code) is not None
