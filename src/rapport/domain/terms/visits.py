"""What terms pay for visits alone: for every click of a person, or for a thousand impressions that people saw."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rapport.domain.terms.conditions import PartnerSegment

_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class ClickPay:
    """An amount for every click, in the program's currency with up to four decimals; at most so much a day."""

    name: str
    per_click: Decimal
    at_most_minor: int | None = None
    segment: tuple[PartnerSegment, ...] = ()

    @property
    def each(self) -> Fraction:
        """Return what one pays, in the program's currency."""
        return Fraction(self.per_click)


@dataclass(frozen=True, slots=True)
class ViewPay:
    """An amount for every thousand impressions; at most so much a day."""

    name: str
    per_thousand: Decimal
    at_most_minor: int | None = None
    segment: tuple[PartnerSegment, ...] = ()

    @property
    def each(self) -> Fraction:
        """Return what one pays, in the program's currency."""
        return Fraction(self.per_thousand) / _THOUSAND


VisitPay = ClickPay | ViewPay
