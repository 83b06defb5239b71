"""A journal line that proves itself: valid JSON with a checksum, so a line cut short by a crash is recognised.

Example: `{"crc":"1c291ca3","event":{"type":"click",...}}` and a line feed; the checksum is CRC-32 of the event's bytes.
"""

from zlib import crc32

_END = b"}\n"
_EVENT_START = len(b'{"crc":"00000000","event":')
_BEGIN = b'{"crc":"'
_CRC_START = len(_BEGIN)


def wrap(event: bytes) -> bytes:
    """Return the line that holds the JSON text of one event."""
    return b'{"crc":"%08x","event":%b}\n' % (crc32(event), event)


def unwrap(line: bytes) -> bytes | None:
    """Return the JSON text of the event in a line, or nothing when the line is torn or damaged."""
    event = line[_EVENT_START : -len(_END)]
    # Compared in place, and not with a line made anew: the lake reads every line of the journal.
    told = b'%08x","event":' % crc32(event)
    sound = line[:_CRC_START] == _BEGIN and line[_CRC_START:_EVENT_START] == told and line[-len(_END) :] == _END
    return event if sound else None
