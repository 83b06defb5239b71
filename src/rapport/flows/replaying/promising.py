"""Promises as they might have been: with a draft in the place of what was published, or as they stand at present."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rapport.domain.promises import InForce, Promises, Standing, version_in_force
from rapport.domain.story import DecisionKind, HumanDecision, ReportedConversion, Story
from rapport.domain.terms import Terms


def as_at_present(promises: Promises, *, at_ms: int) -> Promises:
    """Return the promises as if what binds each agreement at this moment had bound it from its beginning."""
    version_id = version_in_force(promises.program, at_ms)
    program = (InForce(version_id, 0),) if version_id else promises.program
    agreements = {agreement_id: _settled(one, at_ms) for agreement_id, one in promises.agreements.items()}
    return replace(promises, program=program, agreements=agreements)


def _settled(standing: Standing, at_ms: int) -> Standing:
    version_id = standing.promised_at(at_ms)
    if version_id is None or (len(standing.acceptances) == 1 and not standing.offers):
        return standing
    accepted = (InForce(version_id, standing.active_from_ms),)
    return replace(standing, acceptances=accepted, offers=()) if standing.acceptances else standing


@dataclass(frozen=True, slots=True)
class Draft:
    """Terms that are tried, and the versions in whose place they stand; None means in that of every version."""

    terms: Terms
    replaces: frozenset[str] | None

    def takes(self, version_id: str) -> bool:
        """Say whether it stands in the place of this version."""
        return self.replaces is None or version_id in self.replaces

    def promises(self, promises: Promises) -> Promises:
        """Return what would have been promised."""
        terms: Mapping[str, Terms] = {
            version_id: self.terms if self.takes(version_id) else kept for version_id, kept in promises.terms.items()
        }
        return replace(promises, terms=terms)

    def story(self, story: Story) -> Story:
        """Return the story with what people decided told in the rules of the draft.

        Whoever refused to take a commission from a partner named the rule that paid it: it goes on as the draft's rule
        of that name, or its first for that kind of order, and is no decision any more where the draft pays nothing.
        """
        if not any(_refusals(conversion) for conversion in story.conversions):
            return story
        return replace(story, conversions=tuple(map(self._conversion, story.conversions)))

    def _conversion(self, conversion: ReportedConversion) -> ReportedConversion:
        told = [self._decision(one, conversion.kind) for one in conversion.decisions]
        return replace(conversion, decisions=tuple(one for one in told if one))

    def _decision(self, decision: HumanDecision, kind: str) -> HumanDecision | None:
        credit = decision.credit
        if credit is None or not self.takes(credit.terms_version_id):
            return decision
        kept, first = self.terms.compiled.named(kind, credit.rule), self.terms.rule_for(kind)
        rule = kept or first
        return replace(decision, credit=replace(credit, rule=rule.name)) if rule else None


def _refusals(conversion: ReportedConversion) -> list[HumanDecision]:
    return [one for one in conversion.decisions if one.kind is DecisionKind.PROPOSAL_REFUSED]
