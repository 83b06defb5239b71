"""Macros: places in a link's address that the edge fills with what it knows of the visit, such as `{sub1}`.

They stand in path, query or fragment, never in the host. What is not known becomes nothing; every value is
percent-encoded whole, so that it cannot end its place and begin another.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

MACROS = frozenset(
    {"click_id", "partner", "program", "link", "placement", "channel", *(f"sub{n}" for n in range(1, 11))}
)

_WRITTEN = re.compile(r"\{([^{}]*)\}")
_ENCODED = re.compile("%7B(" + "|".join(sorted(MACROS, key=len, reverse=True)) + ")%7D", re.IGNORECASE)


def unknown_macros(address: str) -> list[str]:
    """Return the names in braces of an address that nobody fills, in the order in which they stand there."""
    return [name for name in _WRITTEN.findall(address) if name not in MACROS]


def has_macros(encoded: str) -> bool:
    """Say whether an address, percent-encoded as it is sent, has places to fill."""
    return _ENCODED.search(encoded) is not None


def fill(encoded: str, values: Mapping[str, str]) -> str:
    """Return the percent-encoded address with its places filled."""
    return _ENCODED.sub(lambda match: quote(values.get(match[1].lower(), ""), safe=""), encoded)
