"""Tables as files: what a spreadsheet must never run, and what it must be able to add up."""

import csv
import io

import pytest

from rapport.doors.ui.sheets import Cell, Exact, csv_answer


def first_cell(cell: Cell) -> str:
    answer = csv_answer("file", head=["What"], rows=[[cell]])
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1][0]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "\n=1", '=HYPERLINK("x")'])
def test_a_text_that_begins_like_a_formula_is_only_a_text(text: str) -> None:
    assert first_cell(text) == f"'{text}"


@pytest.mark.parametrize(("cell", "written"), [("Ines", "Ines"), (-12, "-12"), (Exact("-12.50"), "-12.50"), ("", "")])
def test_everything_else_is_written_as_it_is(cell: Cell, written: str) -> None:
    assert first_cell(cell) == written


def test_the_file_says_what_it_is() -> None:
    answer = csv_answer("partners-marlow", head=["Partner"], rows=[])
    assert answer["Content-Disposition"] == 'attachment; filename="partners-marlow.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
