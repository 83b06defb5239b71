"""How one kind of file is read: which column means what, and everything that a file does not say itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.apps.imports.reading.columns import (
    MEANINGS,
    NAMES_OF_PARTNERS,
    NAMES_OF_VALIDATIONS,
    NUMBERS,
    OF_BINDINGS,
    OF_ORDERS,
    OF_PARTNERS,
    OF_VALIDATIONS,
    Meaning,
    guess_columns,
)
from rapport.apps.imports.reading.values import DateOrder, DecimalSign, parse_moment, possible_orders, possible_signs
from rapport.apps.record.errors import BadInput

ORDERS, BINDINGS, PARTNERS, VALIDATIONS = "orders", "bindings", "partners", "validations"
MEANINGS_OF = {ORDERS: OF_ORDERS, BINDINGS: OF_BINDINGS, PARTNERS: OF_PARTNERS, VALIDATIONS: OF_VALIDATIONS}
_NAMES_OF = {PARTNERS: NAMES_OF_PARTNERS, VALIDATIONS: NAMES_OF_VALIDATIONS}
INCLUDED, ADDED = "included", "added"
NAMED, MATCHED = "named", "matched"
AT_ONCE, LATER = "at_once", "later"
BY_ACCOUNT, BY_DOMAIN = "account", "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`columns` are names of the header by meaning; empty choices have not been made yet.

    `parts`: whether tax and shipping are inside the amounts of lines or come on top. `negative`: whether an order that
    comes to less than nothing takes back from the order with its number, or is a return with a number of its own.
    `merged_by`: by what lines are the same partner, beside the mail address; `together` and `apart` are lines for which
    a person said otherwise. `invited`: whether partners get their invitation with the import.
    """

    subject: str
    columns: Mapping[Meaning, str]
    zone: str
    kind: str = "sale"
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None
    parts: str = INCLUDED
    negative: str = NAMED
    cancel_prefix: str = "C"
    shipping_products: tuple[str, ...] = field(default=())
    merged_by: tuple[str, ...] = (BY_ACCOUNT,)
    together: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()
    invited: str = AT_ONCE

    @property
    def time_zone(self) -> ZoneInfo:
        """Return the zone of moments that name none."""
        return ZoneInfo(self.zone)

    def document(self) -> dict[str, Any]:
        """Return it as plain values that a profile and a run keep."""
        return {
            "subject": self.subject,
            "columns": {meaning.value: name for meaning, name in self.columns.items()},
            "zone": self.zone,
            "kind": self.kind,
            "date_order": self.date_order.value if self.date_order else "",
            "decimal": self.decimal.value if self.decimal else "",
            "parts": self.parts,
            "negative": self.negative,
            "cancel_prefix": self.cancel_prefix,
            "shipping_products": list(self.shipping_products),
            "merged_by": list(self.merged_by),
            "together": list(self.together),
            "apart": list(self.apart),
            "invited": self.invited,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read what `document` wrote."""
        return cls(
            subject=document["subject"],
            columns={Meaning(meaning): name for meaning, name in document["columns"].items() if name},
            zone=document["zone"],
            kind=document["kind"],
            date_order=DateOrder(document["date_order"]) if document["date_order"] else None,
            decimal=DecimalSign(document["decimal"]) if document["decimal"] else None,
            parts=document["parts"],
            negative=document["negative"],
            cancel_prefix=document["cancel_prefix"],
            shipping_products=tuple(document["shipping_products"]),
            merged_by=tuple(document.get("merged_by", (BY_ACCOUNT,))),
            together=tuple(document.get("together", ())),
            apart=tuple(document.get("apart", ())),
            invited=document.get("invited", AT_ONCE),
        )


def guess_layout(subject: str, header: Sequence[str], samples: Sequence[Sequence[str]], *, zone: str) -> Layout:
    """Guess everything that can be known from a file; what is left open must be asked."""
    among, names = MEANINGS_OF[subject], _NAMES_OF.get(subject)
    known = {"names": names} if names else {}
    columns = guess_columns(header, samples, among=among, **known)
    dates = _values(Meaning.DATE, columns, header, samples)
    numbers = [text for each in NUMBERS for text in _values(each, columns, header, samples)]
    return Layout(
        subject=subject,
        columns=columns,
        zone=zone,
        date_order=_date_order(dates),
        decimal=_decimal(numbers),
    )


def check_layout(layout: Layout, header: Sequence[str], samples: Sequence[Sequence[str]]) -> None:
    """Raise `BadInput` with a sentence for every choice that is missing or cannot be."""
    problems = dict(_missing(layout))
    for meaning, name in layout.columns.items():
        if name not in header:
            problems[meaning.value] = _("The file has no column “%(name)s”.") % {"name": name}
    dates = _values(Meaning.DATE, layout.columns, header, samples)
    unclear = [date for date in dates if _open_to_two_readings(date)]
    if layout.date_order is None and unclear:
        problems["date_order"] = _("Say whether the day or the month stands first, such as in %(date)s.") % {
            "date": unclear[0]
        }
    if layout.decimal is None and asks_for_decimal(layout):
        problems["decimal"] = _("Say whether a point or a comma stands before the cents.")
    if problems:
        raise BadInput(_("Some columns or choices need another look."), fields=problems)


def asks_for_decimal(layout: Layout) -> bool:
    """Say whether amounts are read by this layout."""
    return layout.subject == ORDERS or bool(layout.columns.keys() & {Meaning.RATE, Meaning.BALANCE, Meaning.AMOUNT})


def _missing(layout: Layout) -> list[tuple[str, str]]:
    has = layout.columns.keys()
    sentence = _("Choose the column “%(name)s”.")

    def wanted(meaning: Meaning) -> tuple[str, str]:
        return meaning.value, sentence % {"name": MEANINGS[meaning]}

    if layout.subject == BINDINGS:
        needed = [wanted(each) for each in (Meaning.PARTNER, Meaning.DATE) if each not in has]
        if not has & {Meaning.CUSTOMER, Meaning.COUPON}:
            needed.append(("customer", _("Choose the column of customers or that of codes.")))
        return needed
    if layout.subject == PARTNERS:
        return [wanted(each) for each in (Meaning.PARTNER, Meaning.MAIL) if each not in has]
    if layout.subject == VALIDATIONS:
        needed = [wanted(Meaning.ORDER)] if Meaning.ORDER not in has else []
        if not has & {Meaning.VERDICT, Meaning.AMOUNT}:
            needed.append(("verdict", _("Choose the column of decisions or that of new amounts.")))
        return needed
    needed = [wanted(each) for each in (Meaning.ORDER, Meaning.DATE) if each not in has]
    if not has & {Meaning.AMOUNT, Meaning.PRICE}:
        needed.append(("amount", _("Choose the column of amounts or that of prices.")))
    return needed


def _values(
    meaning: Meaning, columns: Mapping[Meaning, str], header: Sequence[str], samples: Sequence[Sequence[str]]
) -> list[str]:
    name = columns.get(meaning)
    if name is None or name not in header:
        return []
    place = list(header).index(name)
    return [row[place] for row in samples if row[place]]


def _date_order(dates: Sequence[str]) -> DateOrder | None:
    """Return the order by which these are dates; one that fits where the year stands first, nothing for 3/4/2026."""
    orders = possible_orders(dates)
    if len(orders) == 1:
        return next(iter(orders))
    return None if any(map(_open_to_two_readings, dates)) else DateOrder.DAY_FIRST


def _open_to_two_readings(date: str) -> bool:
    """Say whether somebody must say where the day stands in this date."""
    zone = ZoneInfo("UTC")
    if parse_moment(date, None, zone=zone):
        return False
    return any(parse_moment(date, order, zone=zone) for order in DateOrder)


def _decimal(numbers: Sequence[str]) -> DecimalSign | None:
    """Return the sign by which these are numbers; 1,234 may be either, whole numbers are the same by both."""
    signs = possible_signs(numbers)
    if len(signs) == 1:
        return next(iter(signs))
    marked = any("," in text or "." in text for text in numbers)
    return None if marked else DecimalSign.POINT
