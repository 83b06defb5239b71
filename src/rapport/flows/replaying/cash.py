"""The cash calendar of a replay: which day money becomes payable, and on which payout day it leaves."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from rapport.domain.terms import Payout
from rapport.flows.replaying.adding import Due
from rapport.flows.replaying.result import CashDay

PayoutOf = Callable[[str], Payout]
"""Gives the payout terms of a version."""
Payday = Callable[[Payout, date], date]
"""Gives the first day after a day on which such terms pay."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What becomes payable and is paid by day, and what stays below a threshold at the end."""

    payable: Mapping[date, int]
    paid: Mapping[date, int]
    waiting_minor: int


def flow_of(due: Mapping[Due, int], *, payout_of: PayoutOf, payday: Payday) -> Flow:
    """Pay each agreement on its payout days, as soon as its threshold is reached."""
    payable: Counter[date] = Counter()
    paid: Counter[date] = Counter()
    waiting = 0
    by_agreement: dict[str, list[tuple[date, str, int]]] = defaultdict(list)
    for (agreement_id, on, version_id), minor in due.items():
        payable[on] += minor
        by_agreement[agreement_id].append((on, version_id, minor))
    for told in by_agreement.values():
        left = 0
        for on, minor, threshold_minor in _by_payday(told, payout_of=payout_of, payday=payday):
            left += minor
            if left > 0 and left >= threshold_minor:
                paid[on] += left
                left = 0
        waiting += left
    return Flow(payable, paid, waiting)


def _by_payday(
    told: Iterable[tuple[date, str, int]], *, payout_of: PayoutOf, payday: Payday
) -> list[tuple[date, int, int]]:
    """Return the payout days of one agreement in order: what is new on them, and the threshold that counts then."""
    minors: Counter[date] = Counter()
    thresholds: dict[date, int] = {}
    for on, version_id, minor in sorted(told):
        payout = payout_of(version_id)
        day = payday(payout, on)
        minors[day] += minor
        thresholds[day] = payout.threshold_minor
    return [(day, minors[day], thresholds[day]) for day in sorted(minors)]


def calendar_of(then: Flow, now: Flow) -> tuple[CashDay, ...]:
    """Lay both flows beside each other, day by day; days on which nothing happens are left out."""
    days = sorted({*then.payable, *then.paid, *now.payable, *now.paid})
    return tuple(
        CashDay(on, then.payable.get(on, 0), now.payable.get(on, 0), then.paid.get(on, 0), now.paid.get(on, 0))
        for on in days
    )
