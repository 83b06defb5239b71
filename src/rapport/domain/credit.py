"""Who earns from a conversion and by which promise, and what can keep the money waiting."""

from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """What brought the conversion to the agreement."""

    CLICK = "click"
    COUPON = "coupon"
    BINDING = "binding"
    FILE = "file"


class HoldReason(StrEnum):
    """The doubt that keeps a commission from becoming payable until a person decides."""

    CONFLICT = "conflict"
    AGREEMENT_SUSPENDED = "agreement_suspended"
    ENDED_FOR_BREACH = "ended_for_breach"
    SEVERAL_COUPONS = "several_coupons"
    DISPUTED = "disputed"
    """The partner replied to a decline in time; a person grants it or upholds the decline."""
    OTHER_CURRENCY = "other_currency"
    """A report or correction named another currency than the order, so its amounts are not counted."""
    APPROVAL_UNDONE = "approval_undone"
    """A person took an approval back, so silence does not approve it again."""
    UNCONFIRMED = "unconfirmed"
    """Only a page told of the order or of what earns, or a server calls it pending; a server or a person ends it."""
    TERMS_NOT_ACCEPTED = "terms_not_accepted"
    """The terms were offered and nobody has accepted any yet; accepting ends this hold, a person cannot."""


ENDED_BY_APPROVAL = frozenset({HoldReason.APPROVAL_UNDONE, HoldReason.UNCONFIRMED})
"""The doubts that a person's approval answers by itself: whoever approves has looked at the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One agreement earns from one conversion, by one version of terms and one of its rules.

    `touch_id` is the click id, the coupon code, or the binding that a file told. `bound_by` is the earlier conversion
    that bound the customer, when the credit follows it. The click window counts from `counts_from_ms`: the click, the
    order that used the coupon, or the day that the file names.
    """

    agreement_id: str
    via: Via
    touch_id: str
    bound_by: str | None
    counts_from_ms: int
    terms_version_id: str
    rule: str
