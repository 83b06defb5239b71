"""Pages of long lists by a cursor in the address: `?before=` the id of the last row shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)

SHOWN = 50
MOST_DIGITS = 17
"""Digits of a place in a list; more is no number that any list reaches, and none that a database takes."""


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Some rows of a list, and the addresses of the rows before and after them (empty: there are none)."""

    rows: Sequence[M]
    newest_url: str
    older_url: str


def page_of(rows: QuerySet[M], request: HttpRequest) -> Page[M]:
    """Return the rows behind the cursor of the address; `rows` are ordered by id, newest first."""
    before = request.GET.get("before", "")
    found = list((rows.filter(pk__lt=before) if before else rows)[: SHOWN + 1])
    older = _address(request, before=str(found[SHOWN - 1].pk)) if len(found) > SHOWN else ""
    return Page(found[:SHOWN], _address(request, before="") if before else "", older)


def place_of(text: str) -> int | None:
    """Return the number that an address gives; None for anything that is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _address(request: HttpRequest, *, before: str) -> str:
    given = request.GET.copy()
    given.pop("before", None)
    if before:
        given["before"] = before
    return f"?{given.urlencode()}"
