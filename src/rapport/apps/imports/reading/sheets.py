"""Read the first sheet of an .xlsx file row by row, after looking at how large it unpacks."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from rapport.apps.imports.errors import Unreadable
from rapport.apps.imports.reading.tables import Row, Table, fitted, named_columns

MOST_UNPACKED = 400_000_000
MOST_SHARED_TEXTS = 60_000_000
"""Texts that cells share are held in memory while a sheet is read."""
MOST_PARTS = 2_000
_BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    EOFError,
    ParseError,
    zipfile.BadZipFile,
    InvalidFileException,
)


def open_sheet(path: Path) -> Table:
    """Open the first sheet as a table."""
    _refuse_bombs(path)
    header = next(_records(path), None)
    if header is None:
        raise Unreadable(_("The first sheet is empty."))
    names = named_columns(header[1])

    def rows() -> Iterator[Row]:
        for number, cells, problem in islice(_records(path), 1, None):
            row = fitted(number, cells + ("",) * (len(names) - len(cells)), len(names))
            yield Row(number, row.cells, problem) if problem else row

    return Table("XLSX", names, rows)


def _refuse_bombs(path: Path) -> None:
    """Look at the list of parts before unpacking any; zipfile never unpacks more of a part than the list says."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            unpacked = sum(part.file_size for part in parts)
            shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXTS:
                raise Unreadable(_("This Excel file unpacks to too much. Save it as CSV, which has no such limit."))
            for part in parts:
                with packed.open(part) as file:
                    if b"<!DOCTYPE" in file.read(2_000):
                        raise Unreadable(_("This Excel file carries definitions of its own. Save it as CSV."))
    except _BROKEN as error:
        raise _broken() from error


def _records(path: Path) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """Go through the rows that are not blank: number, texts, and why they cannot be believed."""
    try:
        with path.open("rb") as file, closing(load_workbook(file, read_only=True, keep_links=False)) as book:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                texts = tuple(_text(cell.value) for cell in cells)
                while texts and not texts[-1]:
                    texts = texts[:-1]
                if texts:
                    yield number, texts, _problem(cells)
    except _BROKEN as error:
        raise _broken() from error


def _broken() -> Unreadable:
    return Unreadable(_("This Excel file is damaged or is none. Open it, save it again as .xlsx, or save it as CSV."))


def _problem(cells: Sequence[Any]) -> str:
    kinds = {getattr(cell, "data_type", "n") for cell in cells}
    if "f" in kinds:
        return _("A cell holds a formula. Copy the sheet and paste values only.")
    return _("A cell holds an error of Excel.") if "e" in kinds else ""


def _text(value: object) -> str:
    """Return a cell as a person would read it; a whole number loses its point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)  # noqa: PLR2004 - exact in a double
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
