"""Tables as files that a spreadsheet opens: comma-separated, and no cell that it would run as a formula."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

Cell = str | int

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_answer(name: str, *, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return a file of this name; texts that begin like a formula get an apostrophe, whole numbers stay numbers.

    Amounts come as `Exact` texts: they may begin with a minus and are written as they are.
    """
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"})
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # without it spreadsheets take UTF-8 for another encoding
    writer = csv.writer(answer)
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return answer


class Exact(str):
    """An amount such as -12.50 that the program wrote itself, so that nothing in it can be a formula."""

    __slots__ = ()


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, int | Exact) or not cell.startswith(_RUNS):
        return cell
    return f"'{cell}"
