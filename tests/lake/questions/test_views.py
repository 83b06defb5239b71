"""Impressions of partners and links come from what is counted ahead, and are the same as one by one."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path

import duckdb
import pytest

from rapport.lake.crawlers import crawler_of
from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING, Filter, Totals
from rapport.lake.questions.lake import Lake
from rapport.lake.rolls import find_rolls
from rapport.lake.table import files_by_day, open_clicks
from rapport.lake.upkeep import close_days, keep_up, rebuild
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent, ImpressionEvent
from tests.lake.conftest import Seal
from tests.lake.traffic import NOON, crowd, impression, seeded

Shown = ClickEvent | ImpressionEvent

A_DAY_MS = 86_400_000
CLOSED_MS = NOON + 2 * A_DAY_MS


@pytest.fixture
def shown(journal: Path, lake: Path, seal: Seal) -> list[Shown]:
    """Three days of clicks and impressions of every kind."""
    chance = seeded(3)
    marks = (Mark.VIEW, Mark.VIEW, Mark.VIEW | Mark.BOT, Mark.VIEW | Mark.TEST, Mark.VIEW | Mark.FRAMED)
    views = [
        impression(at_ms=NOON - chance.randrange(2 * A_DAY_MS), marks=chance.choice(marks), link_number=number)
        for number in (7, 8) * 100
    ]
    clicks = crowd(4, clicks=100, from_ms=NOON - 2 * A_DAY_MS, until_ms=NOON)
    seal([*clicks, *views])
    ingest(journal=journal, lake=lake, now_ms=NOON)
    return [*views, *(click for click in clicks if click.marks & Mark.VIEW)]


def one_by_one(views: Sequence[Shown], about: Filter) -> dict[str, int]:
    """Count by hand what people saw."""
    people = [view for view in views if not view.marks & (Mark.BOT | Mark.TEST) and not crawler_of(view.user_agent)]
    meant = [view for view in people if (about.from_ms or 0) <= view.at_ms < (about.until_ms or NOON + 1)]
    return dict(Counter(view.link_id for view in meant))


def roll_names(lake: Path) -> dict[date, str]:
    clicks = files_by_day(open_clicks(lake))
    return find_rolls(lake, clicks).days


@pytest.mark.parametrize(
    "about",
    [EVERYTHING, Filter(from_ms=NOON - A_DAY_MS), Filter(from_ms=NOON - A_DAY_MS + 1, until_ms=NOON - 7_000_001)],
)
def test_impressions_are_the_same_before_and_after_a_day_is_counted(
    shown: list[Shown], lake: Path, about: Filter
) -> None:
    expected = one_by_one(shown, about)
    visits = Lake(lake).clicks_by(about, "link")
    assert Lake(lake).views_by(about, "link") == expected

    close_days(lake, now_ms=CLOSED_MS)
    assert Lake(lake).views_by(about, "link") == expected
    assert Lake(lake).clicks_by(about, "link") == visits

    rebuild(lake, now_ms=CLOSED_MS)
    assert Lake(lake).views_by(about, "link") == expected


def test_counted_impressions_are_answered_without_the_clicks(shown: list[Shown], lake: Path) -> None:
    close_days(lake, now_ms=CLOSED_MS)
    for path in lake.glob("clicks/day=*/*.parquet"):
        path.unlink()

    seen = Lake(lake).views_by(EVERYTHING, "agreement")
    assert seen["agr_ann"] == one_by_one(shown, EVERYTHING)["lnk_ann"]
    assert sum(seen.values()) == sum(one_by_one(shown, EVERYTHING).values())


def as_before(lake: Path) -> Totals:
    """Leave the days' rolls as a version left them that counted no impressions, and return the visits."""
    close_days(lake, now_ms=CLOSED_MS)
    totals = Lake(lake).totals()
    clicks = files_by_day(open_clicks(lake))
    for day, path in roll_names(lake).items():
        names = "\n".join(sorted(Path(file).name for file in clicks[day]))
        old = lake / "rolls" / f"day-{day}.{blake2b(names.encode(), digest_size=12).hexdigest()}.parquet"
        duckdb.read_parquet(path).project("* EXCLUDE (views)").write_parquet(str(old))
        Path(path).unlink()
    for month in lake.glob("rolls/*-????-??.*.parquet"):
        month.unlink()
    return totals


def test_days_counted_before_are_counted_anew_and_not_written_anew(shown: list[Shown], lake: Path) -> None:
    totals = as_before(lake)
    files = files_by_day(open_clicks(lake))
    assert Lake(lake).totals() == totals  # click by click

    close_days(lake, now_ms=CLOSED_MS)

    assert files_by_day(open_clicks(lake)) == files
    assert Lake(lake).totals() == totals
    assert Lake(lake).views_by(EVERYTHING, "link") == one_by_one(shown, EVERYTHING)
    assert len(roll_names(lake)) == len(files)


def test_days_of_which_only_such_a_count_is_left_keep_their_visits(shown: list[Shown], lake: Path) -> None:
    totals = as_before(lake)
    table = open_clicks(lake)
    table.delete()
    assert shown
    assert Lake(lake).totals() == totals

    keep_up(lake, now_ms=CLOSED_MS)

    assert Lake(lake).totals() == totals
    assert Lake(lake).views_by(EVERYTHING, "link") == {}
