"""The language of promises, declared once: parsing, canonical form and JSON Schema all follow from here."""

from typing import Any, Final

from rapport.domain.terms.language_attribution import ATTRIBUTION
from rapport.domain.terms.language_periods import BONUS, MOST_BONUSES, MOST_TIERS, TIER
from rapport.domain.terms.language_rules import RULE
from rapport.domain.terms.language_visits import CLICK_PAY, MOST_VISIT_PAYS, VIEW_PAY
from rapport.domain.terms.model import (
    LANGUAGE,
    Basis,
    Calendar,
    DiscountTreatment,
    Hold,
    Notice,
    Payout,
    Reversal,
    Treatment,
)
from rapport.domain.terms.rules import Choice
from rapport.domain.terms.sections import ABSENT, ByKind, Field, Many, Section
from rapport.domain.terms.shapes import Amount, LanguageNumber, Name, OneWord, Whole

MOST_RULES: Final = 100
"""More rules than anybody reads; a bound keeps every later sum small."""

_YEAR: Final = 365
_TWO_YEARS: Final = 730
_LATEST_DAY_OF_EVERY_MONTH: Final = 28

BASIS: Final = Section(
    Basis,
    (
        Field(
            name="tax",
            shape=OneWord(Treatment),
            default="excluded",
            says="Whether tax counts towards the basis.",
            examples=("excluded",),
        ),
        Field(
            name="shipping",
            shape=OneWord(Treatment),
            default="excluded",
            says="Whether shipping counts towards the basis.",
            examples=("excluded",),
        ),
        Field(
            name="discount",
            shape=OneWord(DiscountTreatment),
            default="deducted",
            says="Whether a discount lowers the basis, or is ignored: then the price before it counts.",
            examples=("deducted",),
        ),
    ),
)

HOLD_DAYS: Final = Whole(0, _YEAR)

HOLD: Final = Section(
    Hold,
    (
        Field(
            name="days",
            shape=HOLD_DAYS,
            default=30,
            says="How many days after the day of the order a commission waits; then silence approves it.",
            examples=(30,),
        ),
        Field(
            name="by_kind",
            shape=ByKind(shape=HOLD_DAYS, kind=Name()),
            default={},
            says="Other holds for some kinds of conversion.",
            examples=({"lead": 10},),
        ),
    ),
)

REVERSAL: Final = Section(
    Reversal,
    (
        Field(
            name="window_days",
            shape=Whole(0, _TWO_YEARS),
            default=180,
            says="For how many days after the order a refund, cancellation or chargeback takes commission back.",
            examples=(180,),
        ),
    ),
)

PAYOUT: Final = Section(
    Payout,
    (
        Field(
            name="threshold",
            attribute="threshold_minor",
            shape=Amount(),
            default="0",
            says="The smallest amount that is paid out, in the program's currency, as text.",
            examples=("50.00",),
        ),
        Field(
            name="calendar",
            shape=OneWord(Calendar),
            default="monthly",
            says="How often payouts are made.",
            examples=("monthly",),
        ),
        Field(
            name="day",
            shape=Whole(1, _LATEST_DAY_OF_EVERY_MONTH),
            default=1,
            says=(
                "The day of the month (1 to 28); for twice_monthly the first of two days two weeks apart (1 to 14); "
                "for weekly the day of the week (1 is Monday, 7 is Sunday)."
            ),
            examples=(15,),
        ),
    ),
)

NOTICE: Final = Section(
    Notice,
    (
        Field(
            name="days",
            shape=Whole(0, _YEAR),
            default=30,
            says="How many days before it takes effect a version that is worse for partners is announced.",
            examples=(30,),
        ),
    ),
)

TERMS: Final[Section[dict[str, Any]]] = Section(
    dict,
    (
        Field(
            name="language",
            shape=LanguageNumber(LANGUAGE),
            says="The version of this language.",
            examples=(LANGUAGE,),
        ),
        Field(
            name="rules",
            shape=Many(RULE, most=MOST_RULES),
            says="What earns, in order; `choice` says which of several that match decide.",
            examples=([{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}],),
        ),
        Field(
            name="choice",
            shape=OneWord(Choice),
            default=ABSENT,
            unsaid=Choice.FIRST,
            says=(
                "Which of several rules that match pay: the first for each line of the basket (also where nothing is "
                "written), the one that pays the partner most, or all."
            ),
            examples=("best",),
        ),
        Field(
            name="tiers",
            shape=Many(TIER, most=MOST_TIERS),
            default=ABSENT,
            unsaid=(),
            says="What is paid above the rules the more there is in a period.",
            examples=([{"name": "volume", "rule": "sale", "by": "count", "steps": [{"from": 11, "percent": "12"}]}],),
        ),
        Field(
            name="bonuses",
            shape=Many(BONUS, most=MOST_BONUSES),
            default=ABSENT,
            unsaid=(),
            says="Amounts for reaching something.",
            examples=([{"name": "fifty", "kind": "milestone", "rule": "sale", "reach": 50, "amount": "100.00"}],),
        ),
        Field(
            name="clicks",
            shape=Many(CLICK_PAY, most=MOST_VISIT_PAYS),
            default=ABSENT,
            unsaid=(),
            says="What every click of a person pays, counted by the day.",
            examples=([{"name": "visit", "per_click": "0.035", "at_most_a_day": "20.00"}],),
        ),
        Field(
            name="views",
            shape=Many(VIEW_PAY, most=MOST_VISIT_PAYS),
            default=ABSENT,
            unsaid=(),
            says="What a thousand impressions pay, counted by the day.",
            examples=([{"name": "showing", "per_thousand": "1.20"}],),
        ),
        Field(
            name="basis",
            shape=BASIS,
            default={},
            says="The part of an order that a percentage is paid on.",
            examples=({"tax": "excluded", "shipping": "excluded", "discount": "deducted"},),
        ),
        Field(
            name="attribution",
            shape=ATTRIBUTION,
            default={},
            says="Which touch earns, and for how long.",
            examples=({"click_window_days": 365, "repeat_purchases": True, "coupon": "before_click"},),
        ),
        Field(
            name="hold",
            shape=HOLD,
            default={},
            says="How long a commission waits before it is the partner's.",
            examples=({"days": 30, "by_kind": {"lead": 10}},),
        ),
        Field(
            name="reversal",
            shape=REVERSAL,
            default={},
            says="How long a correction takes commission back.",
            examples=({"window_days": 180},),
        ),
        Field(
            name="payout",
            shape=PAYOUT,
            default={},
            says="When, and from which amount on, payouts are made.",
            examples=({"threshold": "50.00", "calendar": "monthly", "day": 15},),
        ),
        Field(
            name="notice",
            shape=NOTICE,
            default={},
            says="How early a worse version is announced.",
            examples=({"days": 30},),
        ),
    ),
)
