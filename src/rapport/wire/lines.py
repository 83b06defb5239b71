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
    return event if wrap(event) == line else None


def is_sound(line: bytes) -> bool:
    """Say whether a line is whole, without taking its event out: half the work, for readers of whole segments."""
    return line[:_CRC_START] == _BEGIN and line[-2:] == _END and line[_CRC_START:_EVENT_START] == _told(line)


def _told(line: bytes) -> bytes:
    return b'%08x","event":' % crc32(line[_EVENT_START : -len(_END)])
