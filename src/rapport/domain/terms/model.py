"""One version of terms as frozen values: what earns, on which part of an order, for whom, and when it is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LANGUAGE = 1
"""The language that this engine speaks; a document of another language is refused."""


class Treatment(StrEnum):
    """Whether tax or shipping counts towards the basis."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class DiscountTreatment(StrEnum):
    """Whether a discount lowers the basis, or the commission is paid as if there had been none."""

    DEDUCTED = "deducted"
    IGNORED = "ignored"


class CouponPriority(StrEnum):
    """Whether a valid coupon earns although another agreement has an eligible click, or only without one."""

    BEFORE_CLICK = "before_click"
    AFTER_CLICK = "after_click"


class Calendar(StrEnum):
    """How often payouts are due."""

    WEEKLY = "weekly"
    TWICE_MONTHLY = "twice_monthly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class When:
    """What a conversion must be for a rule to match."""

    kind: str


@dataclass(frozen=True, slots=True)
class Percent:
    """Pay a percentage of the basis."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class Flat:
    """Pay a fixed amount, in minor units of the program's currency."""

    flat_minor: int


Pay = Percent | Flat


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise of pay; of the ordered rules of a version the first that matches earns."""

    name: str
    when: When
    pay: Pay


@dataclass(frozen=True, slots=True)
class Basis:
    """Which parts of an order a percentage is paid on."""

    tax: Treatment
    shipping: Treatment
    discount: DiscountTreatment


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which touch earns, and for how long."""

    click_window_days: int
    repeat_purchases: bool
    coupon: CouponPriority


@dataclass(frozen=True, slots=True)
class Hold:
    """How many days a commission waits before silence approves it."""

    days: int
    by_kind: Mapping[str, int]

    def days_for(self, kind: str) -> int:
        """Return the hold of this kind of conversion."""
        return self.by_kind.get(kind, self.days)


@dataclass(frozen=True, slots=True)
class Reversal:
    """How long after the order a correction still takes the commission back."""

    window_days: int


@dataclass(frozen=True, slots=True)
class Payout:
    """From which amount on and on which days payouts are made.

    `day` is the day of the month, the first of two that lie two weeks apart, or the day of the week (Monday is 1).
    """

    threshold_minor: int
    calendar: Calendar
    day: int


@dataclass(frozen=True, slots=True)
class Notice:
    """How many days before it takes effect a worse version must be announced."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything one version promises; amounts are in minor units of `currency`, the program's."""

    language: int
    currency: str
    rules: tuple[Rule, ...]
    basis: Basis
    attribution: Attribution
    hold: Hold
    reversal: Reversal
    payout: Payout
    notice: Notice

    def rule_for(self, kind: str) -> Rule | None:
        """Return the first rule that matches this kind of conversion."""
        for rule in self.rules:
            if rule.when.kind == kind:
                return rule
        return None

    def rule(self, name: str) -> Rule:
        """Return the rule of this name; KeyError when the version has none."""
        return {rule.name: rule for rule in self.rules}[name]
