"""Writes Wise's batch file: one line a transfer, with the columns of the currencies that occur in it."""

import csv
import io
from typing import Final

from rapport.apps.payouts.providers.protocol import Dispatch, Instruction
from rapport.apps.payouts.providers.wise.formats import ADDRESS, columns_of, formats
from rapport.domain.money import format_amount

MOST_LINES: Final = 1_000
_HEADS: Final = (
    *("name", "recipientEmail", "paymentReference", "receiverType", "amountCurrency", "amount"),
    *("sourceCurrency", "targetCurrency"),
)
_RECEIVERS: Final = {"person": "PERSON", "business": "INSTITUTION"}
_REFERENCE: Final = 10
"""The shortest room for a reference that a bank of these currencies leaves."""


def wise_batch(dispatch: Dispatch) -> bytes:
    """Return the file; the columns stand in the order of our table, whichever payout comes first."""
    used = {one.facts["currency"] for one in dispatch.instructions}
    columns = columns_of([currency for currency in formats() if currency in used])
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*_HEADS, *columns])
    for one in dispatch.instructions:
        details = _details(one)
        writer.writerow([*_transfer(one), *(details.get(column, "") for column in columns)])
    return text.getvalue().encode()


def reference_of(payout_id: str) -> str:
    """Return by what the payee's bank names a payout: the end of its id, which is random."""
    return payout_id[-_REFERENCE:].upper()


def _transfer(one: Instruction) -> list[str]:
    source, target = one.amount.currency, one.facts["currency"]
    # In the same currency the payee gets the whole; in another, what leaves the payer is fixed and the rate is Wise's.
    fixed = "target" if source == target else "source"
    email = one.facts.get("email", "")
    receiver = _RECEIVERS[one.facts["holder_kind"]]
    return [one.holder, email, reference_of(one.payout_id), receiver, fixed, format_amount(one.amount), source, target]


def _details(one: Instruction) -> dict[str, str]:
    wanted = formats()[one.facts["currency"]]
    given = {"iban": one.number, "account": one.number, "routing": one.routing, "branch": one.facts.get("branch", "")}
    found = {detail.column: given[name] for name, detail in wanted.details.items()}
    if wanted.account_type:
        found[wanted.account_type.column] = one.facts["account_type"].upper()
    if wanted.address:
        found |= {column: one.facts.get(name, "") for column, name in ADDRESS.items()}
    return found
