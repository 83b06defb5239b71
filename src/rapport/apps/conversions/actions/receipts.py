"""Keep what became of acknowledged postbacks, and how far the journal has been taken in."""

from collections.abc import Sequence

from rapport.apps.conversions.models import JournalCursor, Receipt
from rapport.apps.record.write import insert_rows, new_row, update_rows


def new_receipt(**fields: object) -> Receipt:
    """Build a receipt, for callers that keep many at once."""
    return new_row(Receipt, **fields)


def keep_receipts(receipts: Sequence[Receipt]) -> None:
    """Write receipts; one that is known already was taken in before and stays as it is."""
    insert_rows(receipts, ignore_known=True)


def move_cursor(*, name: str, segment: str, offset: int) -> None:
    """Note that a writer's journal is taken in up to here, in the transaction that took it in."""
    cursor = new_row(JournalCursor, name=name, segment=segment, offset=offset)
    insert_rows([cursor], ignore_known=True)
    update_rows([cursor], ("segment", "offset"))
