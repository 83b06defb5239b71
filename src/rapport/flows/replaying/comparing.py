"""Judge the stories of a batch twice, by what was promised and by the draft, and lay both beside the books."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rapport.apps.commissions.past import Held, held_for
from rapport.apps.conversions.past import BasketLine, baskets_of
from rapport.apps.conversions.queries import LoadedStory, load_stories
from rapport.apps.conversions.recording import StoryKey
from rapport.domain.amounts import Left, basis_of, left_of, share_left
from rapport.domain.days import DAY_MS, day_of
from rapport.domain.exchange import Exchange
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Outcome
from rapport.domain.money import round_half_up
from rapport.domain.promises import Promises
from rapport.domain.story import ReportedConversion
from rapport.domain.terms import Terms
from rapport.flows.offers import Offer
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.lines import Line, Paid, shares_of
from rapport.flows.replaying.periods import CountedPeriods
from rapport.flows.replaying.promising import Draft, as_at_present
from rapport.kit.clock import to_ms


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the orders of a batch beside their stories."""

    held: Mapping[str, Sequence[Held]]
    baskets: Mapping[str, Sequence[BasketLine]]


_Promised = tuple[Promises, Promises, Promises]
"""What was promised then, what is promised today, and what would have been promised by the draft."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """Compares stories of one program by its promises and by a draft, for the days that were asked for."""

    asked: Asked
    offer: Offer
    at_ms: int

    @property
    def draft(self) -> Draft:
        """Return the terms that are tried, in the place of which versions."""
        everybodys = frozenset(version.id for version in self.offer.versions)
        return Draft(self.asked.terms, None if self.asked.own_too else everybodys)

    def lines(self, keys: Sequence[StoryKey], *, periods: CountedPeriods | None = None) -> Iterator[Line]:
        """Yield the orders of these stories that lie in the period and pay anything, then or now.

        What they count for over periods is noted, where somebody wants to know.
        """
        loaded = load_stories(self.offer.program, keys=keys)
        ids = [row.id for story in loaded for row in story.conversions]
        told = Told(held_for(ids), baskets_of(ids))
        promises = self.offer.promises_for(loaded)
        sides = (promises, as_at_present(promises, at_ms=self.at_ms), self.draft.promises(promises))
        for story in loaded:
            yield from (line for line in self.of_story(story, sides, told, periods=periods) if line.matters)

    def of_story(
        self, loaded: LoadedStory, sides: _Promised, told: Told, *, periods: CountedPeriods | None = None
    ) -> Iterator[Line]:
        """Yield the orders of a story that lie in the period, judged by each side."""
        then, present, now = sides
        judged = judge(loaded.story, then)
        judged_now = judge(self.draft.story(loaded.story), now)
        # Where nobody's terms have changed since, what binds today is what was promised.
        judged_present = judged if present == then else judge(loaded.story, present)
        first_ms, until_ms = to_ms(self.asked.from_at), to_ms(self.asked.until_at)
        for reported in loaded.story.conversions:
            if first_ms <= reported.occurred_at_ms < until_ms:
                before = Side(reported, judged.on(reported.id), then)
                today = Side(reported, judged_present.on(reported.id), present)
                after = Side(reported, judged_now.on(reported.id), now)
                if periods:
                    periods.note(reported, (before.decision, today.decision, after.decision), sides)
                yield self._line(before, today, after, told)

    def _line(self, then: "Side", present: "Side", now: "Side", told: Told) -> Line:
        reported, zone, currency = then.reported, self.asked.program.zone, self.asked.program.currency
        held = told.held.get(reported.id, ())
        factor = factor_of(reported.exchange, currency)
        return Line(
            conversion_id=reported.id,
            external_id=reported.external_id,
            kind=reported.kind,
            on=day_of(reported.occurred_at_ms, zone),
            then=tuple(
                Paid(one.agreement_id, one.minor, one.version_id, day_of(to_ms(one.hold_until), zone))
                for one in held
                if one.minor
            ),
            engine=then.paid(zone),
            present=present.paid(zone),
            now=now.paid(zone, draft=self.draft),
            basis_then_minor=then.basis_minor(factor),
            basis_now_minor=now.basis_minor(factor),
            shares=shares_of(told.baskets.get(reported.id, ()), left=then.share_left, factor=factor),
        )


@dataclass(frozen=True, slots=True)
class Side:
    """One order with a decision on it, and the promises by which that was made."""

    reported: ReportedConversion
    decision: Decision
    promises: Promises

    @property
    def terms(self) -> Terms | None:
        """Return the terms by which somebody earns; None where nobody does."""
        credit = self.decision.credit
        return self.promises.terms[credit.terms_version_id] if credit and self.earns else None

    @property
    def earns(self) -> bool:
        """Say whether anybody earns."""
        return self.decision.outcome is Outcome.EARNED

    @property
    def left(self) -> Left:
        """Return what is left of the order, as its terms count corrections."""
        days = self.terms.reversal.window_days if self.terms else None
        until_ms = None if days is None else self.reported.occurred_at_ms + days * DAY_MS
        return left_of(self.decision.amounts, self.reported.corrections, until_ms=until_ms)

    @property
    def share_left(self) -> Fraction | int:
        """Return which part of the order stands, whenever it was corrected: what the shop earned knows no window."""
        left = left_of(self.decision.amounts, self.reported.corrections, until_ms=None)
        return share_left(self.decision.amounts, left)

    def basis_minor(self, factor: Fraction | int) -> int:
        """Return the part of the order that a percentage is paid on, in the program's currency."""
        terms = self.terms
        return round_half_up(Fraction(basis_of(self.left, terms.basis) * factor)) if terms else 0

    def paid(self, zone: str, *, draft: Draft | None = None) -> Paid | None:
        """Return who earns how much; of what the draft pays the version is empty."""
        credit, hold_until_ms = self.decision.credit, self.decision.hold_until_ms
        if credit is None or hold_until_ms is None or not self.earns:
            return None
        is_drafted = draft is not None and draft.takes(credit.terms_version_id)
        version_id = "" if is_drafted else credit.terms_version_id
        return Paid(credit.agreement_id, self.decision.target_minor, version_id, day_of(hold_until_ms, zone))


def factor_of(exchange: Exchange | None, currency: str) -> Fraction | int:
    """Return what a minor unit of the order is worth; nothing while its rate is not known."""
    if exchange is None:
        return 1
    return exchange.rate.factor((exchange.currency, currency)) if exchange.rate else 0
