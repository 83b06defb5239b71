"""What terms promise over a period of one agreement: tiers that pay more the more there is, and bonuses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rapport.domain.terms.conditions import PartnerSegment


class Over(StrEnum):
    """After which period counting begins anew; days are those of the program's zone."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"


class By(StrEnum):
    """What a tier counts: conversions, or the basis that they come to."""

    COUNT = "count"
    VALUE = "value"


class Way(StrEnum):
    """Whether a step pays what lies above it alone, or everything of the period once it is reached."""

    MARGINAL = "marginal"
    WHOLE = "whole"


class BonusKind(StrEnum):
    """What a bonus is paid for."""

    MILESTONE = "milestone"
    FIRST_SALE = "first_sale"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From where on something is paid: a number of conversions, or an amount in minor units."""

    number: int
    is_amount: bool = False


@dataclass(frozen=True, slots=True)
class TierStep:
    """What is paid from a threshold on: a percentage of the basis, or an amount for each conversion."""

    least: Threshold
    percent: Decimal | None = None
    flat_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Steps over what one rule paid in a period. Without a segment it is for every partner."""

    name: str
    rule: str
    by: By
    over: Over
    way: Way
    steps: tuple[TierStep, ...]
    segment: tuple[PartnerSegment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonus:
    """An amount for reaching something with the conversions of one rule, once a period.

    `reach` is None for a first sale: one conversion reaches it. Conversions before `from_day` or after `until_day` do
    not count.
    """

    name: str
    kind: BonusKind
    rule: str
    amount_minor: int
    reach: Threshold | None = None
    over: Over = Over.EVER
    from_day: date | None = None
    until_day: date | None = None
    segment: tuple[PartnerSegment, ...] = ()
    goal: str = ""

    @property
    def threshold(self) -> Threshold:
        """Return what must be reached."""
        return self.reach or Threshold(1)

    @property
    def by(self) -> By:
        """Return what is counted."""
        return By.VALUE if self.threshold.is_amount else By.COUNT
