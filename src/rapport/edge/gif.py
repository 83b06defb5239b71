"""The smallest image there is: what a page shows that only wants to be counted."""

from base64 import b64decode

from rapport.edge.answers import Answer

_BYTES = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# Shops of other names show it: the browser is told that they may.
_HEADERS = b"content-type: image/gif\r\ncross-origin-resource-policy: cross-origin\r\ncache-control: %b\r\n"


def gif(*, status: int = 200, kept: bytes = b"no-store") -> Answer:
    """Answer with one transparent dot; `kept` says how long it may be shown again without asking."""
    return Answer(status, _HEADERS % kept, _BYTES)
