"""The lake's answers equal a slow recount of the raw journal, in every cut and time zone."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rapport.lake.crawlers import crawler_of
from rapport.lake.days import Step
from rapport.lake.devices import device_of
from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING, Dimension, Filter, SubId, Totals, lake_at
from rapport.lake.questions.lake import Lake
from rapport.lake.upkeep import close_days, compact
from rapport.lake.visitors import month_of
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from rapport.wire.journal import read_segment, sealed_segments
from tests.lake.conftest import seal_into
from tests.lake.traffic import NOON, at, crowd, seeded

CHANGES_OF_CLOCKS = ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"]  # New York, Berlin, Berlin, New York
A_DAY_MS = 86_400_000
SPRING, AUTUMN = at("2026-03-29T01:00"), at("2026-10-25T01:00")  # the very moments of Berlin's changes


def kind_of(click: ClickEvent) -> str:
    """Return where a click is counted: as bots, as framed, or in net."""
    if click.marks & Mark.BOT or crawler_of(click.user_agent):
        return "bots"
    return "framed" if click.marks & Mark.FRAMED else "net"


def totals_of(clicks: Iterable[ClickEvent]) -> Totals:
    """Count clicks by hand."""
    kinds = Counter(kind_of(click) for click in clicks)
    return Totals(gross=kinds.total(), net=kinds["net"], bots=kinds["bots"], framed=kinds["framed"])


def recount(clicks: Iterable[ClickEvent], *, by: Callable[[ClickEvent], object]) -> dict[object, Totals]:
    """Count clicks by hand under each key."""
    groups: dict[object, list[ClickEvent]] = {}
    for click in clicks:
        groups.setdefault(by(click), []).append(click)
    return {key: totals_of(group) for key, group in groups.items()}


@dataclass(frozen=True, slots=True)
class Season:
    """Clicks around a year's changes of clocks: as the journal has them, without tests and views, and the lake."""

    clicks: list[ClickEvent]
    lake: Path


@pytest.fixture(scope="module", params=["read", "counted", "partly counted"])
def season(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Season:
    """Random clicks around every change of clocks, ingested in pieces and compacted half-way; test and views apart.

    The same answers are due whether all clicks are read, all days are counted ahead, or clicks arrived after that.
    """
    folder = tmp_path_factory.mktemp("recount")
    journal, lake = folder / "journal", folder / "lake"
    for number, day in enumerate(CHANGES_OF_CLOCKS):
        clicks = crowd(number, clicks=700, from_ms=at(day) - A_DAY_MS, until_ms=at(day) + 3 * A_DAY_MS)
        seal_into(journal, clicks)
        ingest(journal=journal, lake=lake, now_ms=NOON)
        if number == 1:
            compact(lake)
        if number == 2 and request.param == "partly counted":
            close_days(lake, now_ms=at("2026-10-26T12:00"))
    if request.param == "counted":
        close_days(lake, now_ms=at("2026-12-24"))
    events = [event for path in sealed_segments(journal) for _, event in read_segment(path)]
    raw = [event for event in events if isinstance(event, ClickEvent) and not event.marks & (Mark.TEST | Mark.VIEW)]
    return Season(clicks=raw, lake=lake)


def test_the_total_is_what_a_recount_finds(season: Season) -> None:
    assert Lake(season.lake).totals() == totals_of(season.clicks)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])
def test_each_day_of_a_time_zone_is_what_a_recount_finds(zone: str, season: Season) -> None:
    counted = {
        row.day: Totals(row.gross, row.net, row.bots, row.framed)
        for row in Lake(season.lake).clicks_per_day(EVERYTHING, zone)
        if row.gross
    }

    assert counted == recount(season.clicks, by=lambda click: local_day(click.at_ms, zone=zone))


FIRSTS: dict[Step, Callable[[datetime], object]] = {
    "hour": lambda moment: int(moment.timestamp()) // 3600,
    "day": lambda moment: moment.date(),
    "week": lambda moment: moment.date() - timedelta(days=moment.weekday()),
    "month": lambda moment: moment.date().replace(day=1),
}


