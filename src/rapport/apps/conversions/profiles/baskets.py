"""How other systems write baskets into an address, read as lines of the order."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.conversions.profiles.shape import Fields
from rapport.apps.record.errors import BadInput

_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)
_ITEM = re.compile(r"item(\d{1,3})", re.ASCII)


def numbered(told: Mapping[str, Any], fields: Fields) -> None:
    """Read CJ's `ITEM1=…&AMT1=…&QTY1=…&DCNT1=…`: price of one piece, pieces, discount of the line.

    Without an amount of its own the order is what its lines come to, less `DISCOUNT`.
    """
    # As they are written: ITEM1 and ITEM01 are two lines.
    numbers = sorted((found[1] for name in told if (found := _ITEM.fullmatch(name))), key=lambda one: (int(one), one))
    lines = [_numbered_line(told, number) for number in numbers]
    if not lines:
        return
    fields["lines"] = lines
    if "total" not in fields:
        worth = sum((_worth(line) for line in lines), Decimal(0))
        total = worth - _number(fields.get("discount", "0"), "discount")
        if total < 0:
            raise _unreadable("discount", _("The discount is more than the lines of the order come to."))
        fields["total"] = str(total)


def _numbered_line(told: Mapping[str, Any], number: str) -> dict[str, str]:
    return {
        "product": str(told[f"item{number}"]),
        "price": str(told.get(f"amt{number}") or "0"),
        "quantity": str(told.get(f"qty{number}") or "1"),
        "discount": str(told.get(f"dcnt{number}") or "0"),
    }


def parts(told: Mapping[str, Any], fields: Fields) -> None:
    """Read Awin's `parts=GROUP:amount|GROUP:amount` as a line for each commission group."""
    pieces = [piece.split(":") for piece in str(told.get("parts", "")).split("|") if piece]
    if any(len(piece) != 2 for piece in pieces):  # noqa: PLR2004 - a group and an amount
        raise _unreadable("parts", _("Write parts as GROUP:amount, several with | between them."))
    if pieces:
        fields["lines"] = [{"product": group, "category": group, "price": amount} for group, amount in pieces]


def lists(told: Mapping[str, Any], fields: Fields) -> None:
    """Read ShareASale's `skulist`, `pricelist` and `quantitylist`: as many prices and quantities as products."""
    products, prices, pieces = (str(told.get(name, "")).split(",") for name in ("skulist", "pricelist", "quantitylist"))
    if products == [""]:
        return
    if not len(products) == len(prices) == len(pieces):
        raise _unreadable("skulist", _("Give as many prices and quantities as products, with commas between them."))
    fields["lines"] = [
        {"product": product, "price": price, "quantity": number}
        for product, price, number in zip(products, prices, pieces, strict=True)
    ]


def _worth(line: Mapping[str, str]) -> Decimal:
    price, pieces = _number(line["price"], "price"), _number(line["quantity"], "quantity")
    discount = _number(line["discount"], "discount")
    if discount > price * pieces:
        raise _unreadable("discount", _("The discount is more than the lines of the order come to."))
    return price * pieces - discount


def _number(text: str, name: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _unreadable(name, _("“%(text)s” is not an amount. Write 12.50.") % {"text": text[:40]})
    return Decimal(text)


def _unreadable(name: str, sentence: str) -> BadInput:
    return BadInput(sentence, fields={name: sentence})
