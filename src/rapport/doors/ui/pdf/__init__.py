"""Pages of paper: tagged PDF, the same bytes for the same content, fonts of our own."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.domain.money import Money, format_amount
from rapport.doors.ui import words
from rapport.flows.statements import Statement

_HERE = Path(__file__).resolve().parent


def statement_pdf(statement: Statement) -> bytes:
    """Return a statement as a tagged PDF (PDF/UA), without a date of its making."""
    return _made("statement", _data(statement))


def invoice_pdf(document: Mapping[str, Any]) -> bytes:
    """Return an invoice or credit note as a tagged PDF (PDF/UA), from nothing but what was kept when it was issued."""
    return _made("invoice", _paper(document))


def _made(name: str, data: Mapping[str, object]) -> bytes:
    made = typst.compile(
        _template(name),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    if not isinstance(made, bytes):
        raise TypeError("a page of paper is one file")
    return made


@cache
def _template(name: str) -> bytes:
    return (_HERE / f"{name}.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[_HERE / "fonts"])


def _data(statement: Statement) -> dict[str, object]:
    agreement = statement.agreement
    days = {"first": words.day(statement.first, year=True), "last": words.day(statement.last, year=True)}
    return {
        "language": (get_language() or "en").partition("-")[0],
        "title": _("Statement"),
        "program": agreement.program.name,
        "partner": agreement.partner.name,
        "period": _("%(first)s to %(last)s") % days,
        "footer": agreement.id,
        "words": {
            "figure": _("What happened"),
            "amount": agreement.program.currency,
            "lines": _("Line by line"),
            "none": _("Nothing moved in this time."),
        },
        "sums": [
            [_("Owed before"), _amount(statement.opening)],
            [_("Earned"), _amount(statement.earned)],
            [_("Adjusted"), _amount(statement.adjusted)],
            [_("Taken back"), _amount(-statement.taken_back)],
            [_("Paid"), _amount(-statement.paid)],
        ],
        "closing": [_("Owed at the end"), _amount(statement.closing)],
        "beside": _("Waiting for approval besides: %(amount)s") % {"amount": _amount(statement.accrued)},
        "head": [_("Day"), _("What"), _("Order"), agreement.program.currency],
        "lines": [
            [
                words.day(line.at.astimezone(words.zone_of(agreement.program.zone)).date(), year=True),
                line.words,
                line.order or line.payout_id,
                _amount(line.amount),
            ]
            for line in statement.lines
        ],
    }


def _paper(document: Mapping[str, Any]) -> dict[str, object]:
    """Return a paper ready for its page; its labels are English, so that no reader's language changes a byte."""
    first, last = document["period"]
    return {
        **document,
        "language": "en",
        "lines": [[line["words"], _signed(line["net"])] for line in document["lines"]],
        "shares": [[f"{one['percent']} %", _signed(one["net"]), _signed(one["vat"])] for one in document["shares"]],
        "sums": [
            ["Net", _signed(document["net"])],
            ["VAT", _signed(document["vat"])],
        ],
        "total": ["Total", _signed(document["total"])],
        "facts": [
            ["Number", document["number"]],
            ["Date", document["issued_on"]],
            ["Period", f"{first} to {last}"],
            ["Payout", document["payout"]],
            *([["Takes back", document["corrects"]]] if document["corrects"] else []),
            *([["Takes the place of", document["replaces"]]] if document.get("replaces") else []),
        ],
    }


def _signed(amount: str) -> str:
    return amount.replace("-", words.MINUS)


def _amount(money: Money) -> str:
    return format_amount(money).replace("-", words.MINUS)
