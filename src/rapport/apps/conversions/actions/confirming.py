"""What becomes of an order that was told unconfirmed when a server stands behind it: its word goes first in everything.

Whoever can guess a number could tell of the order before the merchant does. So nothing that was told unconfirmed stands
against the first confirmed report, and clicks and codes of a browser give way to those of a server.
"""

from collections.abc import Iterable
from typing import TypeVar

from rapport.apps.conversions.actions.meeting import Batch
from rapport.apps.conversions.actions.rating import rate_again
from rapport.apps.conversions.models import Conversion, NamedClick, NamedCoupon
from rapport.apps.conversions.reading import ReadConversion
from rapport.apps.record.write import update_rows

Doubtful = TypeVar("Doubtful", NamedClick, NamedCoupon)


def confirm(batch: Batch, conversion: Conversion, report: ReadConversion) -> None:
    """Let the first confirmed report say when the order was made, in which currency, and whether it is a test."""
    conversion.occurred_at, conversion.moment_reported = report.occurred_at, report.given.occurred_at is not None
    conversion.test = report.given.test
    if conversion.currency != report.given.currency:
        conversion.currency = report.given.currency
        conversion.rate, conversion.rate_day, conversion.rate_source = "", None, ""
        conversion.awaits_rate = report.given.currency != batch.frame.currency
    rate_again(batch.frame, conversion)
    batch.changed[conversion.id] = conversion


def hear_again(
    batch: Batch, doubtful: dict[tuple[str, str], Doubtful], named: Iterable[tuple[str, str]], report: ReadConversion
) -> None:
    """Note that a confirmed report names clicks or codes that were hearsay so far."""
    for one in named if report.confirmed else ():
        row = doubtful.pop(one, None)
        if row is not None:
            row.confirmed = True
            batch.now_confirmed.append(row)


def write_confirmed(batch: Batch) -> None:
    """Write what was hearsay before this batch and is confirmed now."""
    # A row that this batch makes is inserted as it stands; until then it has no number.
    stored = [row for row in batch.now_confirmed if not row._state.adding]  # noqa: SLF001 - how Django tells it
    update_rows([row for row in stored if isinstance(row, NamedClick)], ("confirmed",))
    update_rows([row for row in stored if isinstance(row, NamedCoupon)], ("confirmed",))
