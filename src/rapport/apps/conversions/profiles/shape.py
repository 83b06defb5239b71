"""What a profile is: how the parameters of another system's postbacks are read as our own fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Fields = dict[str, Any]
"""The fields of a report by our names, as texts and lists; not checked yet."""


class Status(StrEnum):
    """What the sender thinks of the order."""

    APPROVED = "approved"
    PENDING = "pending"
    DECLINED = "declined"
    EDITED = "edited"
    """It comes to another amount from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one system writes a postback. Its names are looked up in small letters.

    `names` lead to our fields, to `status`, or to `event` (the kind in its words). `values` turn its words for a field
    into ours. `basket` makes lines, and a total where the system sends none. `once_per_click` where an order without a
    number counts once for its click. `example` is the line of its manual, with places in braces; `address` where its
    manual describes it.
    """

    slug: str
    title: str
    names: Mapping[str, str]
    example: str
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    statuses: Mapping[str, Status] = field(default_factory=dict)
    basket: Callable[[Mapping[str, Any], Fields], None] | None = None
    once_per_click: bool = False
    takes_secret: bool = False
    strict: bool = False
