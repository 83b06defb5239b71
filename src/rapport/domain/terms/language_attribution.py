"""The language of attribution: which touch earns, and for how long."""

from typing import Final

from rapport.domain.terms.conditions import PartnerSegment
from rapport.domain.terms.model import Attribution, CouponPriority, StandDown, TouchPriority
from rapport.domain.terms.sections import ABSENT, Field, Many, Section
from rapport.domain.terms.shapes import OneWord, Whole, YesNo
from rapport.domain.terms.words import DaysOrLifetime

_YEAR: Final = 365
_DAY_MINUTES: Final = 1_440
_SEGMENTS: Final = 20

STAND_DOWN: Final = Section(
    StandDown,
    (
        Field(
            name="minutes",
            shape=Whole(1, _DAY_MINUTES),
            says="How many minutes before the order.",
            examples=(30,),
        ),
        Field(
            name="segments",
            shape=Many(OneWord(PartnerSegment), most=_SEGMENTS),
            says="Whose clicks stand down.",
            examples=(["coupon", "loyalty"],),
        ),
    ),
)

ATTRIBUTION: Final = Section(
    Attribution,
    (
        Field(
            name="click_window_days",
            shape=DaysOrLifetime(Whole(1, _YEAR)),
            default=30,
            says="For how many days of 24 hours a click earns, to the millisecond; or lifetime.",
            examples=(365, "lifetime"),
        ),
        Field(
            name="repeat_purchases",
            shape=YesNo(),
            default=False,
            says="Whether further purchases of the same customer inside the window earn too.",
            examples=(True,),
        ),
        Field(
            name="coupon",
            shape=OneWord(CouponPriority),
            default="before_click",
            says="Whether a partner's coupon earns before another partner's click, or only without one.",
            examples=("before_click",),
        ),
        Field(
            name="view_window_days",
            shape=Whole(1, _YEAR),
            default=ABSENT,
            unsaid=0,
            says="For how many days a view alone earns, where no click does. Not written: views earn nothing.",
            examples=(1,),
        ),
        Field(
            name="touch",
            shape=OneWord(TouchPriority),
            default=ABSENT,
            unsaid=TouchPriority.LAST,
            says="Which of several partners' touches earns: the last (also where nothing is written) or the first.",
            examples=("first",),
        ),
        Field(
            name="segments_first",
            shape=Many(OneWord(PartnerSegment), most=_SEGMENTS),
            default=ABSENT,
            unsaid=(),
            says="Touches of partners in these segments go before all others, in this order.",
            examples=(["blogger", "influencer"],),
        ),
        Field(
            name="stand_down",
            shape=STAND_DOWN,
            default=ABSENT,
            says="Clicks shortly before an order that leave an earlier touch of another partner alone.",
            examples=({"minutes": 30, "segments": ["coupon", "loyalty"]},),
        ),
    ),
)
