"""One line of a file of orders as typed facts, or the sentence that says why it cannot be used."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from rapport.apps.imports.reading.columns import MEANINGS, Meaning
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.tables import Row
from rapport.apps.imports.reading.values import DecimalSign, parse_moment, parse_number
from rapport.domain.money import CURRENCIES, UnknownCurrency
from rapport.kit.clock import to_ms

_LONGEST = {Meaning.ORDER: 120, Meaning.CORRECTS: 128, Meaning.PRODUCT: 128, Meaning.CUSTOMER: 128}
_LONGEST_OF_OTHERS = 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CUT = {Meaning.NAME: 250, Meaning.BRAND: 128, Meaning.CATEGORY: 128}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as it is kept in the working file; amounts are exact, `amount` is quantity times price unless given."""

    number: int
    order: str = ""
    currency: str = ""
    at_ms: int = 0
    product: str = ""
    name: str = ""
    brand: str = ""
    category: str = ""
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal()
    amount: Decimal = Decimal()
    tax: Decimal = Decimal()
    shipping: Decimal = Decimal()
    discount: Decimal = Decimal()
    customer: str = ""
    country: str = ""
    coupon: str = ""
    click: str = ""
    corrects: str = ""
    problem: str = ""

    def values(self) -> tuple[object, ...]:
        """Return what the working file stores, in the order of the columns."""
        return tuple(str(value) if isinstance(value, Decimal) else value for value in _ALL(self))

    @classmethod
    def of(cls, stored: Sequence[object]) -> "Line":
        """Read what `values` gave."""
        told = dict(zip(COLUMNS, stored, strict=True))
        return cls(**{name: Decimal(str(value)) if name in _DECIMALS else value for name, value in told.items()})  # type: ignore[arg-type]  # the columns are those of the class


COLUMNS = tuple(each.name for each in fields(Line))
_ALL = attrgetter(*COLUMNS)
_DECIMALS = frozenset(each.name for each in fields(Line) if each.type in {Decimal, "Decimal"})


class LineReader:
    """Reads the rows of one file by a layout."""

    def __init__(self, layout: Layout, header: Sequence[str], *, currency: str) -> None:
        self._layout = layout
        self._currency = currency
        self._zone = layout.time_zone
        self._sign = layout.decimal or DecimalSign.POINT
        self._places: Mapping[Meaning, int] = {
            meaning: list(header).index(name) for meaning, name in layout.columns.items()
        }

    def read(self, row: Row) -> Line:
        """Return the line; a problem is kept with as much as could be read."""
        cells = {meaning: row.cells[place] for meaning, place in self._places.items() if place < len(row.cells)}
        order = cells.get(Meaning.ORDER, "")
        problem = row.problem
        try:
            if not problem:
                return self._line(row.number, cells)
        except _Unusable as unusable:
            problem = unusable.sentence
        return Line(number=row.number, order=order[: _LONGEST[Meaning.ORDER]], problem=problem)

    def _line(self, number: int, cells: Mapping[Meaning, str]) -> Line:
        _check_texts(cells)
        if not cells.get(Meaning.ORDER):
            raise _Unusable(_("The line names no order."))
        currency = cells.get(Meaning.CURRENCY, "").upper()
        if currency and currency not in CURRENCIES:
            raise _Unusable(UnknownCurrency(currency).sentence(_))
        quantity = self._number(cells, Meaning.QUANTITY, absent=Decimal(1))
        price = self._number(cells, Meaning.PRICE, absent=Decimal())
        if not cells.get(Meaning.AMOUNT) and not cells.get(Meaning.PRICE):
            raise _Unusable(_("The line has no amount."))
        amount = self._number(cells, Meaning.AMOUNT, absent=quantity * price)
        return Line(
            number=number,
            order=cells[Meaning.ORDER],
            currency=currency or self._currency,
            at_ms=to_ms(self._moment(cells)),
            product=cells.get(Meaning.PRODUCT) or cells.get(Meaning.NAME, "")[: _LONGEST[Meaning.PRODUCT]],
            name=cells.get(Meaning.NAME, "")[: _CUT[Meaning.NAME]],
            brand=cells.get(Meaning.BRAND, "")[: _CUT[Meaning.BRAND]],
            category=cells.get(Meaning.CATEGORY, "")[: _CUT[Meaning.CATEGORY]],
            quantity=quantity,
            price=price if cells.get(Meaning.PRICE) else _each(amount, quantity),
            amount=amount,
            customer=cells.get(Meaning.CUSTOMER, ""),
            country=cells.get(Meaning.COUNTRY, ""),
            coupon=cells.get(Meaning.COUPON, ""),
            click=cells.get(Meaning.CLICK, ""),
            corrects=cells.get(Meaning.CORRECTS, ""),
            tax=self._number(cells, Meaning.TAX, absent=Decimal()),
            shipping=self._number(cells, Meaning.SHIPPING, absent=Decimal()),
            discount=self._number(cells, Meaning.DISCOUNT, absent=Decimal()),
        )

    def _number(self, cells: Mapping[Meaning, str], meaning: Meaning, *, absent: Decimal) -> Decimal:
        text = cells.get(meaning, "")
        if not text:
            return absent
        number = parse_number(text, self._sign)
        if number is None:
            raise _Unusable(_("“%(text)s” is no number (%(column)s).") % _told(text, meaning))
        return number

    def _moment(self, cells: Mapping[Meaning, str]) -> datetime:
        text = cells.get(Meaning.DATE, "")
        moment = parse_moment(text, self._layout.date_order, zone=self._zone)
        if moment is None:
            raise _Unusable(_("“%(text)s” is no date (%(column)s).") % _told(text, Meaning.DATE))
        return moment


class _Unusable(Exception):
    """A line cannot be used."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _check_texts(cells: Mapping[Meaning, str]) -> None:
    if _CONTROL.search("".join(cells.values())):
        meaning = next(meaning for meaning, text in cells.items() if _CONTROL.search(text))
        raise _Unusable(_("“%(column)s” holds a line break or a control character.") % _told("", meaning))
    for meaning, text in cells.items():
        if len(text) > _LONGEST.get(meaning, _LONGEST_OF_OTHERS):
            raise _Unusable(_("“%(text)s…” is too long (%(column)s).") % _told(text[:40], meaning))


def _told(text: str, meaning: Meaning) -> dict[str, str]:
    return {"text": text[:60], "column": str(MEANINGS[meaning])}


def _each(amount: Decimal, quantity: Decimal) -> Decimal:
    """Return the price of one piece when only the amount was told; it is shown, never counted with."""
    return amount / quantity if quantity else amount
