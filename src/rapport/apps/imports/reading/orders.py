"""Make the lines of one order number into what they tell: a sale, a correction, a return, or a refusal."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache

from babel import Locale
from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import MOST_LINES, ConversionInput, CorrectionInput
from rapport.apps.conversions.reading import Frame, ReadConversion, ReadCorrection, read_conversion, read_correction
from rapport.apps.imports.reading.layout import ADDED, MATCHED, Layout
from rapport.apps.imports.reading.lines import Line
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.domain.money import Money, allocate, decimals_of, format_amount
from rapport.kit.clock import from_ms

MOST_LINES_OF_AN_ORDER = 20_000


@dataclass(frozen=True, slots=True)
class Sale:
    """Lines that are one sale."""

    read: ReadConversion
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """Lines that take back from a sale that they name."""

    read: ReadCorrection
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Pieces of one product brought back under one number, which names no sale."""

    number: str
    customer: str
    product: str
    price: str
    quantity: Decimal
    amount_minor: int
    at_ms: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Lines that cannot be used, each with its reason."""

    reasons: tuple[tuple[int, str], ...]


Told = Sale | Correction | Piece | Refused
Likeness = tuple[str | Decimal, ...]


@dataclass(frozen=True, slots=True)
class OrderReader:
    """Reads orders of one program; `received_at` is the moment of the upload, so that reading again says the same."""

    layout: Layout
    frame: Frame
    received_at: datetime

    def read(self, lines: Sequence[Line]) -> list[Told]:
        """Return what the lines of one order number tell; an order with a line that cannot be read is refused whole."""
        reasons = _problems(lines)
        if reasons:
            return [Refused(reasons)]
        try:
            return self._told(lines)
        except BadInput as bad:
            sentence = " ".join((*bad.fields.values(),)) or bad.sentence
            return [Refused(tuple((line.number, sentence) for line in lines))]

    def _told(self, lines: Sequence[Line]) -> list[Told]:
        if self._cancels(lines):
            return self._taken_back(lines, of=lines[0].corrects)
        if lines[0].corrects:
            return self._taken_back(lines, of=lines[0].corrects)
        sold = [line for line in lines if line.amount >= 0 and line.quantity > 0]
        first_ms = min((line.at_ms for line in sold), default=None)
        later = [line for line in lines if line not in sold and (first_ms is None or line.at_ms > first_ms)]
        same = [line for line in lines if line not in later]
        if not same or sum(line.amount for line in same) < 0:
            return self._negative(lines)
        return [self._sale(same), *(self._named(later, of=lines[0].order) if later else ())]

    def _cancels(self, lines: Sequence[Line]) -> bool:
        prefix, number = self.layout.cancel_prefix.casefold(), lines[0].order.casefold()
        return bool(prefix) and number.startswith(prefix) and number[len(prefix) : len(prefix) + 1].isdigit()

    def _negative(self, lines: Sequence[Line]) -> list[Told]:
        """Read an order that comes to less than nothing by what the merchant said its number means."""
        return self._taken_back(lines, of="" if self.layout.negative == MATCHED else lines[0].order)

    def _taken_back(self, lines: Sequence[Line], *, of: str) -> list[Told]:
        if of:
            return self._named(lines, of=of)
        if self._currency(lines) != self.frame.currency:
            sentence = _("What came back in another currency than the program's must name its order.")
            return [Refused(tuple((line.number, sentence) for line in lines))]
        useless = [line for line in lines if line.amount >= 0]
        refused = tuple((line.number, _no_return(line)) for line in useless)
        back = [line for line in lines if line.amount < 0]
        told: list[Told] = [Refused(refused)] if refused else []
        return [*told, *self._pieces(back)] if back else told

    def _named(self, lines: Sequence[Line], *, of: str) -> list[Told]:
        currency = self._currency(lines)
        taken = -_minor(sum((line.amount for line in lines), Decimal()), currency)
        if taken <= 0:
            return [Refused(tuple((line.number, _no_return(line)) for line in lines))]
        number = lines[0].order if lines[0].order != of else _own_number(lines, of)
        given = {
            "kind": "refund",
            "external_id": number,
            "of": of,
            "of_kind": self.layout.kind,
            "currency": currency,
            "total": _text(taken, currency),
            "occurred_at": from_ms(min(line.at_ms for line in lines)),
        }
        read = read_correction(read_input(CorrectionInput, given), frame=self.frame, received_at=self.received_at)
        return [Correction(read, tuple(lines))]

    def _pieces(self, lines: Sequence[Line]) -> list[Piece]:
        """Sum identical lines, and share the exact sum, rounded once, among the products."""
        merged = _merged(lines, like=_piece_likeness)
        total_minor = -_minor(sum((line.amount for line in merged), Decimal()), self.frame.currency)
        shares = allocate(total_minor, [Fraction(-line.amount) for line in merged])
        numbers: dict[Likeness, list[int]] = {_piece_likeness(line): [] for line in merged}
        for line in lines:
            numbers[_piece_likeness(line)].append(line.number)
        return [
            Piece(
                number=line.order,
                customer=line.customer,
                product=line.product,
                price=_plain(line.price),
                quantity=abs(line.quantity) or Decimal(1),
                amount_minor=minor,
                at_ms=min(each.at_ms for each in lines),
                lines=tuple(numbers[_piece_likeness(line)]),
            )
            for line, minor in zip(merged, shares, strict=True)
        ]

    def _sale(self, lines: Sequence[Line]) -> Sale:
        currency = self._currency(lines)
        postage = [line for line in lines if line.product in self.layout.shipping_products]
        tax = sum((line.tax for line in lines), Decimal())
        shipping = sum((line.shipping for line in lines), Decimal())
        discount = sum((line.discount for line in lines), Decimal())
        total = sum((line.amount for line in lines), Decimal())
        if self.layout.parts == ADDED:
            total += tax + shipping - abs(discount)
        shipping += sum((line.amount for line in postage), Decimal())
        given = {
            "kind": self.layout.kind,
            "external_id": lines[0].order,
            "currency": currency,
            "total": _text(_minor(total, currency), currency),
            "tax": _text(_minor(tax, currency), currency),
            "shipping": _text(_minor(shipping, currency), currency),
            "discount": _text(_minor(abs(discount), currency), currency),
            "occurred_at": from_ms(min(line.at_ms for line in lines)),
            "customer_id": _one(lines, "customer"),
            "country": _country(_one(lines, "country", else_first=True)),
            "coupons": _words(line.coupon for line in lines),
            "click_ids": _words(line.click for line in lines),
            "lines": self._basket(lines),
        }
        read = read_conversion(read_input(ConversionInput, given), frame=self.frame, received_at=self.received_at)
        return Sale(read, tuple(lines))

    def _basket(self, lines: Sequence[Line]) -> list[dict[str, object]]:
        merged = _merged([line for line in lines if line.product])
        if len(merged) > MOST_LINES:
            raise BadInput(_("An order may have at most 1,000 different lines."))
        return [_basket_line(line, self._currency(lines)) for line in merged]

    def _currency(self, lines: Sequence[Line]) -> str:
        """Return the one currency that the lines name, or the program's."""
        return next((line.currency for line in lines if line.currency), self.frame.currency)


