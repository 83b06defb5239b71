"""Keep rates: those of a list, one that a person wrote, and those that jumped and were taken or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from rapport.apps.identity.models import Organisation
from rapport.apps.rates.errors import DoubtDecided
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.models import DoubtfulRate, DoubtState, ExchangeRate, RateSource
from rapport.apps.rates.queries import doubts_of, last_rate
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import insert_rows, new_row, transaction
from rapport.domain.exchange import Pair, jumps, shown
from rapport.kit.ids import new_id

PORTION = 500
"""Rates of a list that are kept in one transaction."""

_Line = tuple[str, str, date]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the lines of a list: kept, known before, or put aside for a person."""

    new: int = 0
    known: int = 0
    doubtful: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        """Count two lists together."""
        return Kept(self.new + other.new, self.known + other.known, self.doubtful + other.doubtful)


@dataclass(slots=True)
class _Keeping:
    """One portion on its way: who keeps what, and what it meets and adds."""

    workspace_id: str
    source: RateSource
    by: Actor
    at: datetime
    trusted: bool
    told: dict[_Line, str] = field(default_factory=dict)
    last: dict[Pair, Fraction] = field(default_factory=dict)
    new: list[ExchangeRate] = field(default_factory=list)
    doubtful: list[DoubtfulRate] = field(default_factory=list)


def keep_rates(
    lines: Sequence[Listed], *, workspace_id: str, source: RateSource, by: Actor, at: datetime, trusted: bool = False
) -> Kept:
    """Keep what a list says and was not known of this source; a jump waits for a person unless the list is trusted.

    In portions, each of its own transaction: a list of twenty years holds a quarter of a million rates.
    """
    ordered = sorted(lines, key=lambda line: (line.day, line.base, line.quote))
    kept = Kept()
    last: dict[Pair, Fraction] = {}
    for start in range(0, len(ordered), PORTION):
        keeping = _Keeping(workspace_id, source, by, at, trusted, last=last)
        kept += _keep_portion(keeping, ordered[start : start + PORTION])
    return kept


def _keep_portion(keeping: _Keeping, lines: Sequence[Listed]) -> Kept:
    with transaction():
        Organisation.objects.select_for_update().get(pk=keeping.workspace_id)
        keeping.told = _told(keeping, lines)
        doubted = _doubted(keeping, lines)
        for line in lines:
            if line not in doubted:
                _keep(keeping, line)
        insert_rows(keeping.new)
        insert_rows(keeping.doubtful)
        if keeping.new:
            _leave_trace(keeping, first=lines[0].day, last=lines[-1].day)
    return Kept(len(keeping.new), len(lines) - len(keeping.new) - len(keeping.doubtful), len(keeping.doubtful))


def _told(keeping: _Keeping, lines: Sequence[Listed]) -> dict[_Line, str]:
    """Return what this source said of these days last; of one day the latest word counts."""
    rows = ExchangeRate.objects.filter(workspace_id=keeping.workspace_id, source=keeping.source)
    days = rows.filter(day__range=(lines[0].day, lines[-1].day)).order_by("id")
    return {(row.base, row.quote, row.day): row.rate for row in days}


def _doubted(keeping: _Keeping, lines: Sequence[Listed]) -> set[Listed]:
    """Return what this source said of these days before and a person was, or is, asked about."""
    if keeping.trusted:
        return set()
    rows = DoubtfulRate.objects.filter(workspace_id=keeping.workspace_id, source=keeping.source)
    days = rows.filter(day__range=(lines[0].day, lines[-1].day))
    return {Listed(row.base, row.quote, row.day, row.rate) for row in days}


def _named(line: Listed) -> _Line:
    return (line.base, line.quote, line.day)


def _keep(keeping: _Keeping, line: Listed) -> None:
    if keeping.told.get(_named(line)) == line.rate:
        keeping.last[line.base, line.quote] = Fraction(line.rate)
        return
    last = _last_good(keeping, line)
    if last is not None and not keeping.trusted and jumps(last, Fraction(line.rate)):
        keeping.doubtful.append(_doubtful(keeping, line, last))
        return
    keeping.new.append(_row(keeping, line))
    keeping.told[_named(line)] = line.rate
    keeping.last[line.base, line.quote] = Fraction(line.rate)


