"""Add up the orders of a replay, one after the other, in memory that does not grow with them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Final

from rapport.flows.replaying.cash import Due, PaydayOf
from rapport.flows.replaying.lines import Line, Paid, spread
from rapport.flows.replaying.result import NAMES, Figures, Group, Hands, Order

MOST_ORDERS: Final = 200
"""Orders that are listed, those that move most."""
MOST_PRODUCTS: Final = 1000
"""Products that are told apart, those that move most."""


@dataclass(slots=True)
class Sums:
    """What was added up so far."""

    partners: frozenset[str] = frozenset()
    payday_of: PaydayOf = lambda _version_id, payable_on: payable_on
    totals: Counter[str] = field(default_factory=Counter)
    by_partner: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_product: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_month: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    due_then: Due = field(default_factory=Due)
    due_now: Due = field(default_factory=Due)
    hands: Counter[str] = field(default_factory=Counter)
    unlike_books: int = 0
    changed: int = 0
    top: list[tuple[int, str, Order]] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Add an order, if it concerns any of the partners that were asked for."""
        parts = [part for part in _parts(line) if not self.partners or part.agreement_id in self.partners]
        if not parts:
            return
        whole = _whole(line, parts)
        self.totals.update(whole)
        self.by_month[f"{line.on:%Y-%m}"].update(whole)
        for part in parts:
            self.by_partner[part.agreement_id].update(_of_part(line, part))
            self._note_due(part)
        for product, figures in _of_products(line, parts):
            self.by_product[product].update(figures)
        if line.is_order:
            self._note_changes(line, whole)

    def _note_due(self, part: "_Part") -> None:
        for due, side in ((self.due_then, part.then), (self.due_now, (part.now,) if part.now else ())):
            for paid in side:
                due.payable[paid.payable_on] += paid.minor
                payday = self.payday_of(paid.version_id, paid.payable_on)
                due.paydays[paid.agreement_id, payday, paid.version_id] += paid.minor

    def _note_changes(self, line: Line, whole: Mapping[str, int]) -> None:
        if line.earner_then != line.earner_now:
            what = "moved" if line.earner_then and line.earner_now else "gained" if line.earner_now else "lost"
            self.hands[what] += 1
        self.unlike_books += whole["engine_minor"] != whole["then_minor"]
        difference = whole["now_minor"] - whole["then_minor"]
        if difference or line.earner_then != line.earner_now:
            self.changed += 1
            then_minor, now_minor = whole["then_minor"], whole["now_minor"]
            earners = (line.earner_then, line.earner_now)
            order = Order(line.conversion_id, line.external_id, line.kind, line.on, *earners, then_minor, now_minor)
            self.list_order(order)

    def list_order(self, order: Order) -> None:
        """List an order that changes, as long as it is among those that move most."""
        keep = heappush if len(self.top) < MOST_ORDERS else heappushpop
        keep(self.top, (abs(order.difference_minor), order.conversion_id, order))

    @property
    def orders(self) -> tuple[Order, ...]:
        """Return the orders that would move most, those first."""
        return tuple(order for _weight, _id, order in sorted(self.top, key=lambda one: (-one[0], one[1])))

    @property
    def all_hands(self) -> Hands:
        """Return how many orders would change hands."""
        return Hands(self.hands["moved"], self.hands["gained"], self.hands["lost"])


@dataclass(frozen=True, slots=True)
class _Part:
    """What one agreement has to do with an order."""

    agreement_id: str
    then: tuple[Paid, ...]
    engine: Paid | None
    present: Paid | None
    now: Paid | None

    @property
    def minors(self) -> dict[str, int]:
        return {
            "then_minor": sum(paid.minor for paid in self.then),
            "engine_minor": self.engine.minor if self.engine else 0,
            "present_minor": self.present.minor if self.present else 0,
            "now_minor": self.now.minor if self.now else 0,
        }


def _parts(line: Line) -> list[_Part]:
    """Tell an order apart by agreement: mostly there is one."""
    sides = (*line.then, *(one for one in (line.engine, line.present, line.now) if one))
    return [
        _Part(
            agreement_id,
            tuple(paid for paid in line.then if paid.agreement_id == agreement_id),
            *(_whose(paid, agreement_id) for paid in (line.engine, line.present, line.now)),
        )
        for agreement_id in dict.fromkeys(paid.agreement_id for paid in sides)
    ]


def _whose(paid: Paid | None, agreement_id: str) -> Paid | None:
    return paid if paid and paid.agreement_id == agreement_id else None


def _of_part(line: Line, part: _Part) -> dict[str, int]:
    return {
        "orders": int(line.is_order),
        **part.minors,
        "basis_then_minor": line.basis_then_minor if part.engine else 0,
        "basis_now_minor": line.basis_now_minor if part.now else 0,
        **_margins(line, [part]),
    }


def _whole(line: Line, parts: list[_Part]) -> Counter[str]:
    """Add up the parts of an order that count: the order itself is one, whatever hands it goes through."""
    whole: Counter[str] = Counter(orders=int(line.is_order), **_margins(line, parts))
    for part in parts:
        told = _of_part(line, part)
        whole.update({name: told[name] for name in _ADDED})
    return whole


_ADDED: Final = ("then_minor", "engine_minor", "present_minor", "now_minor", "basis_then_minor", "basis_now_minor")


def _margins(line: Line, parts: Iterable[_Part]) -> dict[str, int]:
    told = [place for place, share in enumerate(line.shares) if share.margin_minor is not None]
    if not told:
        return {"costed": 0, "margin_then_minor": 0, "margin_now_minor": 0}
    margin = sum(line.shares[place].margin_minor or 0 for place in told)
    cost = dict.fromkeys(("then_minor", "now_minor"), 0)
    for part in parts:
        for name, minor in part.minors.items():
            if name in cost:
                spreaded = spread(minor, line.shares)
                cost[name] += sum(spreaded[place] for place in told)
    return {
        "costed": 1,
        "margin_then_minor": margin - cost["then_minor"],
        "margin_now_minor": margin - cost["now_minor"],
    }


def _of_products(line: Line, parts: list[_Part]) -> Iterable[tuple[str, Counter[str]]]:
    """Share an order among the products of its basket; every amount is shared for itself and adds up again."""
    products: dict[str, Counter[str]] = {}
    for share in line.shares:
        figures = products.setdefault(share.product, Counter(orders=int(line.is_order)))
        if share.margin_minor is not None:
            figures["costed"] = 1
            figures["margin_then_minor"] += share.margin_minor
            figures["margin_now_minor"] += share.margin_minor
    for part in parts:
        told = _of_part(line, part)
        for name in _ADDED:
            for share, minor in zip(line.shares, spread(told[name], line.shares), strict=True):
                products[share.product][name] += minor
                if share.margin_minor is not None and name in _LESSENS:
                    products[share.product][_LESSENS[name]] -= minor
    return products.items()


_LESSENS: Final = {"then_minor": "margin_then_minor", "now_minor": "margin_now_minor"}


def figures_of(counted: Mapping[str, int]) -> Figures:
    """Return figures that were counted."""
    return Figures(*(counted.get(name, 0) for name in NAMES))


def groups_of(counted: Mapping[str, Mapping[str, int]]) -> list[Group]:
    """Return the groups, those that pay most first."""
    groups = [Group(key, figures_of(figures)) for key, figures in counted.items()]
    return sorted(groups, key=lambda one: (-max(one.figures.then_minor, one.figures.now_minor), one.key))
