"""How the doctor looks: page by page, counting what it has seen, with few sentences about one thing."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from django.utils.translation import gettext as _

from rapport.apps.jobs.errors import JobInterrupted

T = TypeVar("T")

PAGE = 200
"""Rows that are looked at together: memory stays the same however much there is."""

MOST_PROBLEMS = 50
"""Nobody reads more sentences than these about one thing."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and how many rows of it; without problems it is in order."""

    name: str
    problems: tuple[str, ...]
    rows: int = 0


def _nobody(_name: str, _rows: int) -> None:
    """Tell nobody how far it is."""


@dataclass(slots=True)
class Seen:
    """What one look has seen so far; it tells somebody else, too."""

    name: str = ""
    tell: Callable[[str, int], None] = _nobody
    rows: int = field(default=0)

    def pages(self, rows: Iterable[T]) -> Iterator[list[T]]:
        """Yield rows in pages, and count them."""
        remaining = iter(rows)
        while page := list(islice(remaining, PAGE)):
            self.count(len(page))
            yield page

    def count(self, number: int) -> None:
        """Note that more rows were looked at."""
        self.rows += number
        self.tell(self.name, self.rows)


Look = Callable[[Seen], Iterable[str]]


def look_at(name: str, look: Look, *, tell: Callable[[str, int], None] = _nobody) -> Check:
    """Look at one thing, and once more if anything seems wrong: what others write meanwhile is not a problem.

    What is so damaged that looking fails is a problem too, and keeps nobody from the rest.
    """
    seen = Seen(name, tell)
    seen.count(0)
    problems = tuple(islice(_surviving(name, look(seen)), MOST_PROBLEMS))
    if problems:
        still = _still(problems, _surviving(name, look(Seen(name, tell))))
        problems = tuple(problem for problem in problems if problem in still)
    return Check(name, problems, seen.rows)


def _still(problems: Collection[str], found_again: Iterable[str]) -> set[str]:
    """Return which of these problems are found again; the second look ends when all of them are."""
    still: set[str] = set()
    for problem in found_again:
        still |= {problem} & set(problems)
        if len(still) == len(set(problems)):
            break
    return still


def _surviving(name: str, problems: Iterable[str]) -> Iterator[str]:
    try:
        yield from problems
    except JobInterrupted:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as a problem
        logger.warning("doctor cannot go on with %s: %r", name, error)
        yield _("This could not be looked at to its end: %(error)s") % {"error": f"{type(error).__name__}: {error}"}
