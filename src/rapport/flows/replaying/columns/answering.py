"""Answer a replay by columns where they can: fall back to the engine with the reason where they cannot."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from rapport.apps.conversions.recording import StoryKey
from rapport.flows.replaying.adding import Sums
from rapport.flows.replaying.columns.checking import Stored
from rapport.flows.replaying.columns.conditions import Unsaid
from rapport.flows.replaying.columns.executing import Execution, Sources, story_of
from rapport.flows.replaying.columns.facts import number_of
from rapport.flows.replaying.columns.fitting import Bound, bound_by
from rapport.flows.replaying.columns.refreshing import refresh, store_of
from rapport.flows.replaying.comparing import Comparing
from rapport.flows.replaying.lines import Line
from rapport.flows.replaying.result import Proof

ONE_OF: Final = 100
"""One of so many orders is computed again."""
WHOLE_STORIES: Final = 50
"""Of those, so many are judged from the tables once more."""
_MOST_LEFT: Final = 50_000
_PAGE: Final = 500

Tell = Callable[[int], None]
_log = logging.getLogger(__name__)


class CannotAnswer(Exception):
    """Columns cannot answer, and why, in sentences; `proof` tells of a comparison that failed."""

    def __init__(self, *reasons: str, proof: Proof | None = None) -> None:
        super().__init__(*reasons)
        self.proof = proof or Proof(fell_back=reasons)


@dataclass(frozen=True, slots=True)
class Answered:
    """How many orders were looked at, and how well the figures are proven."""

    looked_at: int
    proof: Proof


def answer_by_columns(comparing: Comparing, sums: Sums, *, tell: Tell) -> Answered:
    """Add the whole answer to sums; raises `CannotAnswer` where that cannot be, and the sums are of no use then."""
    import duckdb  # noqa: PLC0415 - large, and not every process needs it

    asked = comparing.asked
    bound, reasons = bound_by(asked, comparing.offer, comparing.draft, at_ms=comparing.at_ms)
    if reasons:
        raise CannotAnswer(*reasons)
    held = refresh(asked.program, tell=tell)
    store = store_of(asked.program)
    try:
        with store.engine() as engine:
            return _Answering(comparing, bound, Execution(engine, asked, bound)).into(sums, Sources(*store.views(held)))
    except Unsaid as unsaid:
        raise CannotAnswer(_unsaid(str(unsaid))) from unsaid
    except duckdb.OutOfRangeException as error:
        raise CannotAnswer(_("Amounts are too large for the fast way, so every order was judged again.")) from error
    except duckdb.Error as error:
        _log.exception("the columns of %s cannot be read and are made anew", asked.program.id)
        store.forget()
        raise CannotAnswer(_("The stored facts could not be read, so every order was judged again.")) from error


def _unsaid(what: str) -> str:
    if what == "best":
        return _("The draft pays the best of several rules, so every order was judged again.")
    return _("The fast way does not know “%(what)s”, so every order was judged again.") % {"what": what}


@dataclass(frozen=True, slots=True)
class _Answering:
    comparing: Comparing
    bound: Bound
    execution: Execution

    def into(self, sums: Sums, sources: Sources) -> Answered:
        looked_at = checked = 0
        for first, last, orders in self.execution.open(sources):
            checked += self._add_days(sums, first, last, whole_stories=WHOLE_STORIES if not looked_at else 0)
            looked_at += orders
        return Answered(looked_at, Proof(by="columns", checked=checked))

    def _add_days(self, sums: Sums, first: int, last: int, *, whole_stories: int) -> int:
        """Add the orders of some days; return how many of them were computed again."""
        execution = self.execution
        execution.read(first, last)
        left = execution.left_to_engine()
        if len(left) > _MOST_LEFT:
            raise CannotAnswer(_("Too many orders need a second look, so every order was judged again."))
        execution.pay()
        checked, differed = self._compared(execution.sample(ONE_OF), whole_stories=whole_stories)
        if differed:
            raise CannotAnswer(proof=Proof(checked=checked, differed=differed))
        execution.add_to(sums)
        for line in self._judged(left):
            sums.add(line)
        return checked

    def _judged(self, left: Mapping[str, StoryKey]) -> list[Line]:
        keys = sorted(set(left.values()))
        pages = (keys[start : start + _PAGE] for start in range(0, len(keys), _PAGE))
        return [line for page in pages for line in self.comparing.lines(page) if line.conversion_id in left]

    def _compared(self, sample: list[dict[str, Any]], *, whole_stories: int) -> tuple[int, int]:
        """Compute a sample again; return how many there were and how many differed."""
        lines = self.execution.lines_of_sample()
        wrong = {row["no"] for row in sample if not self._is_right(row, lines.get(row["no"], []))}
        named = self.execution.named([row["no"] for row in sample[:whole_stories]])
        rows = {named[row["no"]]["conversion_id"]: row for row in sample[:whole_stories]}
        keys = {one["conversion_id"]: story_of(one) for one in named.values()}
        told = self._judged(keys)
        wrong |= {rows[line.conversion_id]["no"] for line in told if not _is_same(line, rows[line.conversion_id])}
        for one in self.execution.named(wrong).values():
            _log.error("a replay computes %s in two ways", one["conversion_id"])
        return len(sample), len(wrong)

    def _is_right(self, row: Mapping[str, Any], lines: list[dict[str, Any]]) -> bool:
        stored = Stored(row, lines)
        drafted = self.comparing.asked.terms if row["is_drafted"] else self.bound.terms[row["version"]]
        now = (row["now"], row["basis_now"], row["now_day"])
        return stored.pays(drafted) == now and stored.pays(self.bound.terms[row["today"]])[0] == row["present"]


def _is_same(line: Line, row: Mapping[str, Any]) -> bool:
    """Say whether the engine says the same of an order as the columns do."""
    sides = {"engine": line.engine, "now": line.now, "present": line.present}
    minors = all(row[name] == (paid.minor if paid else 0) for name, paid in sides.items())
    earner = line.earner_now == row["agreement"] and line.then_minor == row["booked"]
    return minors and earner and (line.now is None or number_of(line.now.payable_on) == row["now_day"])
