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
_NAMES = "|".join(sorted(MACROS, key=len, reverse=True))
_ENCODED = re.compile(rf"(?:%7B|\{{)({_NAMES})(?:%7D|\}})", re.IGNORECASE)
_OPEN = re.compile(rf"\{{({_NAMES})\}}")


def unknown_macros(address: str) -> list[str]:
    """Return the names in braces of an address that nobody fills, in the order in which they stand there."""
    return [name for name in _WRITTEN.findall(address) if name not in MACROS]


def encode(value: str) -> str:
    """Return a value percent-encoded whole but for its places, which stay open: in braces, as no sent address has."""
    parts = _OPEN.split(value)
    return "".join(f"{{{part}}}" if number % 2 else quote(part, safe="") for number, part in enumerate(parts))


def has_open_places(encoded: str) -> bool:
    """Say whether an address has places of ours, see `encode`, whatever its author wrote."""
    return _OPEN.search(encoded) is not None


def fill_open_places(encoded: str, values: Mapping[str, str]) -> str:
    """Return the address with our places filled, and what its author wrote left as it is."""
    return _OPEN.sub(lambda match: quote(values.get(match[1], ""), safe=""), encoded)


def has_macros(encoded: str) -> bool:
    """Say whether an address, percent-encoded as it is sent, has places to fill."""
    return _ENCODED.search(encoded) is not None


def fill(encoded: str, values: Mapping[str, str]) -> str:
    """Return the percent-encoded address with its places filled."""
    return _ENCODED.sub(lambda match: quote(values.get(match[1].lower(), ""), safe=""), encoded)
