"""What any shop says, in one shape: the state of an order at a moment, what was taken from it, what must be asked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts of an order in minor units; `total` is what the customer paid."""

    total: int
    tax: int = 0
    shipping: int = 0
    discount: int = 0

    def bounded(self) -> "Amounts":
        """Return them so that the parts never exceed the whole, whatever a shop's rounding made of them."""
        tax = min(max(self.tax, 0), self.total)
        return replace(self, tax=tax, shipping=min(max(self.shipping, 0), self.total - tax))


@dataclass(frozen=True, slots=True)
class Reversal:
    """How much one refund or dispute has taken from an order as of a version; `of` is the order's number or payment."""

    number: str
    kind: str
    taken_minor: int
    at: datetime
    version_ms: int
    of: str = ""
    currency: str = ""
    tax_minor: int | None = None
    shipping_minor: int | None = None


@dataclass(frozen=True, slots=True)
class OrderState:
    """One order as the shop has it at a moment.

    `amounts` are those before refunds. An order that does not `count` has not been paid for, or not any more.
    `cancelled` is for shops where that is final. `lists_reversals`: every refund of the order is named here.
    """

    number: str
    version_ms: int
    ordered_at: datetime
    currency: str
    amounts: Amounts
    counts: bool = True
    cancelled: bool = False
    renewal: bool = False
    payment: str = ""
    reversals: tuple[Reversal, ...] = ()
    lists_reversals: bool = False
    click_ids: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    code_ids: tuple[str, ...] = ()  # the shop's own ids of codes, where it does not name the code
    customer: str = ""  # hashed before it is kept
    customer_status: str = ""
    country: str = ""
    channel: str = ""
    source: str = ""
    landing_url: str = ""
    test: bool = False

    @property
    def left_minor(self) -> int:
        """Return what is left of the order, as the shop has it."""
        if self.cancelled or not self.counts:
            return 0
        return self.amounts.total - sum(one.taken_minor for one in self.reversals)

    def kept(self) -> dict[str, Any]:
        """Return it as JSON can keep it."""
        return {
            **asdict(self),
            "ordered_at": self.ordered_at.isoformat(),
            "reversals": [_kept(one) for one in self.reversals],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return what was kept."""
        lists = {name: tuple(kept[name]) for name in ("click_ids", "coupons", "code_ids")}
        reversals = tuple(Reversal(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in kept["reversals"])
        moment = datetime.fromisoformat(kept["ordered_at"])
        return cls(
            **{**kept, **lists, "reversals": reversals, "amounts": Amounts(**kept["amounts"]), "ordered_at": moment}
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """An order that the shop has no more."""

    number: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Something that a delivery names and does not tell: the shop must be asked for it."""

    what: str
    number: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A delivery that tells nothing that counts, and why."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Privacy:
    """What the law wants done for a customer or a whole shop: tell what is kept (`request`), or forget it.

    `customer` is known by that key here; `marks` are what a message that names it holds; `deliveries` those found.
    """

    what: str
    customer: str = ""
    orders: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    deliveries: tuple[str, ...] = ()


Told = OrderState | Reversal | Gone | Ask | Nothing | Privacy


def _kept(one: Reversal) -> dict[str, Any]:
    return {**asdict(one), "at": one.at.isoformat()}
