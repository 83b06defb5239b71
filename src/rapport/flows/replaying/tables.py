"""The tables of a replay: the same cells for the page, the file, the command line and whoever calls the API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from rapport.domain.money import Money, format_amount
from rapport.flows.replaying.periods import PERIODS
from rapport.flows.replaying.result import Group, Replayed
from rapport.flows.replaying.running import OTHERS

Cell = str | int | Money | Fraction | None

TABLES: Final = ("partners", "products", "months", "calendar", "orders")
_RATE_PLACES: Final = 4


@dataclass(frozen=True, slots=True)
class Table:
    """A heading per column, and the rows."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def table_of(replayed: Replayed, name: str, *, names: Mapping[str, str]) -> Table:
    """Return a table by its name; `names` are those of the partners, by agreement."""
    if name == "calendar":
        return _calendar(replayed)
    if name == "orders":
        return _orders(replayed, names)
    groups = {"products": replayed.by_product, "months": replayed.by_month}.get(name, replayed.by_partner)
    return _groups(replayed, groups, words={"products": _("Product"), "months": _("Month")}.get(name), names=names)


def _groups(replayed: Replayed, groups: tuple[Group, ...], *, words: str | None, names: Mapping[str, str]) -> Table:
    head = (
        words or _("Partner"),
        *((_("Id"),) if words is None else ()),
        *(_("Orders"), _("Paid then"), _("Paid by the draft"), _("Difference"), _("Paid by today’s terms")),
        *(_("Basis then"), _("Basis by the draft"), _("Rate then"), _("Rate by the draft")),
        *(_("Orders with cost"), _("Margin then"), _("Margin by the draft")),
    )
    rows = [
        (
            *((names.get(group.key, group.key), group.key) if words is None else (key_words(group.key),)),
            *_cells(group, replayed.currency),
        )
        for group in groups
    ]
    return Table(head, tuple(rows))


def key_words(key: str) -> str:
    """Return how a product is called on a page."""
    return {"": _("no product told"), OTHERS: _("all other products"), PERIODS: _("tiers and bonuses")}.get(key, key)


def _cells(group: Group, currency: str) -> Iterator[Cell]:
    figures = group.figures
    yield figures.orders
    for minor in (figures.then_minor, figures.now_minor, figures.difference_minor, figures.present_minor):
        yield Money(minor, currency)
    yield Money(figures.basis_then_minor, currency)
    yield Money(figures.basis_now_minor, currency)
    yield from (figures.rate_then, figures.rate_now, figures.costed)
    for minor in (figures.margin_then_minor, figures.margin_now_minor):
        yield Money(minor, currency) if figures.costed else None


def _calendar(replayed: Replayed) -> Table:
    head = (_("Day"), _("Payable then"), _("Payable by the draft"), _("Paid out then"), _("Paid out by the draft"))
    rows: list[tuple[Cell, ...]] = [
        (
            day.on.isoformat(),
            *(
                Money(minor, replayed.currency)
                for minor in (
                    *(day.payable_then_minor, day.payable_now_minor),
                    *(day.paid_then_minor, day.paid_now_minor),
                )
            ),
        )
        for day in replayed.calendar
    ]
    return Table(head, tuple(rows))


def _orders(replayed: Replayed, names: Mapping[str, str]) -> Table:
    head = (
        *(_("Order"), _("Kind"), _("Day"), _("Earned then"), _("Earns by the draft")),
        *(_("Paid then"), _("Paid by the draft"), _("Difference")),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            *(order.external_id, order.kind, order.on.isoformat()),
            *(names.get(earner, earner) for earner in (order.earner_then, order.earner_now)),
            *(Money(minor, replayed.currency) for minor in (order.then_minor, order.now_minor, order.difference_minor)),
        )
        for order in replayed.orders
    ]
    return Table(head, tuple(rows))


def plain(cell: Cell) -> str | int:
    """Return a cell as a file holds it: amounts with their decimals, rates as a part of one."""
    if isinstance(cell, Money):
        return format_amount(cell)
    if isinstance(cell, Fraction):
        return rate_text(cell)
    return "" if cell is None else cell


def rate_text(rate: Fraction) -> str:
    """Write a rate with four decimals, rounded half up."""
    scaled = int(rate * 10**_RATE_PLACES * 2 + (1 if rate >= 0 else -1)) // 2
    sign, whole = ("-" if scaled < 0 else ""), abs(scaled)
    return f"{sign}{whole // 10**_RATE_PLACES}.{whole % 10**_RATE_PLACES:04d}"