@pytest.mark.parametrize("step", FIRSTS)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_each_hour_day_week_and_month_is_what_a_recount_finds(zone: str, step: Step, season: Season) -> None:
    def when(click: ClickEvent) -> object:
        return FIRSTS[step](datetime.fromtimestamp(click.at_ms // 1000, tz=ZoneInfo(zone)))

    rows = Lake(season.lake).series(EVERYTHING, zone, step)

    counted = {
        row.starts_ms // 3_600_000 if step == "hour" else row.on: Totals(row.gross, row.net, row.bots, row.framed)
        for row in rows
        if row.gross
    }
    assert counted == recount(season.clicks, by=when)
    assert [row.starts_ms for row in rows] == sorted({row.starts_ms for row in rows})


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC"])
def test_people_of_a_day_are_counted_one_by_one(zone: str, season: Season) -> None:
    people: dict[date, set[tuple[str, str]]] = {}
    everybody: dict[date, set[tuple[str, str]]] = {}
    for click in season.clicks:
        seen = (click.address, month_of(click.at_ms))
        everybody.setdefault(local_day(click.at_ms, zone=zone), set()).add(seen)
        if kind_of(click) == "net":
            people.setdefault(local_day(click.at_ms, zone=zone), set()).add(seen)

    rows = Lake(season.lake).people_per_day(EVERYTHING, zone)

    assert {row.day: row.people for row in rows if row.people} == {day: len(seen) for day, seen in people.items()}
    assert {row.day: row.everybody for row in rows if row.everybody} == {
        day: len(seen) for day, seen in everybody.items()
    }
    assert max(len(seen) for seen in people.values()) > 2


DIMENSIONS: dict[Dimension | SubId, Callable[[ClickEvent], str]] = {
    "program": lambda click: click.program_id,
    "agreement": lambda click: click.agreement_id,
    "link": lambda click: click.link_id,
    "placement": lambda click: click.placement,
    "channel": lambda click: click.channel,
    "reason": lambda click: click.reason or "",
    "device": lambda click: "bot" if kind_of(click) == "bots" else device_of(click.user_agent),
    "country": lambda _: "",
    "referrer": lambda _: "",
    "sub1": lambda click: click.subs.get("sub1", ""),
    "sub5": lambda click: click.subs.get("sub5", ""),
    "sub10": lambda click: click.subs.get("sub10", ""),
}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_each_key_of_a_dimension_is_what_a_recount_finds(dimension: Dimension | SubId, season: Season) -> None:
    rows = Lake(season.lake).clicks_by(EVERYTHING, dimension)

    counted = {row.key: Totals(row.gross, row.net, row.bots, row.framed) for row in rows}
    assert counted == recount(season.clicks, by=DIMENSIONS[dimension])
    assert [row.gross for row in rows] == sorted((row.gross for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("about", "holds"),
    [
        (Filter(program_id="prg_1"), lambda click: click.program_id == "prg_1"),
        (Filter(agreement_id="agr_2"), lambda click: click.agreement_id == "agr_2"),
        (Filter(link_id="lnk_3"), lambda click: click.link_id == "lnk_3"),
        (Filter(from_ms=SPRING), lambda click: click.at_ms >= SPRING),
        (Filter(until_ms=SPRING), lambda click: click.at_ms < SPRING),
        (
            Filter(agreement_id="agr_0", from_ms=SPRING, until_ms=AUTUMN),
            lambda click: click.agreement_id == "agr_0" and SPRING <= click.at_ms < AUTUMN,
        ),
        (Filter(program_id="prg_of_a_stranger"), lambda _: False),
    ],
)
def test_a_filter_leaves_what_a_recount_finds(
    about: Filter, holds: Callable[[ClickEvent], bool], season: Season
) -> None:
    kept = [click for click in season.clicks if holds(click)]
    asked = Lake(season.lake)

    assert asked.totals(about) == totals_of(kept)
    assert sum(row.gross for row in asked.clicks_per_day(about, "Europe/Berlin")) == len(kept)
    assert sum(row.gross for row in asked.clicks_by(about, "link")) == len(kept)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("seed", range(12))
def test_any_range_of_moments_is_cut_to_the_millisecond(seed: int, zone: str, season: Season) -> None:
    chance = seeded(seed)
    edges = [click.at_ms + chance.choice([0, 1]) for click in chance.sample(season.clicks, 20)] + [SPRING, AUTUMN]
    from_ms, until_ms = sorted(chance.sample(edges, 2))
    kept = [click for click in season.clicks if from_ms <= click.at_ms < until_ms]

    rows = lake_at(season.lake).clicks_per_day(Filter(from_ms=from_ms, until_ms=until_ms), zone)

    counted = {row.day: Totals(row.gross, row.net, row.bots, row.framed) for row in rows if row.gross}
    assert counted == recount(kept, by=lambda click: local_day(click.at_ms, zone=zone))


def local_day(moment_ms: int, *, zone: str) -> date:
    """Return the calendar's day by way of UTC and the time zone, without any cutting of days."""
    return datetime.fromtimestamp(moment_ms // 1000, tz=UTC).astimezone(ZoneInfo(zone)).date()
