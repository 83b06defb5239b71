"""The bank's files, as the bank writes them and as somebody breaks them."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from rapport.apps.rates.errors import NoRates
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.providers.ecb.reader import read_ecb

FILES = Path(__file__).parent / "files"
USD = Listed("EUR", "USD", date(2026, 3, 2), "1.0834")


def zipped(name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def test_the_list_of_ninety_days_is_read_day_by_day() -> None:
    rows = read_ecb((FILES / "eurofxref-hist-90d.xml").read_bytes())
    assert len(rows) == 10
    assert rows[0] == USD
    assert rows[-1] == Listed("EUR", "KWD", date(2026, 2, 27), "0.33215")


def test_the_history_leaves_out_what_had_no_rate_and_what_nobody_uses_any_more() -> None:
    content = (FILES / "eurofxref-hist.csv").read_bytes()
    rows = read_ecb(content)
    assert {row.quote for row in rows} == {"USD", "JPY", "GBP"}
    assert len(rows) == 9
    assert read_ecb(zipped("eurofxref-hist.csv", content)) == rows
    assert read_ecb(b"\xef\xbb\xbf" + content) == rows


def test_the_list_of_a_day_writes_its_date_in_words() -> None:
    assert read_ecb((FILES / "eurofxref.csv").read_bytes())[0] == USD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"no,rates\n1,2\n",
        b"Date,USD,\nyesterday,1.08,\n",
        b"Date,USD,\n2026-03-02,N/A,\n",
        b"Date,USD,\n2026-03-02,-1.08,\n",
        b"\xff\xfe\x00",
        b"<html></html>",
        b"<Cube",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"PK\x03\x04 broken",
    ],
)
def test_what_is_no_file_of_the_bank_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NoRates) as refused:
        read_ecb(content)
    assert refused.value.fields["file"]


def test_a_zip_without_a_list_or_with_a_giant_is_refused() -> None:
    with pytest.raises(NoRates):
        read_ecb(zipped("readme.txt", b"nothing"))
    with pytest.raises(NoRates):
        read_ecb(zipped("giant.csv", b"0" * 20_000_001))
    with pytest.raises(NoRates, match="too large"):
        read_ecb(b"D" * 20_000_001)
