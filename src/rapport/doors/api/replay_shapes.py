"""What the API takes and answers about replays; amounts are decimal texts of the program's currency."""

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

MOST_PARTNERS = 1_000


class ReplayBody(Schema):
    """What to replay: a document of terms (without it the program's draft), whole days, and perhaps some partners.

    Without days the last 365 are meant. Agreements with terms of their own keep these unless `own_too`.
    """

    program: Annotated[str, Field(max_length=32)]
    terms: dict[str, Any] | None = None
    first_on: date | None = None
    last_on: date | None = None
    partners: Annotated[list[str], Field(max_length=MOST_PARTNERS)] = []
    own_too: bool = False


class ReplayOrdered(Schema):
    """A replay was ordered: read it by its id; `state` is waiting, done or failed."""

    id: str
    program: str
    state: str


class FiguresOut(Schema):
    """What some orders paid then and would pay now; rates are parts of one, margins None where no cost was told."""

    orders: int
    then: str
    engine: str
    present: str
    now: str
    difference: str
    basis_then: str
    basis_now: str
    rate_then: str | None
    rate_now: str | None
    costed: int
    margin_then: str | None
    margin_now: str | None


class GroupOut(FiguresOut):
    """The figures under one key; `name` is the partner's."""

    key: str
    name: str


class CashOut(Schema):
    """What becomes payable on a day and what is paid out on it."""

    on: date
    payable_then: str
    payable_now: str
    paid_then: str
    paid_now: str


class OrderOut(Schema):
    """An order that would pay something else, those that move most first."""

    conversion: str
    external_id: str
    kind: str
    on: date
    earner_then: str
    earner_now: str
    then: str
    now: str
    difference: str


class HandsOut(Schema):
    """How many orders would go to another partner, to a partner at all, or to nobody any more."""

    moved: int
    gained: int
    lost: int


class ProofOut(Schema):
    """By what it was computed, why not faster, and how many orders were compared with the engine that books."""

    by: str
    fell_back: list[str]
    visits_left_out: bool
    checked: int
    differed: int


class ReplayAnswer(Schema):
    """What a replay came to."""

    currency: str
    zone: str
    looked_at: int
    totals: FiguresOut
    partners: list[GroupOut]
    products: list[GroupOut]
    months: list[GroupOut]
    calendar: list[CashOut]
    waiting_then: str
    waiting_now: str
    hands: HandsOut
    unlike_books: int
    orders_changed: int
    orders: list[OrderOut]
    proof: ProofOut


class ReplayOut(Schema):
    """A replay: how far it is (`done` of `total` orders), and its answer once it is done."""

    id: str
    program: str
    state: str
    done: int
    total: int
    first_on: date
    last_on: date
    partners: list[str]
    own_too: bool
    problem: str
    answer: ReplayAnswer | None
