"""Pay the orders of some days from columns: by the draft and by what binds today, then everything added up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapport.apps.conversions.recording import StoryKey
from rapport.flows.replaying.adding import MOST_ORDERS, Sums
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.columns.conditions import text
from rapport.flows.replaying.columns.facts import CONDITIONS, day_numbered, number_of
from rapport.flows.replaying.columns.fitting import Bound
from rapport.flows.replaying.columns.schema import BEHIND
from rapport.flows.replaying.columns.sharing import shared_lines
from rapport.flows.replaying.columns.statement import IDLE, facts_asked, say, window_matters
from rapport.flows.replaying.result import Order

if TYPE_CHECKING:
    import duckdb

MOST_AT_ONCE: Final = 1_000_000
"""Orders that are paid at once, as long as a single day has no more: what they take in memory is known."""

_SUMS: Final = """
    sum(orders), sum(booked), sum(engine), sum(present), sum(now), sum(basis), sum(basis_now),
    sum(costed), sum(margin_then), sum(margin_now)
"""
_COUNTED: Final = """
    count(*) AS orders, sum(booked) AS booked, sum(engine) AS engine, sum(present) AS present, sum(now) AS now,
    sum(basis) AS basis, sum(basis_now) AS basis_now, count(*) FILTER (WHERE costed > 0) AS costed,
    sum(margin - booked_costed) FILTER (WHERE costed > 0) AS margin_then,
    sum(margin - now_costed) FILTER (WHERE costed > 0) AS margin_now
