"""The cash calendar of a replay: which day money becomes payable, and on which payout day it leaves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from rapport.domain.terms import Payout
from rapport.flows.replaying.result import CashDay

PayoutOf = Callable[[str], Payout]
"""Gives the payout terms of a version; those of the draft for an empty one."""
PaydayOf = Callable[[str, date], date]
"""Gives the first day after a day on which a version pays."""


@dataclass(slots=True)
class Due:
    """What becomes payable by day, and what of it is paid to whom on which payout day, by which version."""

    payable: Counter[date] = field(default_factory=Counter)
    paydays: Counter[tuple[str, date, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Flow:
    """What becomes payable and is paid by day, and what stays below a threshold at the end."""

    payable: Mapping[date, int]
    paid: Mapping[date, int]
    waiting_minor: int


def flow_of(due: Due, *, payout_of: PayoutOf) -> Flow:
    """Pay each agreement on its payout days, as soon as its threshold is reached."""
    paid: Counter[date] = Counter()
    waiting = 0
    by_agreement: dict[str, list[tuple[date, str, int]]] = defaultdict(list)
    for (agreement_id, on, version_id), minor in due.paydays.items():
        by_agreement[agreement_id].append((on, version_id, minor))
    for told in by_agreement.values():
        left = 0
        for on, minor, threshold_minor in _by_payday(told, payout_of):
            left += minor
            if left > 0 and left >= threshold_minor:
                paid[on] += left
                left = 0
        waiting += left
    return Flow(due.payable, paid, waiting)


def _by_payday(told: list[tuple[date, str, int]], payout_of: PayoutOf) -> list[tuple[date, int, int]]:
    """Return the payout days of one agreement in order: what is new on them, and the threshold that counts then."""
    minors: Counter[date] = Counter()
    thresholds: dict[date, int] = {}
    for on, version_id, minor in sorted(told):
        minors[on] += minor
        thresholds[on] = payout_of(version_id).threshold_minor
    return [(day, minors[day], thresholds[day]) for day in sorted(minors)]


def calendar_of(then: Flow, now: Flow) -> tuple[CashDay, ...]:
    """Lay both flows beside each other, day by day; days on which nothing happens are left out."""
    days = sorted({*then.payable, *then.paid, *now.payable, *now.paid})
    told = [
        CashDay(on, then.payable.get(on, 0), now.payable.get(on, 0), then.paid.get(on, 0), now.paid.get(on, 0))
        for on in days
    ]
    return tuple(day for day in told if day != CashDay(day.on))
