"""One version of terms as frozen values: what earns, on which part of an order, for whom, and when it is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rapport.domain.terms.compiled import Compiled, compile_rules
from rapport.domain.terms.conditions import PartnerSegment
from rapport.domain.terms.periodic import Bonus, Tier
from rapport.domain.terms.rules import Choice, Rule
from rapport.domain.terms.visits import ClickPay, ViewPay

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


class TouchPriority(StrEnum):
    """Which of the eligible touches earns."""

    LAST = "last"
    FIRST = "first"


class Calendar(StrEnum):
    """How often payouts are due."""

    WEEKLY = "weekly"
    TWICE_MONTHLY = "twice_monthly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Basis:
    """Which parts of an order a percentage is paid on."""

    tax: Treatment
    shipping: Treatment
    discount: DiscountTreatment


@dataclass(frozen=True, slots=True)
class StandDown:
    """Clicks of these segments in the last minutes before an order leave an earlier touch of another partner alone."""

    minutes: int
    segments: tuple[PartnerSegment, ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which touch earns, and for how long.

    `view_window_days` is how long a view alone earns: not at all where it is 0, and never before a click.
    `segments_first` go before all others, in their order.
    """

    click_window_days: int
    repeat_purchases: bool
    coupon: CouponPriority
    view_window_days: int = 0
    touch: TouchPriority = TouchPriority.LAST
    segments_first: tuple[PartnerSegment, ...] = ()
    stand_down: StandDown | None = None


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
    choice: Choice = Choice.FIRST
    tiers: tuple[Tier, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    clicks: tuple[ClickPay, ...] = ()
    views: tuple[ViewPay, ...] = ()
    compiled: Compiled = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compile the rules once; terms never change."""
        object.__setattr__(self, "compiled", compile_rules(self.rules, self.choice))

    def pays(self, kind: str) -> bool:
        """Say whether any rule pays this kind of conversion."""
        return kind in self.compiled.rules

    @property
    def counts_periods(self) -> bool:
        """Say whether anything is promised over a period."""
        return bool(self.tiers or self.bonuses)

    def rule_for(self, kind: str) -> Rule | None:
        """Return the first rule of this kind of conversion, whatever else it asks."""
        return next((rule for rule in self.rules if rule.when.kind == kind), None)

    def rule(self, name: str) -> Rule:
        """Return the rule of this name; KeyError when the version has none."""
        return {rule.name: rule for rule in self.rules}[name]
