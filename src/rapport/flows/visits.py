"""Pay for clicks and impressions: count what the lake holds of finished days, judge, and book the difference."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from rapport.apps.commissions.actions import book_standings, open_standings
from rapport.apps.commissions.periods import judged_numbers
from rapport.apps.partners.queries import agreements_of, standings
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import pays_visits, programs_that_pay_visits, terms_by_version
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.domain.books import Cause
from rapport.domain.periods import PeriodJudgement, judge_visits
from rapport.domain.promises import Standing
from rapport.domain.terms import ClickPay, Terms, VisitPay
from rapport.flows.broken import Broken
from rapport.flows.settlement import known_until
from rapport.kit.clock import to_ms
from rapport.lake.days import Day, days_between
from rapport.lake.questions import Filter, VisitsRow, lake_at

DAYS = 62
"""So many days back the lake is asked again: a late verdict, a worker that was away, an agreement that was resumed."""

BATCH = 100
_NONE = VisitsRow("", 0, 0)

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A program with what is known of its agreements, and the terms that bound them."""

    program: Program
    lives: Mapping[str, Standing]

    def terms_at(self, life: Standing, day: Day) -> tuple[str, Terms] | None:
        """Return the version in force as the day began; on the first day, the one that came with it."""
        version = life.promised_at(day.starts_ms) or life.promised_at(day.ends_ms - 1)
        if version is None:
            return None
        return version, terms_by_version({version}, currency=self.program.currency)[version]


def visits_wait() -> bool:
    """Say cheaply whether any terms pay for clicks or impressions at all."""
    return pays_visits()


def count_visits(*, at: datetime) -> int:
    """Count the finished days of all programs that pay for visits; return how many commissions moved."""
    moved, broken = 0, Broken()
    until = known_until(at=at)
    for program in programs_that_pay_visits():
        with broken.watch(program.id):
            moved += _count(program, until=until, at=at)
    broken.raise_first()
    return moved


def _count(program: Program, *, until: datetime, at: datetime) -> int:
    ids = list(agreements_of(program.id).values_list("id", flat=True))
    asked = _Asked(program, standings(ids) if ids else {})
    days = [
        day
        for day in days_between(to_ms(until - timedelta(days=DAYS)), to_ms(until), zone=program.zone)
        if day.ends_ms <= to_ms(until)
    ]
    visits = {day: _visits(program, day) for day in days}
    if not any(visits.values()):
        return 0  # nothing was brought, or the lake is not there: that takes nothing back
    found = {name: judged for day in days for name, judged in _judged(asked, day, visits[day])}
    known = judged_numbers(found)
    changed = sorted(name for name, judged in found.items() if judged.number != known.get(name, 0))
    moved = 0
    for start in range(0, len(changed), BATCH):
        some = {name: found[name] for name in changed[start : start + BATCH]}
        moved += _book(some, program=program, at=at)
    return moved


def _visits(program: Program, day: Day) -> dict[str, VisitsRow]:
    about = Filter(program_id=program.id, from_ms=day.starts_ms, until_ms=day.ends_ms)
    return {row.agreement_id: row for row in lake_at(settings.LAKE_FOLDER).paid_visits(about)}


def _judged(asked: _Asked, day: Day, visits: Mapping[str, VisitsRow]) -> Iterator[tuple[Name, PeriodJudgement]]:
    zone = asked.program.zone
    for agreement_id, life in asked.lives.items():
        bound = asked.terms_at(life, day) if _counts(life, day) else None
        if bound is None:
            continue
        # After a breach nothing counts any more; what was approved before is proposed to a person.
        row = _NONE if life.ended_for_breach else visits.get(agreement_id, _NONE)
        version_id, terms = bound
        for pay in _pays(terms, life.segment):
            kind, number = ("clicks", row.clicks) if isinstance(pay, ClickPay) else ("views", row.views)
            source = f"{kind}:{pay.name}:{day.on.isoformat()}"
            judged = judge_visits(number, pay, terms=terms, version_id=version_id, day_ms=day.starts_ms, zone=zone)
            yield (agreement_id, source), judged


def _counts(life: Standing, day: Day) -> bool:
    """Say whether a day is counted: not before the terms are accepted, nor while the agreement is suspended."""
    suspended = any(one.until_ms is None for one in life.suspensions)
    ended = life.ended_at_ms is not None and life.ended_at_ms <= day.starts_ms
    return not (life.waits_for_acceptance or suspended or ended)


def _pays(terms: Terms, segment: str) -> Iterable[VisitPay]:
    every: tuple[VisitPay, ...] = (*terms.clicks, *terms.views)
    return (one for one in every if not one.segment or segment in one.segment)


def _book(found: Mapping[Name, PeriodJudgement], *, program: Program, at: datetime) -> int:
    by = Actor.system("visits")
    with transaction():
        # What the lake finds out later about a visit no report of the merchant explains.
        rows = [(row, Cause.JUDGED) for row in open_standings(found, at=at)]
        moved = book_standings(rows, program=program, cause="visits", by=by, at=at, judged=found)
        news = [(row.id, f"commission.{row.state}") for row in moved]
        workspace_id, why = program.workspace_id, {"cause": "visits"}
        audit_many(
            [
                audit_row(by=by, at=at, action=what, subject=one, workspace_id=workspace_id, data=why)
                for one, what in news
            ]
        )
        announce_many([announcement(at=at, kind=what, subject=one, workspace_id=workspace_id) for one, what in news])
    return len(moved)
