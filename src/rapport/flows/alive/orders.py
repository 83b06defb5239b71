"""Watch what arrives: per source, the orders and their click ids against the same hours of the last four weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.apps.conversions.arriving import Arrivals, arrivals, first_arrival, last_arrival
from rapport.apps.outages.actions import Concern
from rapport.apps.outages.models import OutageKind
from rapport.apps.outages.queries import open_outages, outages_between
from rapport.apps.programs.models import Program
from rapport.domain.quiet import WEEKS, WINDOWS_MIN, are_too_few, has_fallen, least_expected
from rapport.flows.alive.alarming import settle
from rapport.flows.alive.sources import Source, sources_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Band:
    """What arrived in a window and in the same window of the weeks before; `least` orders are no alarm."""

    minutes: int
    seen: Arrivals
    before: tuple[Arrivals, ...]

    @property
    def least(self) -> int:
        """The lower edge of the band."""
        return least_expected([week.orders for week in self.before])

    @property
    def speaks(self) -> bool:
        """Say whether silence in this window would be an alarm, so that the window says something."""
        return self.least > 0

    @property
    def too_few(self) -> bool:
        """Say whether it is one."""
        return are_too_few(self.seen.orders, [week.orders for week in self.before])

    @property
    def lost_click_ids(self) -> bool:
        """Say whether orders came without their click ids."""
        known = (sum(week.with_click for week in self.before), sum(week.orders for week in self.before))
        return has_fallen((self.seen.with_click, self.seen.orders), known)


def watch_orders(program: Program, *, at: datetime) -> None:
    """Begin and end outages of each source by what arrived lately."""
    for source in sources_of(program):
        band = band_of(program, source, at=at)
        if band is None:
            continue
        _settle_orders(program, source, band, at=at)
        _settle_click_ids(program, source, band, at=at)


def band_of(program: Program, source: Source, *, at: datetime) -> Band | None:
    """Return the shortest window that can say something of a source, else the longest; nothing for an unused one."""
    began = first_arrival(source.rows)
    if began is None:
        return None
    band = None
    for minutes in WINDOWS_MIN:
        band = _window(program, source, began, minutes=minutes, at=at)
        if band.speaks:
            break
    return band


def _window(program: Program, source: Source, began: datetime, *, minutes: int, at: datetime) -> Band:
    length = timedelta(minutes=minutes)
    weeks = [
        arrivals(source.rows, from_at=from_at, until_at=from_at + length)
        for from_at in _windows_before(at - length, length, began=began)
        if not _was_out(program, source, from_at, from_at + length)
    ]
    return Band(minutes, arrivals(source.rows, from_at=at - length, until_at=at), tuple(weeks))


def _windows_before(from_at: datetime, length: timedelta, *, began: datetime) -> Iterator[datetime]:
    """Yield where the same window began in the weeks before, as far as the source was in use."""
    for week in range(1, WEEKS + 1):
        start = from_at - week * WEEK
        if start >= began and start + length <= from_at:
            yield start


def _was_out(program: Program, source: Source, from_at: datetime, until_at: datetime) -> bool:
    """Say whether a week is no example, because the source was out of order in it."""
    known = outages_between(program.id, kind=OutageKind.ORDERS, subject=source.key, from_at=from_at, until_at=until_at)
    return known.filter(ended_at__isnull=False).exists()


def _settle_orders(program: Program, source: Source, band: Band, *, at: datetime) -> None:
    figures = {"source": source.name, "seen": band.seen.orders, "minutes": band.minutes, "least": band.least}
    concern = Concern(OutageKind.ORDERS, program, source.key)
    if band.too_few:
        last = last_arrival(source.rows, before=at)
        settle(concern, ill=True, since=last or at, figures=figures, at=at)
        return
    known = open_outages(program.id).filter(kind=OutageKind.ORDERS, subject=source.key).first()
    if known is not None and band.speaks:
        back = first_arrival(source.rows, after=known.noticed_at)
        settle(concern, ill=False, since=back or at, figures={}, at=at)


def _settle_click_ids(program: Program, source: Source, band: Band, *, at: datetime) -> None:
    figures = {
        "source": source.name,
        "with": band.seen.with_click,
        "all": band.seen.orders,
        "before": sum(week.with_click for week in band.before),
        "all_before": sum(week.orders for week in band.before),
    }
    since = at - timedelta(minutes=band.minutes) if band.lost_click_ids else at
    settle(
        Concern(OutageKind.CLICK_IDS, program, source.key), ill=band.lost_click_ids, since=since, figures=figures, at=at
    )
