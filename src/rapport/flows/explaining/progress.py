"""How far the running tiers and bonuses of an agreement are: with a bar, and with what is missing in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.commissions.periods import counted_by_source, promises_of
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import acceptance_at, standings
from rapport.apps.programs.queries import terms_of
from rapport.domain.money import Money
from rapport.domain.periods import PeriodJudgement, Progress, judge_period, period_of, progress_of
from rapport.domain.terms import Bonus, By, Terms, Tier, bonus_sentence, step_pays, tier_sentence
from rapport.flows.explaining.words import money_words, source_name
from rapport.kit.clock import to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One tier or bonus that counts now: what is promised, how far it is, what it pays so far, and what is missing."""

    source: str
    name: str
    sentence: str
    so_far: str
    missing: str
    percent: int
    pays: Money
    reached: int | Money
    next_from: int | Money | None


def running(agreement: Agreement, *, at: datetime) -> list[Running]:
    """Return the tiers and bonuses of the terms that bind an agreement now, with what their period has come to."""
    acceptance = acceptance_at(agreement.id, at=at)
    if acceptance is None:
        return []
    terms = terms_of(acceptance.version, currency=agreement.program.currency)
    if not terms.counts_periods:
        return []
    segment = standings([agreement.id])[agreement.id].segment
    counted = counted_by_source(agreement.id)
    found = []
    for source, promise in _now(terms, segment, zone=agreement.program.zone, at=at):
        some = counted.get(source, [])
        judged = judge_period(some, promises_of(source, some, currency=terms.currency))
        found.append(_running(source, promise, judged, terms))
    return found


def missing_words(judged: PeriodJudgement, promise: Tier | Bonus, *, kind: str, currency: str) -> str:
    """Say what is missing to the next step, such as 3 more until 12 %; nothing when nothing is."""
    progress = progress_of(judged, promise)
    if progress.done:
        return ""
    if progress.next_step:
        goal = step_pays(progress.next_step, currency, translation)
    else:
        goal = money_words(Money(promise.amount_minor if isinstance(promise, Bonus) else 0, currency))
    if progress.by is By.VALUE:
        missing = money_words(Money(ceil(progress.missing), currency))
        return _("%(missing)s more of “%(kind)s” until %(goal)s") % {"missing": missing, "kind": kind, "goal": goal}
    number = int(progress.missing)
    words = ngettext(
        "%(number)s more of “%(kind)s” until %(goal)s", "%(number)s more of “%(kind)s” until %(goal)s", number
    )
    return words % {"number": number, "kind": kind, "goal": goal}


def _now(terms: Terms, segment: str, *, zone: str, at: datetime) -> Iterator[tuple[str, Tier | Bonus]]:
    """Yield what counts at this moment, each with the source that names its period."""
    every: tuple[Tier | Bonus, ...] = (*terms.tiers, *terms.bonuses)
    for promise in every:
        period = period_of(promise, to_ms(at), zone)
        if period and (not promise.segment or segment in promise.segment):
            yield f"{'tier' if isinstance(promise, Tier) else 'bonus'}:{promise.name}:{period.key}", promise


def _running(source: str, promise: Tier | Bonus, judged: PeriodJudgement, terms: Terms) -> Running:
    progress, kind = progress_of(judged, promise), terms.rule(promise.rule).when.kind
    sentence = (
        tier_sentence(promise, terms, speech=translation)
        if isinstance(promise, Tier)
        else bonus_sentence(promise, terms, speech=translation)
    )
    return Running(
        source=source,
        name=source_name(source),
        sentence=sentence,
        so_far=_so_far(progress, terms.currency),
        missing=missing_words(judged, promise, kind=kind, currency=terms.currency) or _("Everything is reached."),
        percent=progress.percent,
        pays=Money(judged.target_minor, terms.currency),
        reached=_told(progress.so_far, progress.by, terms.currency),
        next_from=_told(Fraction(progress.goal.number), progress.by, terms.currency) if progress.goal else None,
    )


def _so_far(progress: Progress, currency: str) -> str:
    if progress.by is By.VALUE:
        return money_words(Money(int(progress.so_far), currency))
    return str(int(progress.so_far))


def _told(amount: Fraction, by: By, currency: str) -> int | Money:
    return Money(int(amount), currency) if by is By.VALUE else int(amount)
