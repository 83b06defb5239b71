"""The columns of the lake's tables in one place; `sql/arrivals.sql` says how each is filled from the journal.

A text that is absent is the empty text, never null, so that every question counts it in one way. `day` is the UTC
day and the table's partition; moments are whole milliseconds.
"""

from arro3.core import DataType, Field, Schema

from rapport.wire.events import SUB_IDS

_TEXT = DataType.utf8()
_FLAG = DataType.bool()

_TYPES: dict[str, DataType] = {
    "day": DataType.date32(),
    "at_ms": DataType.int64(),
    "link_number": DataType.int64(),
    # Of a click id only what other columns do not say (see `rapport.wire.clickid`): format, marks and key number, then
    # the random bytes and the signature. Two thirds of its text would be repetition, and none of it can be compressed.
    "id_head": DataType.int32(),
    "id_tail": DataType.binary(),
    "program_id": _TEXT,
    "agreement_id": _TEXT,
    "link_id": _TEXT,
    "code": _TEXT,
    "placement": _TEXT,
    "channel": _TEXT,
    "creative": _TEXT,  # what was shown, of an impression
    "destination": _TEXT,
    "referrer": _TEXT,
    "user_agent": _TEXT,
    "language": _TEXT,
    **dict.fromkeys(SUB_IDS, _TEXT),
    "query": _TEXT,  # other parameters of the address, as a JSON object
    "referrer_host": _TEXT,
    "reason": _TEXT,  # the edge's word for why the click cannot earn
    "handed_out": _FLAG,  # whether the visitor took the click id along
    "view": _FLAG,  # an impression: seen, not clicked
    "no_consent": _FLAG,
    "test": _FLAG,
    "framed": _FLAG,
    "bot": _FLAG,  # marked by the edge, or named by the full list at ingest
    "repeated": _FLAG,  # the same visitor came through the same link less than ten seconds before
    "data_centre": _FLAG,  # from a network of machines, by the operator's list
    "crawler": _TEXT,  # the name that the full list found
    "device": _TEXT,
    "browser": _TEXT,
    "country": _TEXT,  # two letters by the operator's table of countries, empty without one
    "address_network": DataType.binary(),  # its first three bytes, or six
    "address_mark": DataType.binary(),
}

_TYPES_OF_RECEIPTS: dict[str, DataType] = {
    "day": DataType.date32(),
    "at_ms": DataType.int64(),
    "receipt_id": _TEXT,
    "program_id": _TEXT,
    "auth": _TEXT,  # how it was proven: token, hmac, or none where a page told it
    "method": _TEXT,
    "content_type": _TEXT,
    "message_id": _TEXT,
    "order_id": _TEXT,  # as it was sent, under whatever name; of its other fields the lake keeps none
    "user_agent": _TEXT,
    "address_network": DataType.binary(),
    "address_mark": DataType.binary(),
}


def _schema(types: dict[str, DataType]) -> Schema:
    return Schema([Field(name, type_, nullable=False) for name, type_ in types.items()])


SCHEMA = _schema(_TYPES)
RECEIPTS = _schema(_TYPES_OF_RECEIPTS)
