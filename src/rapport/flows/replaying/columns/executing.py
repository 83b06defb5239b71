"""Pay the orders of some days from columns: by the draft and by what binds today, then everything added up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapport.apps.conversions.recording import StoryKey
from rapport.flows.replaying.adding import Sums
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.columns.asking import Asking
from rapport.flows.replaying.columns.conditions import text
from rapport.flows.replaying.columns.facts import CONDITIONS, number_of
from rapport.flows.replaying.columns.fitting import Bound
from rapport.flows.replaying.columns.schema import BEHIND
from rapport.flows.replaying.columns.sharing import shared_lines
from rapport.flows.replaying.columns.statement import IDLE, facts_asked, say, window_matters
from rapport.flows.replaying.columns.summing import Summing

if TYPE_CHECKING:
    import duckdb

MOST_AT_ONCE: Final = 1_000_000
"""Orders that are paid at once, as long as a single day has no more: what they take in memory is known."""

_TABLES: Final = ("f", "paid", "todays", "shared", "cells", "paydays", "picked")


@dataclass(frozen=True, slots=True)
class Sources:
    """The statements that read all facts and all lines of baskets."""

    facts: str
    shares: str


class Execution:
    """One replay over one connection; slice by slice, the steps in their order."""

    def __init__(self, engine: "duckdb.DuckDBPyConnection", asked: Asked, bound: Bound) -> None:
        self._ask = Asking(engine)
        self._asked = asked
        self._bound = bound
        self._draft = say(asked.terms)
        used = {version_id for version_id in bound.present.values() if version_id}
        self._present = {version_id: say(bound.terms[version_id]) for version_id in sorted(used)}
        asked_for = {fact for terms in (asked.terms, *bound.terms.values()) for fact in facts_asked(terms)}
        self._idle = [column for fact, column in CONDITIONS.items() if fact not in asked_for and fact in IDLE]

    def open(self, sources: Sources) -> list[tuple[int, int, int]]:
        """Look at the files; return slices of days with the number of their orders, paying or not."""
        self._ask.run(f"CREATE VIEW all_facts AS {sources.facts}")
        self._ask.run(f"CREATE VIEW s AS {sources.shares}")
        self._ask.run("CREATE TABLE bound (agreement VARCHAR, bound_by VARCHAR)")
        if told := ", ".join(f"({text(key)}, {text(today)})" for key, today in self._bound.present.items()):
            self._ask.run(f"INSERT INTO bound VALUES {told}")  # noqa: S608 - literals of ours
        first, last = number_of(self._asked.first_on), number_of(self._asked.last_on)
        return list(
            _slices(
                self._ask.rows(
                    f"SELECT day, count(*) FROM all_facts WHERE day BETWEEN {first} AND {last} GROUP BY 1 ORDER BY 1"  # noqa: S608 - numbers of ours
                )
            )
        )

    def read(self, first: int, last: int) -> None:
        """Take the orders of some days that pay anything or could."""
        for table in _TABLES:
            self._ask.run(f"DROP TABLE IF EXISTS {table}")
        behind = ", ".join((*BEHIND, *self._idle))
        self._ask.run(
            f"CREATE TABLE f AS SELECT c.* EXCLUDE ({behind}), coalesce(nullif(bound_by, ''), version) AS today"  # noqa: S608 - as above
            f" FROM all_facts c LEFT JOIN bound USING (agreement)"
            f" WHERE day BETWEEN {first} AND {last} AND (hard OR version != '' OR booked != 0){self._partners}"
        )

    @property
    def _partners(self) -> str:
        wanted = ", ".join(map(text, self._asked.partners))
        return f" AND (hard OR agreement IN ({wanted}))" if wanted else ""

    def left_to_engine(self) -> dict[str, StoryKey]:
        """Take out the orders that only the engine can judge, and return them with their stories."""
        windows = {key: terms.reversal.window_days for key, terms in self._bound.terms.items()}
        replaced = {key: windows[key] for key in self._bound.replaced}
        conditions = ["hard", window_matters(self._asked.terms, replaced)]
        conditions += [
            f"(today = {text(key)} AND {window_matters(said.terms, windows)})" for key, said in self._present.items()
        ]
        hard = " OR ".join(f"({one})" for one in conditions if one != "false")
        numbers = [no for (no,) in self._ask.rows(f"SELECT no FROM f WHERE {hard}")]  # noqa: S608 - expressions of ours
        if not numbers:
            return {}
        self._ask.run(f"DELETE FROM f WHERE {hard}")  # noqa: S608 - as above
        return {told["conversion_id"]: story_of(told) for told in self._ask.named(numbers).values()}

    def pay(self) -> None:
        """Pay every order by the draft and by what binds today; where neither differs, the engine's word stands.

        Counted in 63 bits, which is faster, and in 127 where those do not suffice; raises where these do not either.
        """
        import duckdb  # noqa: PLC0415 - large, and not every process needs it

        try:
            self._pay(wide=False)
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            for table in ("todays", "paid", "shared"):
                self._ask.run(f"DROP TABLE IF EXISTS {table}")
            self._pay(wide=True)

    def _pay(self, *, wide: bool) -> None:
        replaced = ", ".join(map(text, self._bound.replaced)) or "NULL"
        joined = self._today(wide=wide)
        present = "coalesce(t.minor, engine)" if joined else "engine"
        drafted = self._draft.statement(f"version IN ({replaced})", wide=wide)
        self._ask.run(
            f"""
            CREATE TABLE paid AS
            SELECT no, kind, day, agreement, version, lines, product, costed, margin,
                booked, booked_version, booked_day, engine, d.basis, is_drafted,
                d.minor AS now, basis_now, now_day, {present} AS present,
                if(costed > 0, booked, 0) AS booked_costed, if(costed > 0, d.minor, 0) AS now_costed
            FROM (
                SELECT *, true AS is_drafted FROM ({drafted})
                UNION ALL BY NAME
                SELECT *, engine AS minor, basis AS basis_now, hold_day AS now_day, false AS is_drafted
                FROM f WHERE version NOT IN ({replaced})
            ) d {joined}
            WHERE booked != 0 OR engine != 0 OR d.minor != 0 OR {present} != 0
            """  # noqa: S608 - as above
        )
        self._share(wide=wide)

    def _today(self, *, wide: bool) -> str:
        """Pay by what binds today where that is another version; return how to join it, empty where it never is."""
        changed = {
            key for (key,) in self._ask.rows("SELECT DISTINCT today FROM f WHERE version != '' AND version != today")
        }
        if not changed:
            return ""
        parts = [
            f"SELECT no, minor FROM ({self._present[key].statement(_bound_to(key), wide=wide)})"  # noqa: S608 - as above
            for key in sorted(changed)
        ]
        self._ask.run(f"CREATE TABLE todays AS {' UNION ALL '.join(parts)}")
        return "LEFT JOIN todays t USING (no)"

    def _share(self, *, wide: bool) -> None:
        """Share what depends on other terms among the lines of baskets, and note what falls on lines with a cost."""
        others = {
            "now": "now != engine",
            "present": "present != engine",
            "basis_now": "basis_now != basis",
        }
        differs = [name for name, one in others.items() if self._ask.any("paid", f"lines > 1 AND {one}")]
        same = {"now": "engine", "present": "engine", "basis_now": "basis"}
        columns = ", ".join(f"{same[name]} AS {name}" for name in others if name not in differs)
        lines = (
            shared_lines(differs, wide=wide)
            if differs
            else "SELECT s.* FROM s SEMI JOIN (SELECT no FROM paid WHERE lines > 1) USING (no)"
        )
        self._ask.run(f"CREATE TABLE shared AS SELECT *{', ' + columns if columns else ''} FROM ({lines})")  # noqa: S608 - as above
        if self._ask.any("paid", "costed > 0 AND costed < lines"):
            self._ask.run(
                """
                UPDATE paid SET booked_costed = c.booked, now_costed = c.now FROM (
                    SELECT no, sum(booked) AS booked, sum(now) AS now FROM shared WHERE margin IS NOT NULL GROUP BY no
                ) c WHERE paid.no = c.no AND paid.costed < paid.lines
                """
            )

    def add_to(self, sums: Sums) -> None:
        """Add up everything that was paid."""
        Summing(self._ask).add_to(sums)

    def named(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return which orders these numbers mean."""
        return self._ask.named(numbers)

    def sample(self, share: int) -> list[dict[str, Any]]:
        """Return about one of so many orders chosen by chance, with all that is known of them and what they pay."""
        self._ask.run(
            f"CREATE TABLE picked AS SELECT no, now, present, basis_now, now_day, is_drafted FROM paid"  # noqa: S608 - a number of ours
            f" WHERE random() < 1.0 / {share}"
        )
        return self._ask.told("SELECT f.*, picked.* EXCLUDE (no) FROM f JOIN picked USING (no)")

    def lines_of_sample(self) -> dict[int, list[dict[str, Any]]]:
        """Return the lines of the baskets of the orders that were chosen, in their order."""
        found: dict[int, list[dict[str, Any]]] = {}
        for told in self._ask.told("SELECT s.* FROM s SEMI JOIN picked USING (no) ORDER BY no, place"):
            found.setdefault(told["no"], []).append(told)
        return found


def story_of(named: Mapping[str, str]) -> StoryKey:
    """Return the story of an order that was named."""
    customer_id = named["customer_id"]
    return StoryKey(customer_id=customer_id) if customer_id else StoryKey("", named["conversion_id"])


def _bound_to(version_id: str) -> str:
    return f"today = {text(version_id)} AND version != '' AND version != today"


def _slices(days: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Put days together as long as they have not too many orders."""
    first, last, orders = 0, 0, 0
    for day, number in days:
        if orders and orders + number > MOST_AT_ONCE:
            yield first, last, orders
            orders = 0
        first, last, orders = (first if orders else day), day, orders + number
    if orders:
        yield first, last, orders
