"""Answer a replay from columns: pay every order by the terms' statements, and add up by partner, product and month."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapport.apps.conversions.recording import StoryKey
from rapport.flows.replaying.adding import MOST_ORDERS, Sums
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.columns.conditions import text
from rapport.flows.replaying.columns.facts import day_numbered, number_of
from rapport.flows.replaying.columns.fitting import Bound
from rapport.flows.replaying.columns.statement import Said, say, window_matters
from rapport.flows.replaying.result import Order

if TYPE_CHECKING:
    import duckdb

_GROUPED: Final = """
    count(*), sum(booked), sum(engine), sum(present), sum(now), sum(basis), sum(basis_now),
    count(*) FILTER (WHERE costed > 0), sum(margin - booked_costed) FILTER (WHERE costed > 0),
    sum(margin - now_costed) FILTER (WHERE costed > 0)
"""
_NAMES: Final = (
    *("orders", "then_minor", "engine_minor", "present_minor", "now_minor", "basis_then_minor", "basis_now_minor"),
    *("costed", "margin_then_minor", "margin_now_minor"),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The statements that read all facts and all lines of baskets."""

    facts: str
    shares: str


class Execution:
    """One replay over one connection; call its steps in their order."""

    def __init__(self, engine: "duckdb.DuckDBPyConnection", asked: Asked, bound: Bound) -> None:
        self._engine = engine
        self._asked = asked
        self._bound = bound
        self._draft: Said = say(asked.terms)
        used = {version_id for version_id in bound.present.values() if version_id}
        self._present = {version_id: say(bound.terms[version_id]) for version_id in sorted(used)}

    def read(self, sources: Sources) -> int:
        """Take the orders of the period that pay anything or could, and return how many there are of any kind."""
        first, last = number_of(self._asked.first_on), number_of(self._asked.last_on)
        self._run(f"CREATE VIEW all_facts AS {sources.facts}")
        self._run(f"CREATE VIEW s AS {sources.shares}")
        self._run("CREATE TABLE bound (agreement VARCHAR, today VARCHAR)")
        if told := ", ".join(f"({text(key)}, {text(today)})" for key, today in self._bound.present.items()):
            self._run(f"INSERT INTO bound VALUES {told}")  # noqa: S608 - literals of ours
        self._run(
            f"CREATE TABLE f AS SELECT c.*, coalesce(nullif(b.today, ''), version) AS today"  # noqa: S608 - numbers of ours
            f" FROM all_facts c LEFT JOIN bound b USING (agreement)"
            f" WHERE day BETWEEN {first} AND {last} AND (hard OR version != '' OR booked != 0){self._partners}"
        )
        (seen,) = self._rows(f"SELECT count(*) FROM all_facts WHERE day BETWEEN {first} AND {last}")  # noqa: S608 - as above
        return int(seen[0])

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
        hard = " OR ".join(f"({one})" for one in conditions)
        rows = self._rows(f"SELECT conversion_id, customer_id FROM f WHERE {hard}")  # noqa: S608 - expressions of ours
        self._run(f"DELETE FROM f WHERE {hard}")  # noqa: S608 - as above
        return {
            conversion_id: StoryKey(customer_id=customer_id) if customer_id else StoryKey("", conversion_id)
            for conversion_id, customer_id in rows
        }

    def pay(self) -> None:
        """Pay every order by the draft and by what binds today; where neither differs, the engine's word stands."""
        replaced = ", ".join(map(text, self._bound.replaced)) or "NULL"
        self._run(f"CREATE TABLE drafted AS {self._draft.statement(f'version IN ({replaced})')}")
        for place, (key, said) in enumerate(self._present.items()):
            where = f"today = {text(key)} AND version != '' AND version != today"
            into = "INSERT INTO todays" if place else "CREATE TABLE todays AS"
            self._run(f"{into} {said.statement(where)}")
        if not self._present:
            self._run("CREATE TABLE todays (no BIGINT, minor BIGINT, basis BIGINT, hold_day BIGINT)")
        self._run(
            f"""
            CREATE TABLE paid AS
            SELECT f.no, conversion_id, external_id, kind, day, agreement, version, lines, product, costed, margin,
                booked, booked_version, booked_day, engine, f.basis, version IN ({replaced}) AS is_drafted,
                coalesce(d.minor, engine) AS now, coalesce(d.basis, f.basis) AS basis_now,
                coalesce(d.hold_day, f.hold_day) AS now_day, coalesce(t.minor, engine) AS present
            FROM f LEFT JOIN drafted d USING (no) LEFT JOIN todays t USING (no)
            WHERE booked != 0 OR engine != 0 OR coalesce(d.minor, engine) != 0 OR coalesce(t.minor, engine) != 0
            """  # noqa: S608 - as above
        )
        self._share()

    def _share(self) -> None:
        """Share what depends on other terms among the lines of baskets, and note what falls on lines with a cost."""
        self._run(
            f"""
            CREATE TABLE shared AS
            WITH told AS (
                SELECT s.*, p.now AS whole_now, p.present AS whole_present, p.basis_now AS whole_basis
                FROM s JOIN paid p USING (no) WHERE p.lines > 1
            ), floors AS (
                SELECT *, {", ".join(_floor(name) for name in _SPREAD)} FROM told
            ), ranked AS (
                SELECT *, {", ".join(_rank(name) for name in _SPREAD)} FROM floors
            )
            SELECT no, product, margin, booked, engine, basis, {", ".join(_part(name) for name in _SPREAD)} FROM ranked
            """  # noqa: S608 - as above
        )
        self._run(
            """
            CREATE TABLE sums AS
            SELECT p.*, coalesce(c.booked, if(costed > 0, p.booked, 0)) AS booked_costed,
                coalesce(c.now, if(costed > 0, p.now, 0)) AS now_costed
            FROM paid p LEFT JOIN (
                SELECT no, sum(booked) AS booked, sum(now) AS now FROM shared WHERE margin IS NOT NULL GROUP BY no
            ) c USING (no)
            """
        )

    def add_to(self, sums: Sums) -> None:
        """Add everything up."""
        for month, *figures in self._grouped("strftime(DATE '1970-01-01' + day::INTEGER, '%Y-%m')"):
            sums.by_month[month].update(_counted(figures))
            sums.totals.update(_counted(figures))
        for agreement, *figures in self._grouped("agreement"):
            sums.by_partner[agreement].update(_counted(figures))
        for product, *figures in self._products():
            sums.by_product[product].update(_counted(figures))
        self._add_due(sums)
        (told,) = self._rows("SELECT count(*) FILTER (engine != booked), count(*) FILTER (now != booked) FROM sums")
        sums.unlike_books += told[0]
        sums.changed += told[1]
        for order in self._top():
            sums.list_order(order)

    def _add_due(self, sums: Sums) -> None:
        for agreement, day, version, minor in self._rows(
            "SELECT agreement, booked_day, booked_version, sum(booked) FROM sums WHERE booked != 0 GROUP BY ALL"
        ):
            sums.due_then[agreement, day_numbered(day), version] += int(minor)
        for agreement, day, version, minor in self._rows(
            "SELECT agreement, now_day, if(is_drafted, '', version), sum(now) FROM sums"
            " WHERE version != '' GROUP BY ALL"
        ):
            sums.due_now[agreement, day_numbered(day), version] += int(minor)

    def _grouped(self, key: str) -> list[tuple[Any, ...]]:
        return self._rows(f"SELECT {key}, {_GROUPED} FROM sums GROUP BY 1")  # noqa: S608 - as above

    def _products(self) -> list[tuple[Any, ...]]:
        """Group by product: an order counts once for each product, whatever lines it has of it."""
        return self._rows(
            f"""
            WITH one AS (
                SELECT no, product, booked, engine, present, now, basis, basis_now, costed, margin,
                    booked_costed, now_costed
                FROM sums WHERE lines < 2
            ), many AS (
                SELECT no, product, sum(booked) AS booked, sum(engine) AS engine, sum(present) AS present,
                    sum(now) AS now, sum(basis) AS basis, sum(basis_now) AS basis_now,
                    count(margin) AS costed, coalesce(sum(margin), 0) AS margin,
                    coalesce(sum(booked) FILTER (WHERE margin IS NOT NULL), 0) AS booked_costed,
                    coalesce(sum(now) FILTER (WHERE margin IS NOT NULL), 0) AS now_costed
                FROM shared GROUP BY no, product
            )
            SELECT product, {_GROUPED} FROM (SELECT * FROM one UNION ALL SELECT * FROM many) GROUP BY product
            """  # noqa: S608 - as above
        )

    def _top(self) -> Iterator[Order]:
        rows = self._rows(
            f"SELECT conversion_id, external_id, kind, day, if(version = '', '', agreement), booked, now FROM sums"  # noqa: S608 - as above
            f" WHERE now != booked ORDER BY abs(now - booked) DESC, conversion_id DESC LIMIT {MOST_ORDERS}"
        )
        for conversion_id, external_id, kind, day, earner, booked, now in rows:
            yield Order(conversion_id, external_id, kind, day_numbered(day), earner, earner, booked, now)

    def sample(self, share: int) -> list[dict[str, Any]]:
        """Return about one of so many orders chosen by chance, with all that is known of them and what they pay."""
        rows = self._engine.execute(
            f"SELECT f.*, p.now, p.present, p.basis_now, p.now_day, p.is_drafted FROM f JOIN paid p USING (no)"  # noqa: S608 - a number of ours
            f" WHERE random() < 1.0 / {share}"
        )
        names = [described[0] for described in rows.description or ()]
        return [dict(zip(names, values, strict=True)) for values in rows.fetchall()]

    def lines_of(self, numbers: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        """Return the lines of the baskets of these orders, in their order."""
        wanted = ", ".join(map(str, numbers)) or "NULL"
        rows = self._engine.execute(f"SELECT * FROM s WHERE no IN ({wanted}) ORDER BY no, place")  # noqa: S608 - numbers of ours
        names = [described[0] for described in rows.description or ()]
        found: dict[int, list[dict[str, Any]]] = {}
        for values in rows.fetchall():
            told = dict(zip(names, values, strict=True))
            found.setdefault(told["no"], []).append(told)
        return found

    def _run(self, statement: str) -> None:
        self._engine.execute(statement)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self._engine.execute(statement).fetchall()


_SPREAD: Final = {"now": "whole_now", "present": "whole_present", "basis_now": "whole_basis"}


def _floor(name: str) -> str:
    whole = f"{_SPREAD[name]}::HUGEINT * weight"
    return f"({whole} // weights)::BIGINT AS floor_{name}, ({whole} % weights)::BIGINT AS rest_{name}"


def _rank(name: str) -> str:
    return (
        f"row_number() OVER (PARTITION BY no ORDER BY rest_{name} DESC, place) AS rank_{name},"
        f" {_SPREAD[name]} - sum(floor_{name}) OVER (PARTITION BY no) AS over_{name}"
    )


def _part(name: str) -> str:
    return f"(floor_{name} + if(rank_{name} <= over_{name}, 1, 0))::BIGINT AS {name}"


def _counted(figures: Iterable[Any]) -> Counter[str]:
    return Counter({name: int(minor or 0) for name, minor in zip(_NAMES, figures, strict=True)})
