"""Clicks and impressions that terms pay for: people's alone, by the finished day, put right as the lake learns."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings as known_settings
from msgspec.structs import replace
from pytest_django import Settings

from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.ledger.queries import booked_of
from rapport.apps.partners.actions import resume_agreement, suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.settlement import approve_due
from rapport.flows.standing import end_agreement
from rapport.flows.visits import count_visits, visits_wait
from rapport.kit.clock import to_ms
from rapport.lake.ingest import ingest
from rapport.lake.questions import lake_at
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent, ImpressionEvent
from tests.lake.conftest import seal_into
from tests.lake.traffic import NO_MARKS, click, impression
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_link, make_program

pytestmark = pytest.mark.django_db

DOCUMENT: dict[str, object] = {
    "language": 1,
    "rules": [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "10"}}],
    "clicks": [{"name": "visit", "per_click": "0.035", "at_most_a_day": "0.10"}],
}
NEXT_DAY = NOON + timedelta(days=1)
CLICKS = f"clicks:visit:{NOON:%Y-%m-%d}"
_visitors = count(1)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """An empty journal and lake."""
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = tmp_path / "journal", tmp_path / "lake"
    lake_at.cache_clear()
    return tmp_path


def beginning(**sections: object) -> tuple[Program, Agreement, Link]:
    """A program that pays for clicks, and a partner with a link."""
    program = make_program(document=DOCUMENT | sections)
    agreement = make_agreement(program)
    return program, agreement, make_link(agreement)


def visit(link: Link, at: datetime, *, marks: Mark = NO_MARKS, visitor: int = 0) -> ClickEvent:
    """Return a click of somebody new, or of a visitor who was there before."""
    number = visitor or next(_visitors)
    return click(
        at_ms=to_ms(at),
        marks=marks,
        link_number=link.number,
        link_id=link.id,
        agreement_id=link.agreement_id,
        program_id=link.agreement.program_id,
        address=f"198.51.{number // 250 % 250}.{number % 250}",
    )


def arrive(events: Iterable[ClickEvent | ImpressionEvent], *, at: datetime = NEXT_DAY) -> None:
    """Carry visits into the lake."""
    seal_into(known_settings.JOURNAL_FOLDER, events)
    ingest(journal=known_settings.JOURNAL_FOLDER, lake=known_settings.LAKE_FOLDER, now_ms=to_ms(at))


def paid() -> dict[str, int]:
    rows = Commission.objects.filter(conversion=None)
    return {row.source: booked_of([row.id])[row.id].minor for row in rows}


def problems() -> list[str]:
    wanted = ("commissions as booked", "tiers and bonuses judged again", "rows as their action left them")
    return [problem for check in run_checks() if check.name in wanted for problem in check.problems]


def test_a_finished_day_pays_for_clicks_of_people_once_rounded() -> None:
    _program, _agreement, link = beginning()
    assert visits_wait()
    again = [visit(link, NOON + timedelta(seconds=second), visitor=200) for second in (0, 9)]
    arrive([visit(link, NOON), *again, visit(link, NOON, marks=Mark.FRAMED)])
    assert count_visits(at=NOON + timedelta(hours=1)) == 0
    assert count_visits(at=NEXT_DAY) == 1
    assert paid() == {CLICKS: 7}
    assert count_visits(at=NEXT_DAY) == 0
    assert problems() == []


def test_a_day_pays_at_most_its_cap_and_a_late_click_is_added() -> None:
    _program, _agreement, link = beginning()
    arrive([visit(link, NOON)])
    count_visits(at=NEXT_DAY)
    assert paid() == {CLICKS: 4}
    arrive([visit(link, NOON) for _ in range(3)])
    count_visits(at=NEXT_DAY)
    assert paid() == {CLICKS: 10}
    told = explain(Commission.objects.get(), at=NEXT_DAY)
    assert told.formula[0].factor == "× 4"
    assert told.formula[1].factor == "0.14 EUR"
    assert told.rules == ("0.035 EUR for every click of a person, at most 0.10 EUR a day.",)


def test_impressions_pay_by_the_thousand() -> None:
    views = [{"name": "showing", "per_thousand": "15.00"}]
    _program, _agreement, link = beginning(clicks=[{"name": "visit", "per_click": "1"}], views=views)
    seen = impression(at_ms=to_ms(NOON), link_number=link.number)
    owned = {"link_id": link.id, "agreement_id": link.agreement_id, "program_id": link.agreement.program_id}
    arrive([replace(seen, **owned)])
    count_visits(at=NEXT_DAY)
    assert paid() == {f"views:showing:{NOON:%Y-%m-%d}": 2}


def test_the_day_is_the_programs_and_waits_as_long_as_the_terms_hold() -> None:
    _program, _agreement, link = beginning()
    arrive([visit(link, datetime(2026, 3, 1, 22, 59, tzinfo=UTC)), visit(link, datetime(2026, 3, 1, 23, tzinfo=UTC))],
           at=datetime(2026, 3, 4, tzinfo=UTC))  # fmt: skip
    count_visits(at=datetime(2026, 3, 4, tzinfo=UTC))
    assert paid() == {"clicks:visit:2026-03-01": 4, "clicks:visit:2026-03-02": 4}
    assert Commission.objects.get(source="clicks:visit:2026-03-01").hold_until == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert approve_due(at=datetime(2026, 4, 1, tzinfo=UTC)) == 1


def test_nothing_is_counted_while_suspended_and_all_of_it_once_resumed() -> None:
    _program, agreement, link = beginning()
    arrive([visit(link, NOON)])
    suspend_agreement(agreement_id=agreement.id, reason="Look.", by=STORY, at=NEXT_DAY)
    count_visits(at=NEXT_DAY)
    assert paid() == {}
    resume_agreement(agreement_id=agreement.id, by=STORY, at=NEXT_DAY)
    count_visits(at=NEXT_DAY)
    assert paid() == {CLICKS: 4}


def test_after_a_breach_what_waits_falls_and_what_was_approved_is_proposed() -> None:
    _program, agreement, link = beginning()
    arrive([visit(link, NOON)])
    count_visits(at=NEXT_DAY)
    later = NOON + timedelta(days=40)
    approve_due(at=later)
    end_agreement(agreement_id=agreement.id, for_breach=True, reason="Spam.", by=STORY, at=later)
    count_visits(at=later)
    assert paid() == {CLICKS: 4}
    assert Proposal.objects.get().target_minor == 0
    assert problems() == []


def test_a_lake_that_is_gone_takes_nothing_back(settings: Settings, tmp_path: Path) -> None:
    _program, _agreement, link = beginning()
    arrive([visit(link, NOON)])
    count_visits(at=NEXT_DAY)
    settings.LAKE_FOLDER = tmp_path / "elsewhere"
    count_visits(at=NEXT_DAY)
    assert paid() == {CLICKS: 4}
