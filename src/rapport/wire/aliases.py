"""Old addresses of partners from another system, the way they are kept, published and looked for.

A place is a host, or the id of a program for an address that is the same on every host. A text is a path (`/go/anna`),
a parameter (`?ref=anna`), or both (`/track?aff=anna`); capital letters and a slash at the end make no difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LONGEST_TEXT = 200
_MOST_FIELDS = 8
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Alias:
    """An old address: where it counts, what stands there, and the code of the link that it leads to."""

    place: str
    text: str
    code: str


def alias_text(path: str, field: tuple[str, str] | None = None) -> str:
    """Return the text of a path, and of the parameter behind it if there is one."""
    plain = path.rstrip("/").lower()
    return plain if field is None else f"{plain}?{field[0]}={field[1]}".lower()


def texts_of(path: str, fields: Mapping[str, str]) -> Iterator[str]:
    """Go through what a request may be an old address by, the most exact first."""
    said = [(name, value) for name, value in fields.items() if name and value and len(value) <= _LONGEST_VALUE]
    for field in said[:_MOST_FIELDS]:
        yield alias_text(path, field)
    if alias_text(path):
        yield alias_text(path)
        for field in said[:_MOST_FIELDS]:
            yield alias_text("", field)
