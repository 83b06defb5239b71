"""Tiers and bonuses in a replay: what the orders of the replayed days count for, then and by the draft."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rapport.apps.commissions.past import Held, held_over_periods
from rapport.apps.commissions.periods import promise_named
from rapport.domain.days import day_of
from rapport.domain.judgement import Decision
from rapport.domain.periods import Counted, PeriodJudgement, counting_of, judge_period
from rapport.domain.promises import Promises
from rapport.domain.story import ReportedConversion
from rapport.domain.terms import Terms
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.lines import Line, Paid, Share
from rapport.flows.replaying.promising import Draft
from rapport.kit.clock import to_ms

PERIODS: Final = "+"
"""The key of what tiers and bonuses pay among products: it belongs to none of them."""

_Name = tuple[str, str]
"""An agreement, and the source that names promise and period."""


@dataclass(slots=True)
class _Side:
    """What counts by one set of promises."""

    terms: dict[str, Terms] = field(default_factory=dict)
    counted: dict[_Name, list[Counted]] = field(default_factory=lambda: defaultdict(list))

    def note(self, reported: ReportedConversion, decision: Decision, promises: Promises, zone: str) -> None:
        for one in counting_of(reported, decision, promises=promises, zone=zone):
            self.counted[one.agreement_id, one.source].append(one.counted)
            self.terms[one.counted.version_id] = promises.terms[one.counted.version_id]

    def judged(self, name: _Name) -> PeriodJudgement | None:
        counted = self.counted.get(name, ())
        versions = {one.version_id for one in counted}
        promises = {version_id: promise_named(self.terms[version_id], name[1]) for version_id in sorted(versions)}
        known = {version_id: promise for version_id, promise in promises.items() if promise}
        return judge_period(counted, known) if known else None


class CountedPeriods:
    """Collects what counts while stories are judged, and tells in the end what each tier and bonus pays."""

    def __init__(self, asked: Asked, draft: Draft) -> None:
        self._asked, self._draft = asked, draft
        self._then, self._present, self._now = _Side(), _Side(), _Side()

    def note(
        self, reported: ReportedConversion, decisions: tuple[Decision, ...], promises: tuple[Promises, ...]
    ) -> None:
        """Note what an order counts for: then, by today's terms, and by the draft."""
        sides = (self._then, self._present, self._now)
        for side, decision, promised in zip(sides, decisions, promises, strict=True):
            if any(terms.counts_periods for terms in promised.terms.values()):
                side.note(reported, decision, promised, self._asked.program.zone)

    def lines(self) -> Iterator[Line]:
        """Yield what each tier and bonus paid and would pay, for the orders of the replayed days alone."""
        asked = self._asked
        held = held_over_periods(asked.program.id, from_at=asked.from_at, until_at=asked.until_at)
        names = sorted({*held, *self._then.counted, *self._present.counted, *self._now.counted})
        lines = (self._line(name, held.get(name)) for name in names)
        return (line for line in lines if line.matters)

    def _line(self, name: _Name, held: tuple[date, Held] | None) -> Line:
        kind, promise, period = name[1].split(":", 2)
        judged = self._judged(name)
        days = [day_of(one.last_at_ms, self._asked.program.zone) for one in judged if one and one.last_at_ms]
        booked = self._booked(held[1]) if held else None
        then, present, now = judged
        return Line(
            conversion_id=name[1],
            external_id=f"{promise} {period}",
            kind=kind,
            on=max([*days, *([held[0]] if held else [])], default=self._asked.last_on),
            then=(booked,) if booked and booked.minor else (),
            engine=self._paid(name, then),
            present=self._paid(name, present),
            now=self._paid(name, now, drafted=True),
            shares=(Share(PERIODS, 1, None),),
            is_order=False,
        )

    def _judged(self, name: _Name) -> tuple[PeriodJudgement | None, ...]:
        return tuple(side.judged(name) for side in (self._then, self._present, self._now))

    def _booked(self, held: Held) -> Paid:
        payable_on = day_of(to_ms(held.hold_until), self._asked.program.zone)
        return Paid(held.agreement_id, held.minor, held.version_id, payable_on)

    def _paid(self, name: _Name, judged: PeriodJudgement | None, *, drafted: bool = False) -> Paid | None:
        if judged is None or not judged.target_minor:
            return None
        is_drafted = drafted and self._draft.takes(judged.version_id)
        payable_on = day_of(judged.hold_until_ms, self._asked.program.zone)
        return Paid(name[0], judged.target_minor, "" if is_drafted else judged.version_id, payable_on)
