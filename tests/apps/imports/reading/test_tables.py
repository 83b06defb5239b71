"""Files of any dialect are opened by what is in them; hostile ones get a sentence instead."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from rapport.apps.imports.errors import Unreadable
from rapport.apps.imports.reading.tables import open_table
from tests.make.identity import NOON
from tests.support.drills import scaled
from tests.support.processes import end_with_parent

ROWS = (("Order", "Näme", "Amount"), ("1", 'Tea "Earl", grey', "4,50"), ("2", "Café\ncrème", "1;2|3"))
MEGABYTES = int(os.environ.get("RAPPORT_TEST_IMPORT_MB") or scaled(whole=100, on_sqlite=3, on_postgresql=1))
CEILING_MB = 160
MORNING = NOON.replace(hour=8, minute=26, tzinfo=None)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def csv_of(separator: str, end: str) -> str:
    return "".join(separator.join(map(quoted, row)) + end for row in ROWS)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_dialect_gives_the_same_table(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(csv_of(separator, end).encode(encoding))
    table = open_table(path)
    assert table.header == ROWS[0]
    assert [row.cells for row in table.rows()] == list(ROWS[1:])
    assert [row.number for row in table.rows()] == [2, 3]


def test_lines_are_numbered_as_in_the_file_and_broken_ones_say_why(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("sep=;\n\na;a;\n1;2;3\n\n;;\n4;5\n6;7;8;;\n9;8;7;6\n" + f"1;2;{'x' * 5000}\n")
    table = open_table(path)
    assert table.header == ("a", "a *", "column 3")
    told = [(row.number, bool(row.problem)) for row in table.rows()]
    assert told == [(4, False), (7, True), (8, False), (9, True), (10, True)]


def test_a_sheet_gives_texts_as_a_person_reads_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("orders", 0)
    sheet.append(["Order", "Date", "Price", "Paid", "Note"])
    sheet.append([536365, MORNING, 2.55, True, None])
    sheet.append([])
    sheet.append(["A1", MORNING.date(), 3.0, False, "=1+1"])
    sheet.append(["A2", MORNING.time(), 3, "", "#N/A"])
    path = tmp_path / "file.xlsx"
    book.save(path)
    first, formula, error = open_table(path).rows()
    assert first.cells == ("536365", "2026-03-02 08:26:00", "2.55", "true", "")
    assert (formula.number, formula.cells[2]) == (4, "3")
    assert "formula" in formula.problem
    assert "error" in error.problem


def bomb(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file,
    ):
        for _piece in range(26):
            file.write(b"0" * 16_000_000)


def entities(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')


def written(content: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (bomb, "unpacks to too much"),
        (entities, "definitions of its own"),
        (written(b"PK\x03\x04 no zip"), "damaged"),
        (written(b"\xd0\xcf\x11\xe0 old"), "old or locked"),
        (written(b"%PDF-1.7"), "no table"),
        (written(b"\n\n\n"), "no lines"),
        (written(b"a,b\n1,\x00\n"), "NUL"),
        (written("a,b\n1,\0\n".encode("utf-16")), "NUL"),
        (written("a,b\n".encode("utf-32")), "UTF-32"),
        (written(b"a,b\n\x81,\xff\n"), "letters"),
        (written(b"\xff\xfea\0,\0b\0\n\0\0"), "letters"),
        (written(b"a,b\n1," + b"x" * 1_100_000), "million letters"),
        (written(b'a,b\n1,"' + b"never closed\n" * 20_000), "never close"),
        (written((",".join(map(str, range(10_000)))).encode() + b"\n"), "10000 columns"),
    ],
)
def test_hostile_files_get_a_clear_refusal(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "file"
    make(path)
    with pytest.raises(Unreadable) as refused:
        list(open_table(path).rows())
    assert words in refused.value.sentence


def test_an_empty_sheet_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    Workbook().save(path)
    with pytest.raises(Unreadable, match="empty"):
        open_table(path)
    whole = zipfile.ZipFile(path)
    broken = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(broken, "w") as packed:
        for name in whole.namelist():
            packed.writestr(name, b"<oops" if "sheet1" in name else whole.read(name))
    whole.close()
    with pytest.raises(Unreadable, match="damaged"):
        open_table(broken)


@pytest.mark.drill(seconds=8)
def test_memory_stays_small_however_large_the_file_is(tmp_path: Path) -> None:
    """A child process sorts a large file into orders; RAPPORT_TEST_IMPORT_MB=1000 for the whole gigabyte."""
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("order,date,product,quantity,price,customer\n")
        number, lines_about = 0, MEGABYTES * 8_641
        while file.tell() < MEGABYTES * 1_000_000:
            for n in range(number, number + 10_000):
                # The lines of an order lie far apart, as in a file that somebody sorted by product.
                goods, order = f"product {n % 5000:05}", n * 7919 % lines_about // 12
                customer = f"customer {order % 997}"
                file.write(f"{order},2026-02-01 10:00,{goods},2,{n % 97}.50,{customer}{' ' * 60}\n")
            number += 10_000
    # What measures coverage would be measured as well.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    child = subprocess.run(
        [sys.executable, "-m", "tests.apps.imports.reading.reading_process", str(path)],
        env=plain,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=end_with_parent,
    )
    lines, refused, peak_kib = map(int, child.stdout.split())
    print(f"{MEGABYTES} MB, {lines:,} lines, at most {peak_kib // 1024} MB of memory")  # noqa: T201 - a measurement
    assert (lines, refused) == (number, 0)
    assert peak_kib < CEILING_MB * 1024