"""
_NAMES: Final = (
    *("orders", "then_minor", "engine_minor", "present_minor", "now_minor", "basis_then_minor", "basis_now_minor"),
    *("costed", "margin_then_minor", "margin_now_minor"),
)
_TABLES: Final = ("f", "paid", "todays", "shared", "cells", "paydays", "picked")


@dataclass(frozen=True, slots=True)
class Sources:
    """The statements that read all facts and all lines of baskets."""

    facts: str
    shares: str


class Execution:
    """One replay over one connection; slice by slice, the steps in their order."""

    def __init__(self, engine: "duckdb.DuckDBPyConnection", asked: Asked, bound: Bound) -> None:
        self._engine = engine
        self._asked = asked
        self._bound = bound
        self._draft = say(asked.terms)
        used = {version_id for version_id in bound.present.values() if version_id}
        self._present = {version_id: say(bound.terms[version_id]) for version_id in sorted(used)}
        asked_for = {fact for terms in (asked.terms, *bound.terms.values()) for fact in facts_asked(terms)}
        self._idle = [column for fact, column in CONDITIONS.items() if fact not in asked_for and fact in IDLE]

    def open(self, sources: Sources) -> list[tuple[int, int, int]]:
        """Look at the files; return slices of days with the number of their orders, paying or not."""
        self._run(f"CREATE VIEW all_facts AS {sources.facts}")
        self._run(f"CREATE VIEW s AS {sources.shares}")
        self._run("CREATE TABLE bound (agreement VARCHAR, bound_by VARCHAR)")
        if told := ", ".join(f"({text(key)}, {text(today)})" for key, today in self._bound.present.items()):
            self._run(f"INSERT INTO bound VALUES {told}")  # noqa: S608 - literals of ours
        first, last = number_of(self._asked.first_on), number_of(self._asked.last_on)
        return list(
            _slices(
                self._rows(
                    f"SELECT day, count(*) FROM all_facts WHERE day BETWEEN {first} AND {last} GROUP BY 1 ORDER BY 1"  # noqa: S608 - numbers of ours
                )
            )
        )

    def read(self, first: int, last: int) -> None:
        """Take the orders of some days that pay anything or could."""
        for table in _TABLES:
            self._run(f"DROP TABLE IF EXISTS {table}")
        behind = ", ".join((*BEHIND, *self._idle))
        self._run(
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
        numbers = [no for (no,) in self._rows(f"SELECT no FROM f WHERE {hard}")]  # noqa: S608 - expressions of ours
        if not numbers:
            return {}
        self._run(f"DELETE FROM f WHERE {hard}")  # noqa: S608 - as above
        return {told["conversion_id"]: story_of(told) for told in self.named(numbers).values()}

    def pay(self) -> None:
        """Pay every order by the draft and by what binds today; where neither differs, the engine's word stands.

        Counted in 63 bits, which is faster, and in 127 where those do not suffice; raises where these do not either.
        """
        import duckdb  # noqa: PLC0415 - large, and not every process needs it

        try:
            self._pay(wide=False)
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            for table in ("todays", "paid", "shared"):
                self._run(f"DROP TABLE IF EXISTS {table}")
            self._pay(wide=True)

    def _pay(self, *, wide: bool) -> None:
        replaced = ", ".join(map(text, self._bound.replaced)) or "NULL"
        joined = self._today(wide=wide)
        present = "coalesce(t.minor, engine)" if joined else "engine"
        drafted = self._draft.statement(f"version IN ({replaced})", wide=wide)
        self._run(
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
            key for (key,) in self._rows("SELECT DISTINCT today FROM f WHERE version != '' AND version != today")
        }
        if not changed:
            return ""
        parts = [
            f"SELECT no, minor FROM ({self._present[key].statement(_bound_to(key), wide=wide)})"  # noqa: S608 - as above
            for key in sorted(changed)
        ]
        self._run(f"CREATE TABLE todays AS {' UNION ALL '.join(parts)}")
        return "LEFT JOIN todays t USING (no)"

    def _share(self, *, wide: bool) -> None:
        """Share what depends on other terms among the lines of baskets, and note what falls on lines with a cost."""
        others = {
            "now": "now != engine",
            "present": "present != engine",
            "basis_now": "basis_now != basis",
        }
        differs = [name for name, one in others.items() if self._any("paid", f"lines > 1 AND {one}")]
        same = {"now": "engine", "present": "engine", "basis_now": "basis"}
        columns = ", ".join(f"{same[name]} AS {name}" for name in others if name not in differs)
        lines = (
            shared_lines(differs, wide=wide)
            if differs
            else "SELECT s.* FROM s SEMI JOIN (SELECT no FROM paid WHERE lines > 1) USING (no)"
        )
        self._run(f"CREATE TABLE shared AS SELECT *{', ' + columns if columns else ''} FROM ({lines})")  # noqa: S608 - as above
        if self._any("paid", "costed > 0 AND costed < lines"):
            self._run(
                """
                UPDATE paid SET booked_costed = c.booked, now_costed = c.now FROM (
                    SELECT no, sum(booked) AS booked, sum(now) AS now FROM shared WHERE margin IS NOT NULL GROUP BY no
                ) c WHERE paid.no = c.no AND paid.costed < paid.lines
                """
            )

    def add_to(self, sums: Sums) -> None:
        """Add everything up: to few cells first, and these by month, partner and day."""
        self._run(
            f"""
            CREATE TABLE cells AS
            SELECT agreement, day, booked_version, booked_day, if(is_drafted, '', version) AS now_version, now_day,
                {_COUNTED}, count(*) FILTER (WHERE engine != booked) AS unlike,
                count(*) FILTER (WHERE now != booked) AS changed
            FROM paid GROUP BY ALL
            """  # noqa: S608 - as above
        )
        for month, *figures in self._grouped("strftime(DATE '1970-01-01' + day::INTEGER, '%Y-%m')"):
            sums.by_month[month].update(_counted(figures))
            sums.totals.update(_counted(figures))
        for agreement, *figures in self._grouped("agreement"):
            sums.by_partner[agreement].update(_counted(figures))
        for product, *figures in self._products():
            sums.by_product[product].update(_counted(figures))
        self._add_due(sums)
        ((unlike, changed),) = self._rows("SELECT coalesce(sum(unlike), 0), coalesce(sum(changed), 0) FROM cells")
        sums.unlike_books += int(unlike)
        sums.changed += int(changed)
        for order in self._top():
            sums.list_order(order)

    def _add_due(self, sums: Sums) -> None:
        self._note_paydays(sums)
        for due, side in ((sums.due_then, "booked"), (sums.due_now, "now")):
            days = f"SELECT {side}_day, sum({side}) FROM cells WHERE {side} != 0 GROUP BY 1"  # noqa: S608 - columns of ours
            for day, minor in self._rows(days):
                due.payable[day_numbered(day)] += int(minor)
            paydays = (
                f"SELECT agreement, payday, {side}_version, sum({side}) FROM cells JOIN paydays"  # noqa: S608 - as above
                f" ON version = {side}_version AND day_payable = {side}_day WHERE {side} != 0 GROUP BY ALL"
            )
            for agreement, payday, version, minor in self._rows(paydays):
                due.paydays[agreement, day_numbered(payday), version] += int(minor)

    def _note_paydays(self, sums: Sums) -> None:
        """Note on which day each version pays what becomes payable on a day: few of both, for all partners."""
        found = self._rows(
            "SELECT DISTINCT booked_version, booked_day FROM cells"
            " UNION SELECT DISTINCT now_version, now_day FROM cells"
        )
        told = [
            f"({text(version)}, {day}, {number_of(sums.payday_of(version, day_numbered(day)))})"
            for version, day in found
        ]
        self._run("CREATE TABLE paydays (version VARCHAR, day_payable BIGINT, payday BIGINT)")
        if told:
            self._run(f"INSERT INTO paydays VALUES {', '.join(told)}")  # noqa: S608 - literals of ours

    def _grouped(self, key: str) -> list[tuple[Any, ...]]:
        return self._rows(f"SELECT {key}, {_SUMS} FROM cells GROUP BY 1")  # noqa: S608 - as above

    def _products(self) -> list[tuple[Any, ...]]:
        """Group by product: an order counts once for each product, whatever lines it has of it."""
        return self._rows(
            f"""
            WITH told AS (
                SELECT product, {_COUNTED} FROM paid WHERE lines < 2 GROUP BY product
                UNION ALL SELECT product, sum(leads) AS orders, sum(booked) AS booked, sum(engine) AS engine,
                    sum(present) AS present, sum(now) AS now, sum(basis) AS basis, sum(basis_now) AS basis_now,
                    sum(leads_cost) AS costed, sum(margin - booked) AS margin_then, sum(margin - now) AS margin_now
                FROM shared GROUP BY product
            )
            SELECT product, {_SUMS} FROM told GROUP BY product
            """  # noqa: S608 - as above
        )

    def _top(self) -> Iterator[Order]:
        rows = self._rows(
            f"SELECT no, kind, day, agreement, booked, now FROM paid WHERE now != booked"  # noqa: S608 - as above
            f" ORDER BY abs(now - booked) DESC, no DESC LIMIT {MOST_ORDERS}"
        )
        named = self.named([no for no, *_ in rows])
        for no, kind, day, earner, booked, now in rows:
            who = named[no]
            yield Order(who["conversion_id"], who["external_id"], kind, day_numbered(day), earner, earner, booked, now)

    def named(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return which orders these numbers mean."""
        columns = ", ".join(("no", *BEHIND))
        told = self._told(f"SELECT {columns} FROM all_facts WHERE no IN ({_listed(numbers)})")  # noqa: S608 - as above
        return {one["no"]: one for one in told}

    def sample(self, share: int) -> list[dict[str, Any]]:
        """Return about one of so many orders chosen by chance, with all that is known of them and what they pay."""
        self._run(
            f"CREATE TABLE picked AS SELECT no, now, present, basis_now, now_day, is_drafted FROM paid"  # noqa: S608 - a number of ours
            f" WHERE random() < 1.0 / {share}"
        )
        return self._told("SELECT f.*, picked.* EXCLUDE (no) FROM f JOIN picked USING (no)")

    def lines_of_sample(self) -> dict[int, list[dict[str, Any]]]:
        """Return the lines of the baskets of the orders that were chosen, in their order."""
        found: dict[int, list[dict[str, Any]]] = {}
        for told in self._told("SELECT s.* FROM s SEMI JOIN picked USING (no) ORDER BY no, place"):
            found.setdefault(told["no"], []).append(told)
        return found

    def _any(self, table: str, condition: str) -> bool:
        return bool(self._rows(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"))  # noqa: S608 - expressions of ours

    def _told(self, statement: str) -> list[dict[str, Any]]:
        rows = self._engine.execute(statement)
        names = [described[0] for described in rows.description or ()]
        return [dict(zip(names, values, strict=True)) for values in rows.fetchall()]

    def _run(self, statement: str) -> None:
        self._engine.execute(statement)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._engine.execute(statement).fetchall()


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


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers)) or "NULL"


def _counted(figures: Iterable[Any]) -> Counter[str]:
    return Counter({name: int(minor or 0) for name, minor in zip(_NAMES, figures, strict=True)})
