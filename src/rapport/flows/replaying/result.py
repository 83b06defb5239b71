"""What a replay answers: figures for the whole, and for each partner, product and month; the same for every reader."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """What some orders paid then and would pay now, in minor units of the program's currency.

    `engine_minor` is what the engine says to what was promised: it differs from the books while something waits for a
    person. `present_minor` is what the terms that bind each partner today would pay. A basis is the part of the orders
    that percentages are paid on; margins are what orders brought beyond the cost that was told, without the
    commission, and only of the `costed` orders.
    """

    orders: int = 0
    then_minor: int = 0
    engine_minor: int = 0
    present_minor: int = 0
    now_minor: int = 0
    basis_then_minor: int = 0
    basis_now_minor: int = 0
    costed: int = 0
    margin_then_minor: int = 0
    margin_now_minor: int = 0

    @property
    def difference_minor(self) -> int:
        """Return by how much more would be paid, below zero where it is less."""
        return self.now_minor - self.then_minor

    @property
    def rate_then(self) -> Fraction | None:
        """Return which part of the basis was paid; None without a basis."""
        return _ratio(self.then_minor, self.basis_then_minor)

    @property
    def rate_now(self) -> Fraction | None:
        """Return which part of the basis would be paid."""
        return _ratio(self.now_minor, self.basis_now_minor)

    def __add__(self, other: "Figures") -> "Figures":
        """Return both together."""
        return Figures(*(getattr(self, name) + getattr(other, name) for name in NAMES))


NAMES = tuple(field.name for field in fields(Figures))


@dataclass(frozen=True, slots=True)
class Group:
    """The figures under one key: an agreement, a product, a month such as 2026-03; empty for what names none."""

    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class CashDay:
    """What becomes payable on a day, and what is paid on it, then and by the draft."""

    on: date
    payable_then_minor: int = 0
    payable_now_minor: int = 0
    paid_then_minor: int = 0
    paid_now_minor: int = 0


@dataclass(frozen=True, slots=True)
class Order:
    """An order whose commission would be another one."""

    conversion_id: str
    external_id: str
    kind: str
    on: date
    earner_then: str
    earner_now: str
    then_minor: int
    now_minor: int

    @property
    def difference_minor(self) -> int:
        """Return by how much more it would pay."""
        return self.now_minor - self.then_minor


@dataclass(frozen=True, slots=True)
class Hands:
    """How many orders would go to another partner, to a partner at all, or to nobody any more."""

    moved: int = 0
    gained: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """By what a replay was computed, why not faster, and what comparing a part of it with the engine showed.

    `visits_left_out` where terms pay for clicks or impressions too: those are counted by day, and not replayed.
    """

    by: str = "engine"
    fell_back: tuple[str, ...] = ()
    visits_left_out: bool = False
    checked: int = 0
    differed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """The answer of a replay; `waiting_…` stays below the threshold of its payout terms, `unlike_books` counts orders.

    `more_products` tells how many products stand together under one key because they moved least.
    """

    program_id: str
    currency: str
    zone: str
    terms_digest: str
    first_on: date
    last_on: date
    partners: tuple[str, ...]
    own_too: bool
    looked_at: int
    totals: Figures
    by_partner: tuple[Group, ...]
    by_product: tuple[Group, ...]
    by_month: tuple[Group, ...]
    calendar: tuple[CashDay, ...]
    waiting_then_minor: int
    waiting_now_minor: int
    hands: Hands
    unlike_books: int
    orders: tuple[Order, ...]
    orders_changed: int
    more_products: int = 0
    proof: Proof = Proof()

    @property
    def winners(self) -> tuple[Group, ...]:
        """Return the partners who would get more, the most first."""
        more = [group for group in self.by_partner if group.figures.difference_minor > 0]
        return tuple(sorted(more, key=lambda group: (-group.figures.difference_minor, group.key)))

    @property
    def losers(self) -> tuple[Group, ...]:
        """Return the partners who would get less, the most first."""
        less = [group for group in self.by_partner if group.figures.difference_minor < 0]
        return tuple(sorted(less, key=lambda group: (group.figures.difference_minor, group.key)))


def to_document(replayed: Replayed) -> dict[str, Any]:
    """Return the answer as JSON holds it."""
    plain: dict[str, Any] = _plain(asdict(replayed))
    return plain


def from_document(document: Mapping[str, Any]) -> Replayed:
    """Return the answer that a document holds."""
    told = dict(document)
    return Replayed(
        **{
            **told,
            "first_on": date.fromisoformat(told["first_on"]),
            "last_on": date.fromisoformat(told["last_on"]),
            "partners": tuple(told["partners"]),
            "totals": Figures(**told["totals"]),
            **{name: tuple(map(_group, told[name])) for name in ("by_partner", "by_product", "by_month")},
            "calendar": tuple(CashDay(**_dated(one)) for one in told["calendar"]),
            "hands": Hands(**told["hands"]),
            "orders": tuple(Order(**_dated(one)) for one in told["orders"]),
            "proof": Proof(**{**told["proof"], "fell_back": tuple(told["proof"]["fell_back"])}),
        }
    )


def _group(told: Mapping[str, Any]) -> Group:
    return Group(told["key"], Figures(**told["figures"]))


def _dated(told: Mapping[str, Any]) -> dict[str, Any]:
    return {**told, "on": date.fromisoformat(told["on"])}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a document holds
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _ratio(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
