"""The language of promises: documents, typed terms, their schema and their sentences."""

from rapport.domain.terms.comparing import promises_less_over_periods
from rapport.domain.terms.conditions import (
    Between,
    CouponCondition,
    CustomerStatus,
    Device,
    PartnerSegment,
    Weekday,
    When,
)
from rapport.domain.terms.model import (
    Attribution,
    Basis,
    Calendar,
    CouponPriority,
    DiscountTreatment,
    Hold,
    Notice,
    Payout,
    Reversal,
    StandDown,
    Terms,
    TouchPriority,
    Treatment,
)
from rapport.domain.terms.own_rate import with_own_rate
from rapport.domain.terms.parse import canonical, digest, parse, schema
from rapport.domain.terms.periodic import Bonus, BonusKind, By, Over, Threshold, Tier, TierStep, Way
from rapport.domain.terms.place import Problem, Problems
from rapport.domain.terms.preset import Preset
from rapport.domain.terms.presets import presets
from rapport.domain.terms.rules import Choice, Flat, MarginPercent, Pay, Percent, PerUnit, Recurring, Rule
from rapport.domain.terms.sentences import sentences
from rapport.domain.terms.sentences_periods import bonus_sentence, step_pays, tier_sentence, visit_sentence
from rapport.domain.terms.sentences_rules import rule_words
from rapport.domain.terms.speech import ENGLISH, Speech
from rapport.domain.terms.visits import ClickPay, ViewPay, VisitPay
from rapport.domain.terms.words import LIFETIME_DAYS

__all__ = [
    "ENGLISH",
    "LIFETIME_DAYS",
    "Attribution",
    "Basis",
    "Between",
    "Bonus",
    "BonusKind",
    "By",
    "Calendar",
    "Choice",
    "ClickPay",
    "CouponCondition",
    "CouponPriority",
    "CustomerStatus",
    "Device",
    "DiscountTreatment",
    "Flat",
    "Hold",
    "MarginPercent",
    "Notice",
    "Over",
    "PartnerSegment",
    "Pay",
    "Payout",
    "PerUnit",
    "Percent",
    "Preset",
    "Problem",
    "Problems",
    "Recurring",
    "Reversal",
    "Rule",
    "Speech",
    "StandDown",
    "Terms",
    "Threshold",
    "Tier",
    "TierStep",
    "TouchPriority",
    "Treatment",
    "ViewPay",
    "VisitPay",
    "Way",
    "Weekday",
    "When",
    "bonus_sentence",
    "canonical",
    "digest",
    "parse",
    "presets",
    "promises_less_over_periods",
    "rule_words",
    "schema",
    "sentences",
    "step_pays",
    "tier_sentence",
    "visit_sentence",
    "with_own_rate",
]
