"""Which conversions count for which tier and bonus, and with what: derived from their decisions alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.judgement import Decision, Flag, Measure, Outcome
from rapport.domain.periods.calendar import period_of
from rapport.domain.promises import Promises
from rapport.domain.story import ReportedConversion
from rapport.domain.terms import Bonus, By, Terms, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One conversion that counts: its place in the story, and what its rule pays for what stands of it.

    `basis` is in minor units of the program's currency, `share_left` how much of the order stands.
    """

    conversion_id: str
    at_ms: int
    kind: str
    external_id: str
    version_id: str
    basis: Fraction
    share_left: Fraction
    paid_minor: int
    hold_until_ms: int
    facts_joined: bool

    @property
    def place(self) -> tuple[int, str, str]:
        """Return where it stands among others: by moment, then kind, then external id."""
        return (self.at_ms, self.kind, self.external_id)

    def measure(self, by: By) -> Fraction:
        """Return how much it counts: one conversion, or its basis."""
        return self.basis if by is By.VALUE else Fraction(1)


@dataclass(frozen=True, slots=True)
class Counting:
    """A conversion counts for one promise of an agreement; `source` names promise and period."""

    agreement_id: str
    source: str
    counted: Counted


def counting_of(
    conversion: ReportedConversion, decision: Decision, *, promises: Promises, zone: str
) -> Iterator[Counting]:
    """Yield what a conversion counts for; what is held, declined, a test or taken back whole counts for nothing."""
    credit = decision.credit
    if credit is None or decision.outcome is not Outcome.EARNED or decision.holds:
        return
    terms, measures = promises.terms[credit.terms_version_id], {one.rule: one for one in decision.measures}
    segment = promises.agreements[credit.agreement_id].segment
    for promise in _promises_for(terms, segment):
        measure = measures.get(promise.rule)
        period = period_of(promise, conversion.occurred_at_ms, zone)
        if measure and measure.share_left > 0 and period:
            source = f"{'tier' if isinstance(promise, Tier) else 'bonus'}:{promise.name}:{period.key}"
            yield Counting(credit.agreement_id, source, _counted(conversion, decision, measure))


def _promises_for(terms: Terms, segment: str) -> list[Tier | Bonus]:
    every: tuple[Tier | Bonus, ...] = (*terms.tiers, *terms.bonuses)
    return [one for one in every if not one.segment or segment in one.segment]


def _counted(conversion: ReportedConversion, decision: Decision, measure: Measure) -> Counted:
    return Counted(
        conversion_id=conversion.id,
        at_ms=conversion.occurred_at_ms,
        kind=conversion.kind,
        external_id=conversion.external_id,
        version_id=decision.credit.terms_version_id if decision.credit else "",
        basis=measure.basis,
        share_left=measure.share_left,
        paid_minor=sum(line.target_minor for line in decision.lines if line.rule == measure.rule),
        hold_until_ms=decision.hold_until_ms or 0,
        facts_joined=all(one.flag is not Flag.FACTS_NOT_JOINED for one in decision.flags),
    )
