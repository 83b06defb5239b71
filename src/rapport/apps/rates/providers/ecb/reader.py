"""Reads the files of the European Central Bank: daily and 90-day XML, history and day as CSV, plain or in a zip."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from rapport.apps.rates.errors import NoRates
from rapport.apps.rates.inputs import Listed
from rapport.domain.exchange import BadRate, quoted
from rapport.domain.money import CURRENCIES

MOST_BYTES: Final = 20_000_000
BASE: Final = "EUR"
_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_NOTHING: Final = frozenset({"", "N/A", "-"})
"""What the bank writes where a currency had no rate that day."""


def read_ecb(content: bytes) -> list[Listed]:
    """Return every rate of a file, whichever form it has; raises `NoRates` when it is none of the bank's.

    Currencies that nobody uses any more stand in the history; they are left out.
    """
    if len(content) > MOST_BYTES:
        raise NoRates(_("This file is too large: at most 20 MB."))
    text = _unpacked(content) if content.startswith(b"PK") else content
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    rows = list(_of_xml(start) if start.startswith(b"<") else _of_csv(start))
    if not rows:
        raise NoRates
    return rows


def _unpacked(content: bytes) -> bytes:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            names = [one for one in archive.infolist() if one.filename.lower().endswith(".csv")]
            if len(names) != 1 or names[0].file_size > MOST_BYTES:
                raise NoRates
            with archive.open(names[0]) as file:
                # What a zip says of its sizes need not be true.
                text = file.read(MOST_BYTES + 1)
    except (BadZipFile, OSError, RuntimeError, EOFError) as broken:
        raise NoRates from broken
    if len(text) > MOST_BYTES:
        raise NoRates
    return text


def _of_xml(content: bytes) -> Iterator[Listed]:
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as broken:
        raise NoRates from broken
    for day in root.iter(_CUBE):
        if "time" not in day.attrib:
            continue
        on = _day(day.attrib["time"])
        for one in day.findall(_CUBE):
            yield from _listed(one.get("currency", ""), on, one.get("rate", ""))


def _of_csv(content: bytes) -> Iterator[Listed]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
    except (UnicodeDecodeError, csv.Error) as broken:
        raise NoRates from broken
    head = [name.strip() for name in rows[0]] if rows else []
    if not head or head[0] != "Date":
        raise NoRates
    for row in rows[1:]:
        if not row or not row[0].strip():
            continue
        on = _day(row[0].strip())
        for currency, rate in zip(head[1:], row[1:], strict=False):
            yield from _listed(currency, on, rate.strip())


def _listed(currency: str, day: date, rate: str) -> Iterator[Listed]:
    if currency not in CURRENCIES or currency == BASE or rate in _NOTHING:
        return
    try:
        yield Listed(BASE, currency, day, quoted(rate))
    except BadRate as wrong:
        raise NoRates(wrong.sentence(_)) from wrong


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d %B %Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - the bank's days have no zone
        except ValueError:
            continue
    raise NoRates
