"""A journal line that proves itself: valid JSON with a checksum, so a line cut short by a crash is recognised.

Example: `{"crc":"1c291ca3","event":{"type":"click",...}}` and a line feed; the checksum is CRC-32 of the event's bytes.
"""

from zlib import crc32

_END = b"}\n"
_BEGIN = b'{"crc":"%08x","event":'
_EVENT_START = len(_BEGIN % 0)


def wrap(event: bytes) -> bytes:
    """Return the line that holds the JSON text of one event."""
    return _BEGIN % crc32(event) + event + _END


def unwrap(line: bytes) -> bytes | None:
    """Return the JSON text of the event in a line, or nothing when the line is torn or damaged."""
    event = line[_EVENT_START : -len(_END)]
    # Only its head is made anew for comparing, and not the whole line: the lake reads every line of the journal.
    return event if line[:_EVENT_START] == _BEGIN % crc32(event) and line.endswith(_END) else None
