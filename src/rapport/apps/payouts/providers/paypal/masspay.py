"""The file that PayPal's own pages take: one payment a line, no heads, one currency, five thousand at most."""

import csv
import io
from typing import Final

from rapport.apps.payouts.providers.protocol import Dispatch, spelled
from rapport.domain.money import format_amount

MOST_LINES: Final = 5_000


def mass_pay(dispatch: Dispatch) -> bytes:
    """Return the file: address, amount, currency, our number, a note, and that PayPal's wallet receives it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for one in dispatch.instructions:
        note = f"{dispatch.program}, {spelled(one.payout_id)}"
        row = (one.number, format_amount(one.amount), one.amount.currency, spelled(one.payout_id), note, "PAYPAL")
        writer.writerow(row)
    return text.getvalue().encode()
