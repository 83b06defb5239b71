"""What the judge answers: per conversion who should earn how much, and every reason for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from rapport.domain.credit import Credit, HoldReason
from rapport.domain.exchange import Exchange
from rapport.domain.story import AmountReport


class Outcome(StrEnum):
    """How the question "who earns from this conversion?" was answered."""

    EARNED = "earned"
    NO_TOUCH = "no_touch"
    NO_ELIGIBLE_TOUCH = "no_eligible_touch"
    KIND_NOT_PAID = "kind_not_paid"
    NO_RULE_MATCHES = "no_rule_matches"
    """Somebody would earn, and no rule of the terms pays for such an order."""
    NO_RATE = "no_rate"
    """Somebody would earn a part of an order in a foreign currency, and no rate of its day is known yet."""
    DECLINED = "declined"
    TEST = "test"


class Source(StrEnum):
    """What was considered for credit."""

    CLICK = "click"
    COUPON = "coupon"
    BINDING = "binding"
    FILE = "file"


class Why(StrEnum):
    """Why something considered won or lost; one code per reason, its numbers stand in `data`."""

    WON = "won"
    REFUSED = "refused"
    AFTER_ORDER = "after_order"
    BOT = "bot"
    FRAMED = "framed"
    VIEW_ONLY = "view_only"
    TEST_CLICK = "test_click"
    NOT_ACCEPTED = "not_accepted"
    AGREEMENT_ENDED = "agreement_ended"
    KIND_NOT_PAID = "kind_not_paid"
    NO_RULE_MATCHES = "no_rule_matches"
    WINDOW_OVER = "window_over"
    OLDER_TOUCH_WON = "older_touch_won"
    SEGMENT_GOES_FIRST = "segment_goes_first"
    STOOD_DOWN = "stood_down"
    CLICK_BEFORE_VIEW = "click_before_view"
    REPEAT_NOT_PAID = "repeat_not_paid"
    NEWER_TOUCH_WON = "newer_touch_won"
    COUPON_GOES_FIRST = "coupon_goes_first"
    CLICK_GOES_FIRST = "click_goes_first"
    OTHER_COUPON_WON = "other_coupon_won"
    COUPON_UNKNOWN = "coupon_unknown"
    COUPON_NOT_VALID = "coupon_not_valid"
    REBILL_FOLLOWS_FIRST = "rebill_follows_first"
    SET_ASIDE_BY_PERSON = "set_aside_by_person"


class StepLabel(StrEnum):
    """One line of the formula; amounts are in minor units, the rate in percent, the share of the order from 0 to 1.

    Of an order in a foreign currency, the lines before the exchange rate are in its currency.
    """

    PAID_BY_CUSTOMER = "paid_by_customer"
    SHIPPING = "shipping"
    TAX = "tax"
    DISCOUNT = "discount"
    BASIS_OF_ORDER = "basis_of_order"
    CORRECTED = "corrected"
    BASIS_NOW = "basis_now"
    CONVERTED = "converted"
    PART_OF_ORDER = "part_of_order"
    BASIS_OF_RULE = "basis_of_rule"
    COST = "cost"
    MARGIN = "margin"
    PERCENT = "percent"
    FLAT = "flat"
    PER_UNIT = "per_unit"
    PIECES = "pieces"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RULE_PAYS = "rule_pays"
    SHARE_LEFT = "share_left"
    IN_ITS_CURRENCY = "in_its_currency"
    EXCHANGE_RATE = "exchange_rate"
    EXACT = "exact"
    COMMISSION = "commission"


class Flag(StrEnum):
    """What a person should see about a decision, although nothing waits for it."""

    OVER_CORRECTED = "over_corrected"
    CORRECTED_TOO_LATE = "corrected_too_late"
    FACTS_NOT_JOINED = "facts_not_joined"


@dataclass(frozen=True, slots=True)
class Considered:
    """What could have earned: `ref` is the click id, code, conversion that bound, or binding that a file told."""

    source: Source
    ref: str
    agreement_id: str
    why: Why
    data: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormulaStep:
    """One number of the formula, exact: a whole number, or a fraction where a part moved in proportion.

    `rule` names the rule that it belongs to, where several pay or one pays for a part of the order.
    """

    label: StepLabel
    amount: Fraction | int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Unpaid:
    """A rule that was asked and pays nothing for this order: which fact it asks for, what it wants, and what was told.

    `wants` holds words in the order of the alphabet, or bounds such as ">= 5000" and "< 10000"; `told` is empty where
    nobody told the fact.
    """

    rule: str
    asks: str
    wants: tuple[str, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What one rule pays on, of what is left of an order: what tiers and bonuses of a period count.

    `basis` is in the program's currency; it follows from the facts and is stored with no decision.
    """

    rule: str
    basis: Fraction
    share_left: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """The part of a commission that one rule earned; the lines of a decision add up to its target."""

    rule: str
    target_minor: int


@dataclass(frozen=True, slots=True)
class Flagged:
    """A flag with what it is about, such as the external ids of the corrections that came too late."""

    flag: Flag
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one conversion should earn, for whom, and why.

    `target_minor` is what the books should hold in the end; `uncorrected_minor` what the order would pay if no
    correction had come. `amounts` is the report that was used, in the currency of `exchange` where there is one.
    `hold_until_ms` is the local midnight in the program's zone at which the hold ends; `holds` are doubts that wait
    for a person, whatever the date.
    """

    conversion_id: str
    outcome: Outcome
    credit: Credit | None
    target_minor: int
    uncorrected_minor: int
    amounts: AmountReport
    lines: tuple[Line, ...]
    formula: tuple[FormulaStep, ...]
    considered: tuple[Considered, ...]
    holds: tuple[HoldReason, ...]
    hold_until_ms: int | None
    flags: tuple[Flagged, ...]
    exchange: Exchange | None = None
    unpaid: tuple[Unpaid, ...] = ()
    measures: tuple[Measure, ...] = field(default=(), compare=False)

    def fall_is_reported(self, previous: "Decision") -> bool:
        """Say whether an amount lower than in `previous` follows from what the merchant reported or a person declined.

        Then the fall is booked even after approval. Everything else (another partner, another promise, an open
        conflict) becomes a proposal for a person.
        """
        if self.outcome is Outcome.DECLINED:
            return True
        return _promise(self.credit) == _promise(previous.credit) and HoldReason.CONFLICT not in self.holds


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decisions on all conversions of a story, in the order of the story."""

    decisions: tuple[Decision, ...]

    def on(self, conversion_id: str) -> Decision:
        """Return the decision on this conversion; KeyError when the story does not hold it."""
        for decision in self.decisions:
            if decision.conversion_id == conversion_id:
                return decision
        raise KeyError(conversion_id)


def _promise(credit: Credit | None) -> tuple[str, str, str] | None:
    """Return by which promise to whom a credit pays; which of two clicks brought it changes no amount."""
    return None if credit is None else (credit.agreement_id, credit.terms_version_id, credit.rule)
