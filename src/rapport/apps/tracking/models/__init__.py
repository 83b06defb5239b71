"""Tables of tracking: links with their old addresses, coupons, keys of click ids, secrets of postbacks."""

from rapport.apps.tracking.models.links import Coupon, Link, LinkAlias, LinkCap, LinkLimits
from rapport.apps.tracking.models.programs import (
    BookPublication,
    ClickKey,
    DomainState,
    PostbackSecret,
    PostbackWay,
    ProgramTags,
    TrackingDomain,
)

__all__ = [
    "BookPublication",
    "ClickKey",
    "Coupon",
    "DomainState",
    "Link",
    "LinkAlias",
    "LinkCap",
    "LinkLimits",
    "PostbackSecret",
    "PostbackWay",
    "ProgramTags",
    "TrackingDomain",
]
