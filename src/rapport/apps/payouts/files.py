"""The files that a bank or provider is given: the same payouts make the same bytes, whenever they are made."""

import csv
import hashlib
import io
from collections.abc import Iterable

from rapport.apps.payouts.details import copy_of
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRun, PayoutState
from rapport.domain.money import format_amount

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")

_HEADS = {
    MethodKind.IBAN: ("payout", "amount", "currency", "name", "iban", "country", "execute_on", "reference"),
    MethodKind.BANK: (
        *("payout", "amount", "currency", "name", "account", "routing", "country"),
        *("execute_on", "reference"),
    ),
    MethodKind.PAYPAL: ("payout", "amount", "currency", "name", "email", "execute_on", "reference"),
    MethodKind.MANUAL: ("payout", "amount", "currency", "name", "note", "execute_on", "reference"),
}


def payouts_in_file(run: PayoutRun, kind: MethodKind) -> list[Payout]:
    """Return the payouts that the file of one way of paying holds, in its order."""
    rows = Payout.objects.filter(run=run, method_kind=kind).exclude(state=PayoutState.CANCELLED)
    return list(rows.order_by("id"))


def file_of(run: PayoutRun, kind: MethodKind, payouts: Iterable[Payout]) -> bytes:
    """Return the file: UTF-8, comma-separated, CRLF, no cell that a spreadsheet would run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADS[kind])
    for payout in payouts:
        writer.writerow([_safe(cell) for cell in _row(run, kind, payout)])
    return text.getvalue().encode()


def digest_of_file(content: bytes) -> str:
    """Return the SHA-256 of a file, as every computer can show it."""
    return hashlib.sha256(content).hexdigest()


def _row(run: PayoutRun, kind: MethodKind, payout: Payout) -> list[str]:
    copy = copy_of(payout)
    where = {
        MethodKind.IBAN: [copy.number, copy.country],
        MethodKind.BANK: [copy.number, copy.routing, copy.country],
        MethodKind.PAYPAL: [copy.number],
        MethodKind.MANUAL: [copy.note],
    }[kind]
    amount = format_amount(payout.amount)
    return [payout.id, amount, payout.currency, copy.holder, *where, run.pay_on.isoformat(), payout.id]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
