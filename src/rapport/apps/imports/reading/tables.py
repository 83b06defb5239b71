"""Open a file as a table: a header and numbered rows of texts, streamed, whatever it was saved with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from rapport.apps.imports.errors import Unreadable

MOST_COLUMNS = 300
MOST_LETTERS_OF_A_CELL = 4_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file below its header; `problem` says why its cells cannot be believed."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table; `rows` starts reading from the first row again each time it is called."""

    described: str
    header: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]


def open_table(path: Path) -> Table:
    """Open a file by what is in it, not by its name; raises `Unreadable` with a sentence that says what to do."""
    # The readers build on the types above.
    from rapport.apps.imports.reading.sheets import open_sheet  # noqa: PLC0415 - see above
    from rapport.apps.imports.reading.texts import open_text  # noqa: PLC0415 - see above

    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Unreadable(_("The file is empty."))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old or locked Excel file. Save it as .xlsx without a password, or as CSV."))
    if head.startswith((b"%PDF", b"\x1f\x8b")):
        raise Unreadable(_("This is no table. Give a CSV file or an .xlsx file."))
    return open_sheet(path) if head.startswith(b"PK") else open_text(path)


def named_columns(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of columns, each once: an empty one gets its number, a repeated one a mark."""
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(
            _("The file has %(n)s columns; at most %(most)s can be read. Leave out what is not needed.")
            % {"n": len(cells), "most": MOST_COLUMNS}
        )
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:120] or _("column %(n)s") % {"n": place}
        while name in names:
            name += " *"
        names.append(name)
    if len(names) < 2:  # noqa: PLR2004 - an order has a number and an amount at least
        raise Unreadable(_("Only one column was found. Columns are separated by commas, semicolons, tabs or bars."))
    return tuple(names)


def fitted(number: int, cells: tuple[str, ...], width: int) -> Row:
    """Return a row as wide as the header; cells too many or too few mean that the line is broken."""
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != width:
        told = {"n": len(cells), "width": width}
        return Row(number, cells[:width], _("The line has %(n)s cells, the header %(width)s.") % told)
    if any(len(cell) > MOST_LETTERS_OF_A_CELL for cell in cells):
        return Row(number, tuple(cell[:100] for cell in cells), _("A cell is longer than 4,000 letters."))
    return Row(number, cells)
