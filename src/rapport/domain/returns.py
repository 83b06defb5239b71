"""Which sales a return takes from when it does not say: the customer's latest earlier ones, up to what is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sold:
    """Pieces of one product that one order sold to the customer."""

    order: str
    at_ms: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Returned:
    """Pieces of the product that the customer brought back without naming an order."""

    id: str
    at_ms: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """So many pieces of a return belong to this order."""

    returned_id: str
    order: str
    quantity: Decimal


def match_returns(sold: Iterable[Sold], returned: Iterable[Returned]) -> tuple[Part, ...]:
    """Match what one customer brought back of one product; the rest of a return that no sale is open for is left out.

    A pure function of the facts: earlier returns choose first, whichever was told first. An order may stand in `sold`
    once only.
    """
    sales = sorted(sold, key=lambda one: (one.at_ms, one.order), reverse=True)
    still_open = {sale.order: sale.quantity for sale in sales}
    parts = []
    for one in sorted(returned, key=lambda one: (one.at_ms, one.id)):
        left = one.quantity
        for sale in sales:
            taken = min(left, still_open[sale.order]) if sale.at_ms <= one.at_ms else Decimal()
            if taken > 0:
                still_open[sale.order] -= taken
                left -= taken
                parts.append(Part(one.id, sale.order, taken))
    return tuple(parts)
