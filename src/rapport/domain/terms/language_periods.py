"""The language of tiers and bonuses."""

from dataclasses import dataclass
from typing import Final

from rapport.domain.terms.conditions import PartnerSegment
from rapport.domain.terms.periodic import Bonus, BonusKind, By, Over, Threshold, Tier, TierStep, Way
from rapport.domain.terms.place import Place, shown
from rapport.domain.terms.sections import ABSENT, Field, Many, Section
from rapport.domain.terms.shapes import Amount, Name, OneWord, Rate, Schema, Whole
from rapport.domain.terms.words import Day, Text

MOST_STEPS: Final = 20
MOST_TIERS: Final = 20
MOST_BONUSES: Final = 50

_MOST_CONVERSIONS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class CountOrAmount:
    """A number of conversions, written as a number, or an amount, written as text."""

    count: Whole
    amount: Amount

    def read(self, value: object, place: Place) -> Threshold | None:
        """Accept a whole number from 1 on, or the text of an amount."""
        if not isinstance(value, int | str):
            place.refuse(
                place.speech.gettext(
                    "“%(value)s” does not fit. Write a number of conversions such as 10, or an amount in quotes such "
                    "as “5000.00”."
                ),
                value=shown(value),
            )
            return None
        is_amount = isinstance(value, str)
        number = self.amount.read(value, place) if is_amount else self.count.read(value, place)
        return None if number is None else Threshold(number, is_amount)

    def write(self, value: Threshold, currency: str) -> object:
        """Return a number, or the text of an amount."""
        shape = self.amount if value.is_amount else self.count
        return shape.write(value.number, currency)

    def schema(self) -> Schema:
        """Describe both."""
        return {"oneOf": [self.count.schema(), self.amount.schema()]}


_THRESHOLD: Final = CountOrAmount(Whole(1, _MOST_CONVERSIONS), Amount())

SEGMENT: Final = Field(
    name="segment",
    shape=Many(OneWord(PartnerSegment), most=len(PartnerSegment)),
    default=ABSENT,
    unsaid=(),
    says="For partners of these segments alone; for all where nothing is written.",
    examples=(["blogger"],),
)

_RULE: Final = Field(
    name="rule", shape=Name(), says="The rule whose conversions are counted, by its name.", examples=("sale",)
)

NAME: Final = Field(
    name="name",
    shape=Name(),
    says="Its name, used once among rules, tiers and bonuses; it stands on what it pays.",
    examples=("volume",),
)

STEP: Final = Section(
    TierStep,
    (
        Field(
            name="from",
            attribute="least",
            shape=_THRESHOLD,
            says="From where on the step pays: a number of conversions, or an amount as text.",
            examples=(11, "5000.00"),
        ),
        Field(
            name="percent",
            shape=Rate(),
            default=ABSENT,
            says="Percent of the basis, in place of what the rule pays.",
            examples=("12",),
        ),
        Field(
            name="flat",
            attribute="flat_minor",
            shape=Amount(),
            default=ABSENT,
            says="An amount for each conversion, in place of what the rule pays.",
            examples=("8.00",),
        ),
    ),
)

TIER: Final = Section(
    Tier,
    (
        NAME,
        _RULE,
        Field(
            name="by",
            shape=OneWord(By),
            says="What is counted: conversions (count), or their basis (value).",
            examples=("count",),
        ),
        Field(
            name="over",
            shape=OneWord(Over),
            default="month",
            says="After which period counting begins anew.",
            examples=("month",),
        ),
        Field(
            name="way",
            shape=OneWord(Way),
            default="marginal",
            says="Whether a step pays what lies above it alone (marginal), or everything of the period (whole).",
            examples=("whole",),
        ),
        Field(
            name="steps",
            shape=Many(STEP, most=MOST_STEPS),
            says="The steps, the lowest first; below the first the rule alone pays.",
            examples=([{"from": 11, "percent": "12"}, {"from": 51, "percent": "15"}],),
        ),
        SEGMENT,
    ),
)

BONUS: Final = Section(
    Bonus,
    (
        NAME,
        Field(
            name="kind",
            shape=OneWord(BonusKind),
            says="A milestone, a first sale, or a challenge: a milestone with a first and a last day.",
            examples=("milestone",),
        ),
        _RULE,
        Field(
            name="amount",
            attribute="amount_minor",
            shape=Amount(),
            says="What it pays, in the program's currency, as text.",
            examples=("100.00",),
        ),
        Field(
            name="reach",
            shape=_THRESHOLD,
            default=ABSENT,
            says="What must be reached: a number of conversions, or an amount as text; not for a first sale.",
            examples=(50, "10000.00"),
        ),
        Field(
            name="over",
            shape=OneWord(Over),
            default=ABSENT,
            unsaid=Over.EVER,
            says="After which period it can be reached anew; once for all where nothing is written.",
            examples=("quarter",),
        ),
        Field(
            name="from",
            attribute="from_day",
            shape=Day(),
            default=ABSENT,
            says="The first day whose conversions count, in the program's zone.",
            examples=("2026-11-27",),
        ),
        Field(
            name="until",
            attribute="until_day",
            shape=Day(),
            default=ABSENT,
            says="The last day whose conversions count.",
            examples=("2026-12-24",),
        ),
        SEGMENT,
        Field(
            name="goal",
            shape=Text(),
            default=ABSENT,
            unsaid="",
            says="What partners read about it, such as the goal of a challenge.",
            examples=("Fill the shop before Christmas",),
        ),
    ),
)
