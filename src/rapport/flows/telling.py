"""What the sender of a conversion is told: the order as it stands, who earns what, and why nobody does."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import attribution_of
from rapport.apps.conversions.models import Conversion
from rapport.domain.judgement import Decision, Why
from rapport.domain.judgement_document import from_document
from rapport.flows.explaining.words import source_words, why_words

_WARNED_ABOUT_BEFORE = frozenset({Why.REFUSED, Why.COUPON_UNKNOWN})
"""Recording says these by itself, for every click id and code."""


@dataclass(frozen=True, slots=True)
class Told:
    """One conversion with its latest decision, if it was judged yet, and its commissions."""

    conversion: Conversion
    decision: Decision | None
    commissions: Sequence[Commission]

    @property
    def outcome(self) -> str:
        """Return how it was answered who earns."""
        return str(self.decision.outcome) if self.decision else ""

    def why_nobody(self, *, zone: str) -> list[str]:
        """Return a sentence for each click or code that could have earned, when nobody does."""
        if self.decision is None or self.decision.credit:
            return []
        return [
            f"{source_words(one)}: {why_words(one, zone=zone)}"
            for one in self.decision.considered
            if one.why not in _WARNED_ABOUT_BEFORE
        ]


def tell(conversion_id: str) -> Told:
    """Read a conversion back with what became of it."""
    attribution = attribution_of(conversion_id)
    commissions = Commission.objects.filter(conversion_id=conversion_id).order_by("id")
    return Told(
        Conversion.objects.get(pk=conversion_id),
        from_document(attribution.document) if attribution else None,
        list(commissions),
    )
