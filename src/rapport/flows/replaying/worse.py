"""For whom a draft is worse than what binds them today: computed by a replay of the last year, never declared."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from rapport.apps.partners.models import Acceptance, Agreement, AgreementState
from rapport.apps.partners.queries import agreements_of
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_by_version, versions_of
from rapport.apps.replays.queries import answered_since
from rapport.domain.terms import Calendar, Terms, digest, promises_less_over_periods
from rapport.flows.replaying.asked import Asked, last_year
from rapport.flows.replaying.result import Figures, Replayed, from_document
from rapport.flows.replaying.running import orders_asked_for, replay

FRESH: Final = timedelta(days=7)
"""How old an answer may be that says who is worse off."""
AT_ONCE: Final = 2_000
"""Orders of a year that are replayed while somebody waits."""


class Worsening(StrEnum):
    """What is worse by the terms themselves, whatever was sold."""

    SHORTER_WINDOW = "shorter_window"
    REPEAT_NOT_PAID = "repeat_not_paid"
    LONGER_HOLD = "longer_hold"
    LONGER_REVERSAL = "longer_reversal"
    HIGHER_THRESHOLD = "higher_threshold"
    RARER_PAYOUTS = "rarer_payouts"
    LESS_OVER_PERIODS = "less_over_periods"


@dataclass(frozen=True, slots=True)
class WorseFor:
    """A partner for whom the draft is worse, by which terms, and what it pays less over the last year."""

    agreement: Agreement
    worsenings: tuple[Worsening, ...]
    present_minor: int = 0
    now_minor: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """Say what is worse by the terms themselves."""
        words = {
            Worsening.SHORTER_WINDOW: _("shorter window"),
            Worsening.REPEAT_NOT_PAID: _("repeat purchases no longer paid"),
            Worsening.LONGER_HOLD: _("longer hold"),
            Worsening.LONGER_REVERSAL: _("longer time in which commissions are taken back"),
            Worsening.HIGHER_THRESHOLD: _("higher threshold"),
            Worsening.RARER_PAYOUTS: _("rarer payouts"),
            Worsening.LESS_OVER_PERIODS: _("a tier or bonus gone, or not as good"),
        }
        return tuple(words[one] for one in self.worsenings)

    @property
    def less_minor(self) -> int:
        """Return by how much less it pays."""
        return max(self.present_minor - self.now_minor, 0)


@dataclass(frozen=True, slots=True)
class Worse:
    """For whom a draft is worse; `is_computed` is false while nobody has tried it on the last year."""

    partners: tuple[WorseFor, ...]
    is_computed: bool
    accepted: int
    """How many partners have accepted what is published for everybody, so that a notice concerns them at all."""


def worse_off(program: Program, terms: Terms, *, at: datetime, compute: bool = False) -> Worse:
    """Return for whom these terms are worse; with `compute` the last year is replayed where nobody did it lately."""
    bound = _bound(program, at=at)
    if not bound:
        return Worse((), is_computed=True, accepted=0)
    answer = _answer(program, terms, at=at, compute=compute)
    paid = {group.key: group.figures for group in answer.by_partner} if answer else {}
    versions = terms_by_version({version_id for _one, version_id in bound}, currency=program.currency)
    found = [
        _worse_for(agreement, tuple(worsenings(versions[version_id], terms)), paid.get(agreement.id, Figures()))
        for agreement, version_id in bound
    ]
    worse = [one for one in found if one.worsenings or one.less_minor]
    worse.sort(key=lambda one: (-one.less_minor, one.agreement.partner.name))
    return Worse(tuple(worse), is_computed=answer is not None, accepted=len(bound))


def worsenings(before: Terms, after: Terms) -> Iterator[Worsening]:
    """Yield what is worse by the terms themselves."""
    windows = [(one.click_window_days, one.view_window_days) for one in (before.attribution, after.attribution)]
    if any(now < then for then, now in zip(*windows, strict=True)):
        yield Worsening.SHORTER_WINDOW
    if before.attribution.repeat_purchases and not after.attribution.repeat_purchases:
        yield Worsening.REPEAT_NOT_PAID
    kinds = {rule.when.kind for rule in before.rules}
    if any(after.hold.days_for(kind) > before.hold.days_for(kind) for kind in kinds):
        yield Worsening.LONGER_HOLD
    if after.reversal.window_days > before.reversal.window_days:
        yield Worsening.LONGER_REVERSAL
    if after.payout.threshold_minor > before.payout.threshold_minor:
        yield Worsening.HIGHER_THRESHOLD
    if _A_YEAR[after.payout.calendar] < _A_YEAR[before.payout.calendar]:
        yield Worsening.RARER_PAYOUTS
    if promises_less_over_periods(before, after):
        yield Worsening.LESS_OVER_PERIODS


_A_YEAR: Final = {Calendar.WEEKLY: 52, Calendar.TWICE_MONTHLY: 24, Calendar.MONTHLY: 12}


def _worse_for(agreement: Agreement, found: tuple[Worsening, ...], figures: Figures) -> WorseFor:
    return WorseFor(agreement, found, figures.present_minor, figures.now_minor)


def _bound(program: Program, *, at: datetime) -> list[tuple[Agreement, str]]:
    """Return the agreements that accepted what was published for everybody, with what binds them at this moment."""
    everybodys = set(versions_of(program.id).values_list("id", flat=True))
    rows = Acceptance.objects.filter(agreement__program_id=program.id, from_at__lte=at).order_by("from_at")
    # The last one of each agreement stays.
    latest: dict[str, str] = dict(rows.values_list("agreement_id", "version_id"))
    living = agreements_of(program.id).exclude(state=AgreementState.ENDED)
    return [(one, latest[one.id]) for one in living if latest.get(one.id) in everybodys]


def _answer(program: Program, terms: Terms, *, at: datetime, compute: bool) -> Replayed | None:
    first_on, last_on = last_year(program, at=at)
    known = answered_since(program.id, digest=digest(terms), since=at - FRESH)
    for row in known.filter(first_on__lte=first_on, last_on__gte=last_on - FRESH):
        return from_document(row.answer or {})
    asked = Asked(program, terms, first_on, last_on)
    return replay(asked, at=at) if compute and orders_asked_for(asked) <= AT_ONCE else None


def names_of(worse: Iterable[WorseFor], *, most: int) -> str:
    """Return the names of the first ones, for a sentence."""
    return ", ".join(one.agreement.partner.name for one in list(worse)[:most])
