"""A link with a cap leads to its fallback once it is reached, until the day ends or for good, and never before."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as known_settings
from pytest_django import DjangoAssertNumQueries, Settings

from rapport.apps.partners.models import Agreement
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.apps.tracking.actions import create_link, limit_link
from rapport.apps.tracking.errors import AboveProgramsCap, TotalBelowDay
from rapport.apps.tracking.inputs import LimitsInput, LinkInput
from rapport.apps.tracking.models import Link, LinkCap
from rapport.apps.tracking.publishing import publish_book
from rapport.apps.tracking.queries import how_full
from rapport.domain.caps import FOR_GOOD_MS
from rapport.flows.capping import count_clicks, counts_wait
from rapport.kit.clock import to_ms
from rapport.lake.ingest import ingest
from rapport.lake.questions import lake_at
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from rapport.wire.linkbook import Reader
from tests.lake.conftest import seal_into
from tests.lake.traffic import NO_MARKS, click, seeded
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_link, make_program

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
_visitors = count(1)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings) -> Path:
    """An empty journal, lake and link book."""
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = tmp_path / "journal", tmp_path / "lake"
    settings.LINKBOOK_FOLDER = tmp_path / "linkbook"
    lake_at.cache_clear()
    return tmp_path


@pytest.fixture
def agreement() -> Agreement:
    """An agreement of a program of Berlin."""
    return make_agreement(make_program(zone="Europe/Berlin"))


def visit(link: Link, at: datetime, *, marks: Mark = NO_MARKS, handed_out: bool = True) -> ClickEvent:
    """Return a click of somebody new."""
    number = next(_visitors)
    return click(
        at_ms=to_ms(at),
        marks=marks,
        link_number=link.number,
        link_id=link.id,
        agreement_id=link.agreement_id,
        program_id=link.agreement.program_id,
        address=f"198.51.{number // 250 % 250}.{number % 250}",
        handed_out=handed_out,
    )


def arrive(clicks: Iterable[ClickEvent], *, at: datetime) -> None:
    """Carry clicks into the lake and count them, as the worker does."""
    seal_into(known_settings.JOURNAL_FOLDER, clicks)
    ingest(journal=known_settings.JOURNAL_FOLDER, lake=known_settings.LAKE_FOLDER, now_ms=to_ms(at))
    assert counts_wait()
    count_clicks(at=at)
    assert not counts_wait()


def cap(link: Link, *, by_partner: bool = False, **given: int) -> LinkCap:
    """Limit a link."""
    limit_link(link_id=link.id, given=read_input(LimitsInput, given), by=STORY, at=NOON, by_partner=by_partner)
    return LinkCap.objects.get(pk=link.id)


def fullness(link: Link, at: datetime) -> str:
    return how_full(Link.objects.select_related("cap").get(pk=link.id), at=at)


def full_until_ms(link: Link, at: datetime) -> int | None:
    """Return what the edge reads after a publication."""
    publish_book(at=at)
    reader = Reader(known_settings.LINKBOOK_FOLDER)
    entry = reader.link(link.code)
    reader.close()
    assert entry is not None
    return entry.full_until_ms


def test_a_day_is_full_until_midnight_where_the_program_is_and_opens_by_itself(agreement: Agreement) -> None:
    link = make_link(agreement, clicks_per_day=3)
    assert full_until_ms(link, NOON) is None
    arrive([visit(link, NOON) for _ in range(2)], at=NOON)
    assert (fullness(link, NOON), full_until_ms(link, NOON)) == ("", None)

    arrive([visit(link, NOON + MINUTE)], at=NOON + MINUTE)

    midnight = datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert NOON.date() == midnight.date()
    assert full_until_ms(link, NOON + MINUTE) == to_ms(midnight)
    assert fullness(link, midnight - MINUTE) == "day"
    assert fullness(link, midnight) == "", "nobody has to publish anything at midnight"
    arrive([visit(link, midnight)], at=midnight + MINUTE)
    assert LinkCap.objects.get(pk=link.id).clicks_of_day == 1
    assert full_until_ms(link, midnight + MINUTE) == to_ms(midnight), "what the edge knows is over"


@pytest.mark.parametrize(
    ("noon", "midnight", "hours"),
    [
        (datetime(2026, 3, 29, 10, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 11, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC), 25),
    ],
)
def test_a_day_of_23_or_25_hours_is_one_day(
    agreement: Agreement, noon: datetime, midnight: datetime, hours: int
) -> None:
    link = make_link(agreement, clicks_per_day=2)
    first = midnight - timedelta(hours=hours)
    arrive([visit(link, first - timedelta(seconds=1)), visit(link, first)], at=noon)
    assert fullness(link, noon) == "", "the second before belongs to the day before"
    arrive([visit(link, midnight - timedelta(seconds=1))], at=noon)
    assert full_until_ms(link, noon) == to_ms(midnight)


def test_a_total_is_full_for_good_and_says_so_to_the_team(agreement: Agreement) -> None:
    link = make_link(agreement, clicks_in_total=3)
    for day in range(4):
        at = NOON + timedelta(days=10 * day)
        assert fullness(link, at) == ("" if day < 3 else "total")
        arrive([visit(link, at, handed_out=day < 3)], at=at)
    assert LinkCap.objects.get(pk=link.id).clicks_in_total == 3, "clicks that were led elsewhere are none"
    assert full_until_ms(link, NOON + timedelta(days=30)) == FOR_GOOD_MS
    told = AuditRow.objects.get(subject=link.id, action="link.full")
    assert (told.actor_kind, told.actor_id) == ("system", "link-caps")
    assert told.data["clicks_in_total"] == 3


def test_what_is_settled_is_not_asked_for_again_and_stays_counted(agreement: Agreement) -> None:
    link = make_link(agreement, clicks_in_total=100)
    for day in range(5):
        at = NOON + timedelta(days=day)
        late = visit(link, at - timedelta(days=1)) if day else visit(link, at)
        arrive([visit(link, at), late], at=at)
    row = LinkCap.objects.get(pk=link.id)
    assert (row.clicks_in_total, row.clicks_of_day) == (10, 1)
    assert row.counted_from == datetime(2026, 3, 4, 23, tzinfo=UTC), "yesterday stays open for what comes late"
    assert row.settled == 7


def test_a_wider_cap_opens_the_link_at_once_and_the_same_cap_does_not(agreement: Agreement) -> None:
    link = make_link(agreement, clicks_per_day=2)
    arrive([visit(link, NOON) for _ in range(3)], at=NOON)
    assert fullness(link, NOON) == "day"
    cap(link, clicks_per_day=3)
    assert fullness(link, NOON) == "day"
    cap(link, clicks_per_day=4)
    assert (fullness(link, NOON), full_until_ms(link, NOON)) == ("", None)
    cap(link, clicks_per_day=1)
    assert fullness(link, NOON) == "day", "a tighter one closes it by what was counted"
    cap(link)
    assert (fullness(link, NOON), full_until_ms(link, NOON)) == ("", None)
    assert not counts_wait()


def test_a_cap_that_is_new_counts_what_the_link_handed_out_before(agreement: Agreement) -> None:
    link, other = make_link(agreement), make_link(agreement, placement="other", clicks_per_day=9)
    arrive([visit(link, NOON) for _ in range(5)], at=NOON)
    cap(link, clicks_in_total=5)
    assert counts_wait()
    count_clicks(at=NOON)
    assert (fullness(link, NOON), fullness(other, NOON)) == ("total", "")


def test_without_caps_the_lake_is_not_asked(
    agreement: Agreement, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    link = make_link(agreement)
    settings.LAKE_FOLDER = None  # whoever asked it would fail
    with django_assert_num_queries(1):
        assert not counts_wait()
    assert link.active


class TestTwoSides:
    """The program sets a cap, the partner a tighter one of its own."""

    def test_the_tighter_one_holds(self, agreement: Agreement) -> None:
        link = make_link(agreement, clicks_per_day=5)
        cap(link, by_partner=True, clicks_per_day=2)
        arrive([visit(link, NOON) for _ in range(2)], at=NOON)
        assert fullness(link, NOON) == "day"
        cap(link, by_partner=True)
        assert fullness(link, NOON) == "", "the program's five are not reached"
        row = cap(link, clicks_per_day=1)
        assert (row.per_day, row.own_per_day, fullness(link, NOON)) == (1, None, "day")

    @pytest.mark.parametrize("name", ["clicks_per_day", "clicks_in_total"])
    def test_a_partners_is_never_wider(self, agreement: Agreement, name: str) -> None:
        link = make_link(agreement, clicks_per_day=5, clicks_in_total=5)
        read = read_input(LimitsInput, {name: 6})
        with pytest.raises(AboveProgramsCap) as refused:
            limit_link(link_id=link.id, given=read, by=STORY, at=NOON, by_partner=True)
        assert list(refused.value.fields) == [name]
        assert "at most 5" in refused.value.sentence

    def test_a_partner_caps_a_link_that_it_makes(self, agreement: Agreement) -> None:
        given = LinkInput(clicks_per_day=7)
        link = create_link(agreement_id=agreement.id, given=given, by=STORY, at=NOON, by_partner=True)
        assert (link.cap.per_day, link.cap.own_per_day) == (None, 7)

    def test_a_total_below_a_day_is_refused_at_its_field(self, agreement: Agreement) -> None:
        with pytest.raises(TotalBelowDay) as refused:
            make_link(agreement, clicks_per_day=5, clicks_in_total=4)
        assert list(refused.value.fields) == ["clicks_in_total"]
        assert not Link.objects.exists()


@pytest.mark.parametrize("seed", range(3))
def test_no_click_before_the_cap_meets_a_closed_link_however_they_arrive(agreement: Agreement, seed: int) -> None:
    """People, bots and tests come in any order over four days; whoever finds the link closed comes after the cap."""
    chance = seeded(seed)
    per_day, in_total = chance.randrange(2, 6), chance.randrange(6, 14)
    link = make_link(agreement, clicks_per_day=per_day, clicks_in_total=in_total)
    led_on: dict[str, int] = {}
    at = datetime(2026, 10, 24, 6, tzinfo=UTC)  # two days before the clocks go back
    for _ in range(40):
        at += timedelta(minutes=chance.randrange(5, 180))
        closed = bool(fullness(link, at))
        day = str(at.astimezone(BERLIN).date())
        of_person = chance.random() < 0.6
        marks = NO_MARKS if of_person else chance.choice([Mark.BOT, Mark.TEST, Mark.FRAMED])
        if closed:
            assert led_on.get(day, 0) >= per_day or sum(led_on.values()) >= in_total
        elif of_person:
            led_on[day] = led_on.get(day, 0) + 1
        arrive([visit(link, at, marks=marks, handed_out=not closed)], at=at)
    assert max(led_on.values()) <= per_day, "each click was counted before the next one came"
    assert sum(led_on.values()) <= in_total
