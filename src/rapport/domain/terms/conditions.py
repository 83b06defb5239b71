"""What a conversion must be for a rule to match: every condition that is written must hold."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CustomerStatus(StrEnum):
    """Whether the customer bought before; what the merchant reports goes before what the story shows."""

    NEW = "new"
    RETURNING = "returning"


class Device(StrEnum):
    """On what the visitor clicked, as the lake tells them apart."""

    PHONE = "phone"
    TABLET = "tablet"
    DESKTOP = "desktop"
    OTHER = "other"


class CouponCondition(StrEnum):
    """Whether the order used a coupon of the partner who earns."""

    WITH = "with"
    WITHOUT = "without"


class Weekday(StrEnum):
    """A day of the week in the program's zone."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class PartnerSegment(StrEnum):
    """What a partner does."""

    STORE_OWNER = "store_owner"
    BLOGGER = "blogger"
    SEARCH = "search"
    NICHE = "niche"
    COUPON = "coupon"
    LOYALTY = "loyalty"
    INFLUENCER = "influencer"
    AGENCY = "agency"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Between:
    """A number from a bound on (included) and below another (excluded); None where there is no bound."""

    least: int | None = None
    below: int | None = None

    def holds(self, other: "Between") -> bool:
        """Say whether every number of the other lies in this one."""
        from_below = self.least is None or (other.least is not None and other.least >= self.least)
        to_above = self.below is None or (other.below is not None and other.below <= self.below)
        return from_below and to_above


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a conversion must be for a rule to match.

    Amounts are in minor units of the program's currency. `product`, `category`, `brand` and `price` (of one piece) ask
    each line of the basket; everything else asks the order. An empty tuple, or None, asks nothing.
    """

    kind: str
    product: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    price: Between | None = None
    amount: Between | None = None
    quantity: Between | None = None
    customer: CustomerStatus | None = None
    country: tuple[str, ...] = ()
    device: tuple[Device, ...] = ()
    coupon: CouponCondition | None = None
    coupon_code: tuple[str, ...] = ()
    segment: tuple[PartnerSegment, ...] = ()
    placement: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    weekday: tuple[Weekday, ...] = ()
    hour: Between | None = None
    from_day: date | None = None
    until_day: date | None = None