def _problems(lines: Sequence[Line]) -> tuple[tuple[int, str], ...]:
    """Return why each line of an order is refused, if one of them is."""
    if len(lines) > MOST_LINES_OF_AN_ORDER:
        return tuple((line.number, _("The order has more than 20,000 lines.")) for line in lines)
    bad = next((line for line in lines if line.problem), None)
    if bad:
        others = _("Line %(n)s of the same order cannot be read, so its sum is not known.") % {"n": bad.number}
        return tuple((line.number, line.problem or others) for line in lines)
    for name, sentence in (
        ("customer", _("The lines of this order name different customers.")),
        ("corrects", _("The lines of this number name different orders.")),
        ("currency", _("The lines of this order name different currencies.")),
    ):
        if len({getattr(line, name) for line in lines} - {""}) > 1:
            return tuple((line.number, sentence) for line in lines)
    return ()


def _likeness(line: Line) -> Likeness:
    return (line.product, line.price, line.name, line.brand, line.category)


def _piece_likeness(line: Line) -> Likeness:
    return (line.product, line.price)


def _merged(lines: Iterable[Line], *, like: Callable[[Line], Likeness] = _likeness) -> list[Line]:
    """Return the lines with identical ones summed, in an order that does not hang on where they stood in the file."""
    found: dict[Likeness, Line] = {}
    for line in lines:
        known = found.get(like(line))
        found[like(line)] = (
            replace(known, quantity=known.quantity + line.quantity, amount=known.amount + line.amount)
            if known
            else line
        )
    return sorted(found.values(), key=like)


def _basket_line(line: Line, currency: str) -> dict[str, object]:
    """Return a line for the basket: a negative price becomes a negative quantity."""
    sign = -1 if line.price < 0 else 1
    return {
        "product": line.product,
        "name": line.name,
        "brand": line.brand,
        "category": line.category,
        "quantity": str((line.quantity * sign).quantize(Decimal("0.0001")).normalize() + 0),
        "price": _text(_minor(abs(line.price), currency), currency),
    }


def _one(lines: Sequence[Line], name: str, *, else_first: bool = False) -> str:
    """Return the one text that the lines name; if several may differ, the first by the alphabet."""
    named = sorted({str(getattr(line, name)) for line in lines} - {""})
    return named[0] if named and (len(named) == 1 or else_first) else ""


def _words(cells: Iterable[str]) -> tuple[str, ...]:
    words = {word.strip() for cell in cells for word in cell.replace(";", ",").split(",")}
    return tuple(sorted(words - {""}))


def _country(text: str) -> str:
    """Return two letters for a country that is named in two letters or in English; nothing for anything else."""
    if len(text) == 2 and text.isalpha():  # noqa: PLR2004 - ISO 3166 has two letters
        return text.upper()
    return _countries().get(text.casefold(), "")


@cache
def _countries() -> dict[str, str]:
    names = Locale("en").territories
    known = {str(name).casefold(): code for code, name in names.items() if len(code) == 2 and code.isalpha()}  # noqa: PLR2004 - see above
    return known | {"usa": "US", "uk": "GB", "great britain": "GB", "eire": "IE", "england": "GB"}


def _minor(amount: Decimal, currency: str) -> int:
    """Round once, half up and away from zero, as the rules do with fractions, which would take five times as long."""
    return int(amount.scaleb(decimals_of(currency)).to_integral_value(ROUND_HALF_UP))


def _text(minor: int, currency: str) -> str:
    return format_amount(Money(minor, currency))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _no_return(line: Line) -> str:
    if line.amount == 0:
        return _("It takes back goods at price 0, which changes no amount.")
    return _("A cancellation with an amount above zero cannot be understood.")


def _own_number(lines: Sequence[Line], of: str) -> str:
    """Make a number for lines that carry that of their sale: the same lines get the same one in every file."""
    told = sorted(f"{line.product}\t{_plain(line.quantity)}\t{_plain(line.amount)}\t{line.at_ms}" for line in lines)
    return f"file:{hashlib.sha256(chr(10).join((of, *told)).encode()).hexdigest()[:32]}"
