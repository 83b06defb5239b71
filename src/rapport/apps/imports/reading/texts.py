"""Read text files: the encoding, the separator and the quotes are found out, lines are streamed with a limit."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from rapport.apps.imports.errors import Unreadable
from rapport.apps.imports.reading.tables import Row, Table, fitted, named_columns

SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
_SAMPLE_LINES = 50
_CHUNK = 1 << 20
_LEAST_TO_TELL = 8
_UNDEFINED_IN_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_SEPARATOR_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def open_text(path: Path) -> Table:
    """Open a text file as a table."""
    encoding = find_encoding(path)
    separator, skipped = _find_separator(path, encoding)
    header = next(_records(path, encoding, separator, skipped), None)
    if header is None:
        raise Unreadable(_("The file has no lines."))
    names = named_columns(header[1])

    def rows() -> Iterator[Row]:
        for number, cells in islice(_records(path, encoding, separator, skipped), 1, None):
            yield fitted(number, cells, len(names))

    return Table(f"CSV, {encoding}, {_SEPARATOR_WORDS[separator]}", names, rows)


def find_encoding(path: Path) -> str:
    """Return the encoding of the whole file: by its mark, else UTF-8 if all of it is, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise Unreadable(_("The file is in UTF-32. Save it as UTF-8."))
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.startswith(codecs.BOM_UTF8):
            return _checked(path, "utf-8-sig")
    return _wide(head) or _checked(path, "utf-8")


def _wide(head: bytes) -> str:
    """Recognise UTF-16 without a mark: every other byte of plain text is NUL."""
    if len(head) < _LEAST_TO_TELL:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 4 and not odd else ""


def _checked(path: Path, encoding: str) -> str:
    """Read the whole file once in pieces: what is not UTF-8 may be Windows-1252, what holds NUL is no text."""
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    undefined = False
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                raise Unreadable(_("This is no text file: it holds NUL bytes. Give a CSV file or an .xlsx file."))
            undefined = undefined or any(byte in chunk for byte in _UNDEFINED_IN_CP1252)
            decoder = _still(decoder, chunk)
    if _still(decoder, b"", final=True):
        return encoding
    if undefined:
        raise Unreadable(_("The letters of this file cannot be read. Save it as CSV in UTF-8."))
    return "cp1252"


def _still(
    decoder: codecs.IncrementalDecoder | None, chunk: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """Return the decoder while everything so far was UTF-8."""
    if decoder is None:
        return None
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return None
    return decoder


def _find_separator(path: Path, encoding: str) -> tuple[str, int]:
    """Return the separator that cuts the first lines most evenly into most columns, and the lines to skip before."""
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(_lines(file), _SAMPLE_LINES))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == len("sep=;"):
        separator = lines[0][4]
        return (separator, 1) if separator in SEPARATORS else (",", 1)
    return max(SEPARATORS, key=lambda separator: _evenness(lines, separator)), 0


def _evenness(lines: list[str], separator: str) -> tuple[bool, float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=separator) if cells]
    except csv.Error:
        return (False, 0.0, 0)
    if not widths:
        return (False, 0.0, 0)
    alike = widths.count(widths[0]) / len(widths)
    return (widths[0] > 1, alike, widths[0])


def _records(path: Path, encoding: str, separator: str, skipped: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Go through the records that are not blank, each with the number of the line on which it begins."""
    with path.open(encoding=encoding, newline="") as file:
        lines = _lines(file)
        for _line in islice(lines, skipped):
            pass
        reader = csv.reader(lines, delimiter=separator)
        begins = skipped + 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                told = {"n": begins, "why": str(error)}
                raise Unreadable(
                    _("From line %(n)s on the file cannot be read (%(why)s): a quotation mark may never close.") % told
                ) from error
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield begins, tuple(cell.strip() for cell in cells)
            begins = skipped + reader.line_num + 1


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    while line := _line(file, number + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise Unreadable(_("Line %(n)s has more than a million letters; this is no table.") % {"n": number})
        if "\0" in line:
            raise Unreadable(_("Line %(n)s holds NUL characters; this is no text.") % {"n": number})
        yield line


def _line(file: TextIO, number: int) -> str:
    try:
        return file.readline(LONGEST_LINE + 1)
    except UnicodeError as error:
        raise Unreadable(
            _("The letters of line %(n)s cannot be read. Save the file as UTF-8.") % {"n": number}
        ) from error