def _last_good(keeping: _Keeping, line: Listed) -> Fraction | None:
    """Return the rate that was good last before this line: of this list, else of what was kept before."""
    pair = (line.base, line.quote)
    if pair not in keeping.last:
        known = last_rate(keeping.workspace_id, pair, day=line.day)
        if known is None:
            return None
        keeping.last[pair] = known.exact
    return keeping.last[pair]


def _row(keeping: _Keeping, line: Listed) -> ExchangeRate:
    return new_row(ExchangeRate, **_columns(keeping, line))


def _doubtful(keeping: _Keeping, line: Listed, last: Fraction) -> DoubtfulRate:
    return new_row(DoubtfulRate, **_columns(keeping, line), last_good=shown(last))


def _columns(keeping: _Keeping, line: Listed) -> dict[str, object]:
    """Return the columns that say what was told, by whom and when."""
    return {
        "id": new_id("rat", at=keeping.at),
        "workspace_id": keeping.workspace_id,
        "base": line.base,
        "quote": line.quote,
        "day": line.day,
        "rate": line.rate,
        "source": keeping.source,
        "at": keeping.at,
        "actor_kind": keeping.by.kind,
        "actor_id": keeping.by.id,
    }


def _leave_trace(keeping: _Keeping, *, first: date, last: date) -> None:
    data = {"rates": len(keeping.new), "from": str(first), "until": str(last), "source": str(keeping.source)}
    where = keeping.workspace_id
    audit(by=keeping.by, at=keeping.at, action="rates.kept", subject=where, workspace_id=where, data=data)
    announce(at=keeping.at, kind="rates.kept", subject=where, workspace_id=where)


def take_doubtful(*, doubt_id: str, by: Actor, at: datetime) -> ExchangeRate:
    """Take a rate that jumped: from now on it counts, and what followed it is compared with it."""
    with transaction():
        doubt = _open_doubt(doubt_id, DoubtState.TAKEN, by=by, at=at)
        keeping = _Keeping(doubt.workspace_id, RateSource(doubt.source), by, at, trusted=True)
        row = _row(keeping, Listed(doubt.base, doubt.quote, doubt.day, doubt.rate))
        insert_rows([row])
        audit(by=by, at=at, action="rate.taken", subject=row.id, workspace_id=row.workspace_id)
        announce(at=at, kind="rates.kept", subject=row.workspace_id, workspace_id=row.workspace_id)
    _take_followers(doubt, by=by, at=at)
    return row


def _take_followers(taken: DoubtfulRate, *, by: Actor, at: datetime) -> None:
    """Take what waited after a jump that proved true and is near to it."""
    waiting = doubts_of(taken.workspace_id).filter(base=taken.base, quote=taken.quote, source=taken.source)
    last = Fraction(taken.rate)
    for doubt in waiting.filter(day__gt=taken.day).order_by("day", "id"):
        if jumps(last, Fraction(doubt.rate)):
            return
        line = Listed(doubt.base, doubt.quote, doubt.day, doubt.rate)
        with transaction():
            _open_doubt(doubt.id, DoubtState.TAKEN, by=by, at=at)
            source = RateSource(doubt.source)
            insert_rows([_row(_Keeping(doubt.workspace_id, source, by, at, trusted=True), line)])
        last = Fraction(doubt.rate)


def refuse_doubtful(*, doubt_id: str, by: Actor, at: datetime) -> None:
    """Leave a rate that jumped aside for good."""
    with transaction():
        doubt = _open_doubt(doubt_id, DoubtState.REFUSED, by=by, at=at)
        audit(by=by, at=at, action="rate.refused", subject=doubt.id, workspace_id=doubt.workspace_id)


def _open_doubt(doubt_id: str, state: DoubtState, *, by: Actor, at: datetime) -> DoubtfulRate:
    doubt = DoubtfulRate.objects.select_for_update().get(pk=doubt_id)
    if doubt.state != DoubtState.OPEN:
        raise DoubtDecided
    doubt.state, doubt.decided_at = state, at
    doubt.actor_kind, doubt.actor_id = by.kind, by.id
    doubt.save(update_fields=["state", "decided_at", "actor_kind", "actor_id"])
    return doubt
