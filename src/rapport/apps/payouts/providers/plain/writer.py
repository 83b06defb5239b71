"""Writes a plain list of payouts: UTF-8, comma-separated, no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from rapport.apps.payouts.providers.protocol import Dispatch, Instruction
from rapport.domain.money import format_amount

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_list(dispatch: Dispatch, columns: Sequence[tuple[str, str]]) -> bytes:
    """Return the list; `columns` are its heads for the details, each with what it shows of a payout."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["payout", "amount", "currency", "name", *(head for head, _name in columns), *_LAST])
    for one in dispatch.instructions:
        details = [_shown(one, name) for _head, name in columns]
        row = [one.payout_id, format_amount(one.amount), one.amount.currency, one.holder, *details]
        writer.writerow([_safe(cell) for cell in (*row, dispatch.execute_on.isoformat(), one.payout_id)])
    return text.getvalue().encode()


_LAST = ("execute_on", "reference")


def _shown(one: Instruction, name: str) -> str:
    own = {"number": one.number, "routing": one.routing, "country": one.country, "note": one.note}
    return own[name] if name in own else one.facts.get(name, "")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
