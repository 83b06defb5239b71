"""Keeps which postbacks the edge acknowledged, beside the clicks and as exactly once; what they told is not kept here.

Receipts are committed before the clicks of the same segments, and are on the disk by then. So wherever the clicks stand
in the journal, all receipts before are in the lake; those behind, that a kill left, are known by this table's position.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from arro3.core import Array, DataType, RecordBatchReader, Table
from deltalake.exceptions import CommitFailedError

from rapport.lake.columns import RECEIPTS
from rapport.lake.days import MS_IN_DAY
from rapport.lake.durability import settle_table
from rapport.lake.position import receipts_folder
from rapport.lake.table import Overtaken, append, open_receipts, position_of
from rapport.lake.visitors import Visitors, month_of
from rapport.wire import events
from rapport.wire.events import PostbackEvent

_TRIES = 5
_BEGIN = b'{"type":"postback"'  # as every event is written: its type is the first that it says
# Under which names an order's number comes, ours first: see the profiles of `rapport.apps.conversions`.
_ORDER_NAMES = (
    "external_id", "orderid", "order_id", "ordernumber", "oid", "adv_sub", "action_id", "tracking", "receipt", "ref",
)  # fmt: skip


class Arrived(NamedTuple):
    """A postback, and the number of the segment that holds it."""

    segment: int
    event: PostbackEvent


def postbacks_among(texts: Sequence[bytes], *, segment: int) -> Iterator[Arrived]:
    """Yield the postbacks among the JSON texts of events."""
    for text in texts:
        if text.startswith(_BEGIN):
            event = events.decode(text)
            if isinstance(event, PostbackEvent):
                yield Arrived(segment, event)


def keep_receipts(postbacks: Sequence[Arrived], *, lake: Path, visitors: Visitors, oldest_ms: int, now_ms: int) -> None:
    """Append the receipts that the table does not hold yet, none from before a moment, and sync them."""
    for tries_left in range(_TRIES - 1, -1, -1):
        try:
            _append_new(postbacks, lake=lake, visitors=visitors, oldest_ms=oldest_ms, now_ms=now_ms)
            break
        except (Overtaken, CommitFailedError):  # by another ingest, or by an erasure in the same moment
            if not tries_left:
                raise
    settle_table(receipts_folder(lake))


def _append_new(postbacks: Sequence[Arrived], *, lake: Path, visitors: Visitors, oldest_ms: int, now_ms: int) -> None:
    if not postbacks:
        return
    table = open_receipts(lake)
    held = position_of(table)
    new = [one for one in postbacks if one.segment > held]
    if new:
        kept = [one.event for one in new if one.event.at_ms >= oldest_ms]
        append(table, rows=_rows(kept, visitors=visitors), position=new[-1].segment, now_ms=now_ms)


def _rows(kept: Sequence[PostbackEvent], *, visitors: Visitors) -> RecordBatchReader:
    senders = [visitors.seen(event.address, month_of(event.at_ms)) for event in kept]
    columns = {
        "day": Array([event.at_ms // MS_IN_DAY for event in kept], DataType.int32()).cast(DataType.date32()),
        "at_ms": Array([event.at_ms for event in kept], DataType.int64()),
        "receipt_id": _texts([event.receipt_id for event in kept]),
        "program_id": _texts([event.program_id for event in kept]),
        "auth": _texts([event.auth for event in kept]),
        "method": _texts([event.method for event in kept]),
        "content_type": _texts([event.content_type for event in kept]),
        "message_id": _texts([event.message_id or "" for event in kept]),
        "order_id": _texts([_order_of(event) for event in kept]),
        "user_agent": _texts([event.user_agent for event in kept]),
        "address_network": Array([sender.network for sender in senders], DataType.binary()),
        "address_mark": Array([sender.mark for sender in senders], DataType.binary()),
    }
    return Table.from_arrays([columns[name] for name in RECEIPTS.names], schema=RECEIPTS).to_reader()


def _order_of(event: PostbackEvent) -> str:
    told = {name.casefold(): value for name, value in event.params.items()}
    return next((told[name] for name in _ORDER_NAMES if told.get(name)), "")


def _texts(values: Sequence[str]) -> Array:
    return Array(values, DataType.utf8())
