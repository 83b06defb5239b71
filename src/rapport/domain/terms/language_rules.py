"""The language of rules: what a conversion must be, and what is paid for it."""

from typing import Final

from rapport.domain.terms.conditions import When
from rapport.domain.terms.language_conditions import CONDITIONS
from rapport.domain.terms.rules import Flat, MarginPercent, Pay, Percent, PerUnit, Recurring, Rule
from rapport.domain.terms.sections import ABSENT, Field, OneOf, Section
from rapport.domain.terms.shapes import Amount, Name, Rate, Whole

KIND: Final = Field(
    name="kind",
    shape=Name(),
    says="The kind of conversion: sale, lead, rebill, or any action that the merchant reports.",
    examples=("sale", "lead", "sign-up"),
)

PERCENT: Final = Section(
    Percent,
    (Field(name="percent", shape=Rate(), says="Percent of the basis, as text.", examples=("12", "7.5")),),
)

FLAT: Final = Section(
    Flat,
    (
        Field(
            name="flat",
            attribute="flat_minor",
            shape=Amount(),
            says="A fixed amount in the program's currency, as text.",
            examples=("5.00",),
        ),
    ),
)

PER_UNIT: Final = Section(
    PerUnit,
    (
        Field(
            name="per_unit",
            attribute="per_unit_minor",
            shape=Amount(),
            says="A fixed amount for every piece, in the program's currency, as text.",
            examples=("1.50",),
        ),
    ),
)

MARGIN: Final = Section(
    MarginPercent,
    (
        Field(
            name="margin_percent",
            attribute="percent",
            shape=Rate(),
            says=(
                "Percent of the margin, as text: of the basis less the cost. It pays the lines of which the order "
                "tells a cost; another rule may pay the rest."
            ),
            examples=("25",),
        ),
    ),
)

PAY: Final[OneOf[Pay]] = OneOf(
    choices={"percent": PERCENT, "flat": FLAT, "per_unit": PER_UNIT, "margin_percent": MARGIN},
    types={Percent: "percent", Flat: "flat", PerUnit: "per_unit", MarginPercent: "margin_percent"},
)

RECURRING: Final = Section(
    Recurring,
    (
        Field(
            name="months",
            shape=Whole(1, 120),
            default=ABSENT,
            says="For how many months after the first order repeated payments earn.",
            examples=(12,),
        ),
        Field(
            name="times",
            shape=Whole(1, 1000),
            default=ABSENT,
            says="How many repeated payments of a customer earn.",
            examples=(1,),
        ),
    ),
)

RULE: Final = Section(
    Rule,
    (
        Field(
            name="name",
            shape=Name(),
            says="The name of the rule, used once; it stands on every commission that the rule earns.",
            examples=("sale",),
        ),
        Field(
            name="when",
            shape=Section(When, (KIND, *CONDITIONS)),
            says="What a conversion must be for this rule to match: everything that is written here at once.",
            examples=({"kind": "sale"}, {"kind": "sale", "category": ["Shoes"], "customer": "new"}),
        ),
        Field(
            name="pay",
            shape=PAY,
            says="What it pays: a percentage of the basis, a fixed amount, an amount a piece, a share of the margin.",
            examples=({"percent": "12"}, {"flat": "5.00"}, {"per_unit": "1.50"}, {"margin_percent": "25"}),
        ),
        Field(
            name="at_most",
            attribute="at_most_minor",
            shape=Amount(),
            default=ABSENT,
            says="The most that the rule pays for one order, in the program's currency, as text.",
            examples=("50.00",),
        ),
        Field(
            name="at_least",
            attribute="at_least_minor",
            shape=Amount(),
            default=ABSENT,
            says="The least that the rule pays for one order that stands whole; it shrinks with what is refunded.",
            examples=("2.00",),
        ),
        Field(
            name="recurring",
            shape=RECURRING,
            default=ABSENT,
            says=(
                "For rules of kind rebill: repeated payments earn for some months, some times or (neither is written) "
                "for ever, in the place of the click window."
            ),
            examples=({"months": 12}, {"times": 1}, {}),
        ),
    ),
)
