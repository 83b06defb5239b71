"""The language of promises: documents, typed terms, their schema and their sentences."""

from rapport.domain.terms.model import (
    Attribution,
    Basis,
    Calendar,
    CouponPriority,
    DiscountTreatment,
    Flat,
    Hold,
    Notice,
    Pay,
    Payout,
    Percent,
    Reversal,
    Rule,
    Terms,
    Treatment,
    When,
)
from rapport.domain.terms.own_rate import with_own_rate
from rapport.domain.terms.parse import canonical, digest, parse, schema
from rapport.domain.terms.place import Problem, Problems
from rapport.domain.terms.presets import Preset, presets
from rapport.domain.terms.sentences import sentences
from rapport.domain.terms.speech import ENGLISH, Speech

__all__ = [
    "ENGLISH",
    "Attribution",
    "Basis",
    "Calendar",
    "CouponPriority",
    "DiscountTreatment",
    "Flat",
    "Hold",
    "Notice",
    "Pay",
    "Payout",
    "Percent",
    "Preset",
    "Problem",
    "Problems",
    "Reversal",
    "Rule",
    "Speech",
    "Terms",
    "Treatment",
    "When",
    "canonical",
    "digest",
    "parse",
    "presets",
    "schema",
    "sentences",
    "with_own_rate",
]
