"""Tell returns that name no order as corrections of the sales they belong to; what changed is told as a difference."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from rapport.apps.conversions.actions import lock_stories
from rapport.apps.conversions.inputs import CorrectionInput
from rapport.apps.conversions.models import Conversion, Door
from rapport.apps.conversions.reading import ReadCorrection, read_correction
from rapport.apps.conversions.recording import Touched
from rapport.apps.imports.actions import ToldPart, keep_parts
from rapport.apps.imports.models import ReturnedPiece
from rapport.apps.imports.queries import customers_who_wait, pieces_of, sold_lines
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.record.write import transaction
from rapport.domain.money import Money, allocate, format_amount
from rapport.domain.returns import Returned, Sold, match_returns
from rapport.flows.intake import take_corrections
from rapport.flows.offers import Offer, load_offer
from rapport.flows.retrying import until_settled
from rapport.kit.clock import to_ms

Goods = tuple[str, str, str]
"""Kind of order, customer and product."""
Order = tuple[str, str]
"""Kind and the merchant's number, which does not hang on what came first."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some customers: the pieces they brought back, and the orders that sold them the goods."""

    pieces: Mapping[Goods, list[ReturnedPiece]]
    sold: Mapping[Goods, list[Sold]]
    orders: Mapping[Order, Conversion]


@dataclass(frozen=True, slots=True)
class Change:
    """A piece belongs to an order with another amount than was told so far, in `told` corrections."""

    piece: ReturnedPiece
    order: Conversion
    quantity: Decimal
    amount_minor: int
    before_minor: int
    told: int

    @property
    def difference(self) -> int:
        """Return what is to be told now: positive takes more from the order."""
        return self.amount_minor - self.before_minor


def match_customers(customers: Collection[str], *, offer: Offer, by: Actor, at: datetime) -> int:
    """Match anew what these customers brought back, inside the caller's transaction; return how much changed.

    The matching follows from the facts alone, so it does not matter which file told them first.
    """
    known = _known(offer.program.id, customers)
    lock_stories(Touched.by(known.orders.values()).in_order())
    changes = [change for goods in sorted(known.pieces) for change in _changes(known, goods)]
    corrections = [_correction(change, offer, at=at) for change in changes if change.difference]
    if corrections:
        take_corrections(corrections, offer=offer, door=Door.FILE, by=by, at=at)
    keep_parts([_part(change) for change in changes])
    return len(changes)


def match_waiting(*, at: datetime) -> int:
    """Match what waits in any program with sales that came by other doors since; return how much changed."""
    changed = 0
    for program_id, customer in customers_who_wait():
        offer = load_offer(program_id)

        def write(offer: Offer = offer, customer: str = customer) -> int:
            with transaction():
                return match_customers([customer], offer=offer, by=Actor.system("returns"), at=at)

        changed += until_settled(write)
    return changed


def shares_of(piece_minor: int, quantity: Decimal, parts: Sequence[Decimal]) -> list[int]:
    """Share the amount of a piece among the quantities that found a sale; the rest keeps its own share."""
    rest = quantity - sum(parts, Decimal())
    return allocate(piece_minor, [Fraction(part) for part in (*parts, rest)])[: len(parts)]


def _known(program_id: str, customers: Collection[str]) -> Known:
    pieces: dict[Goods, list[ReturnedPiece]] = defaultdict(list)
    for piece in pieces_of(program_id, customers=customers):
        pieces[piece.kind, piece.customer_key, piece.product].append(piece)
    quantities: dict[Goods, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    orders: dict[Order, Conversion] = {}
    for kind in {kind for kind, _customer, _product in pieces}:
        for line in sold_lines(program_id, kind=kind, customers=customers):
            order = line.conversion
            goods = (kind, order.customer.key if order.customer else "", line.product)
            if goods in pieces and not order.is_foreign:
                quantities[goods][order.external_id] += line.quantity
                orders[kind, order.external_id] = order
    sold = {
        goods: [
            Sold(number, to_ms(orders[goods[0], number].occurred_at), max(quantity, Decimal()))
            for number, quantity in each.items()
        ]
        for goods, each in quantities.items()
    }
    return Known(pieces, sold, orders)


def _changes(known: Known, goods: Goods) -> Iterator[Change]:
    pieces = {f"{piece.number}\n{piece.price}": piece for piece in known.pieces[goods]}
    returned = [Returned(name, to_ms(piece.occurred_at), piece.quantity) for name, piece in pieces.items()]
    parts = match_returns(known.sold.get(goods, ()), returned)
    for name, piece in pieces.items():
        mine = [part for part in parts if part.returned_id == name]
        shares = shares_of(piece.amount_minor, piece.quantity, [part.quantity for part in mine])
        wanted = {part.order: (part.quantity, minor) for part, minor in zip(mine, shares, strict=True)}
        yield from _changes_of(piece, wanted, known)


def _changes_of(piece: ReturnedPiece, wanted: Mapping[str, tuple[Decimal, int]], known: Known) -> Iterator[Change]:
    told = {part.conversion.external_id: part for part in piece.parts.all()}
    for number in sorted({*wanted, *told}):
        quantity, minor = wanted.get(number, (Decimal(), 0))
        before = told.get(number)
        if before and (before.quantity, before.amount_minor) == (quantity, minor):
            continue
        order = before.conversion if before else known.orders[piece.kind, number]
        yield Change(
            piece=piece,
            order=order,
            quantity=quantity,
            amount_minor=minor,
            before_minor=before.amount_minor if before else 0,
            told=before.told if before else 0,
        )


def _part(change: Change) -> ToldPart:
    return ToldPart(
        piece_id=change.piece.id,
        conversion_id=change.order.id,
        quantity=change.quantity,
        amount_minor=change.amount_minor,
        told=change.told + bool(change.difference),
    )


def _correction(change: Change, offer: Offer, *, at: datetime) -> ReadCorrection:
    """Tell the difference: more is a refund, less takes an earlier one back."""
    given = {
        "kind": "refund" if change.difference > 0 else "amendment",
        "external_id": _number(change),
        "of": change.order.external_id,
        "of_kind": change.order.kind,
        "currency": offer.program.currency,
        "total": format_amount(Money(abs(change.difference), offer.program.currency)),
        "occurred_at": change.piece.occurred_at,
    }
    return read_correction(read_input(CorrectionInput, given), frame=offer.frame, received_at=at)


def _number(change: Change) -> str:
    """Return a number that the same return of the same order gets from every file."""
    piece = change.piece
    told = f"{piece.number}\n{piece.product}\n{piece.price}\n{change.order.external_id}"
    number = f"{piece.number[:64]}:{hashlib.sha256(told.encode()).hexdigest()[:24]}"
    return f"{number}:{change.told + 1}" if change.told else number
