"""Add up the orders that were paid: to few cells first, and these by month, partner, product and day."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rapport.flows.replaying.adding import MOST_ORDERS, Sums
from rapport.flows.replaying.columns.asking import Asking
from rapport.flows.replaying.columns.conditions import text
from rapport.flows.replaying.columns.facts import day_numbered, number_of
from rapport.flows.replaying.result import Order

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


class Summing:
    """Adds up what `Execution` left in its tables."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def add_to(self, sums: Sums) -> None:
        """Add everything up: to few cells first, and these by month, partner and day."""
        self._ask.run(
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
        ((unlike, changed),) = self._ask.rows("SELECT coalesce(sum(unlike), 0), coalesce(sum(changed), 0) FROM cells")
        sums.unlike_books += int(unlike)
        sums.changed += int(changed)
        for order in self._top():
            sums.list_order(order)

    def _add_due(self, sums: Sums) -> None:
        self._note_paydays(sums)
        for due, side in ((sums.due_then, "booked"), (sums.due_now, "now")):
            days = f"SELECT {side}_day, sum({side}) FROM cells WHERE {side} != 0 GROUP BY 1"  # noqa: S608 - columns of ours
            for day, minor in self._ask.rows(days):
                due.payable[day_numbered(day)] += int(minor)
            paydays = (
                f"SELECT agreement, payday, {side}_version, sum({side}) FROM cells JOIN paydays"  # noqa: S608 - as above
                f" ON version = {side}_version AND day_payable = {side}_day WHERE {side} != 0 GROUP BY ALL"
            )
            for agreement, payday, version, minor in self._ask.rows(paydays):
                due.paydays[agreement, day_numbered(payday), version] += int(minor)

    def _note_paydays(self, sums: Sums) -> None:
        """Note on which day each version pays what becomes payable on a day: few of both, for all partners."""
        found = self._ask.rows(
            "SELECT DISTINCT booked_version, booked_day FROM cells"
            " UNION SELECT DISTINCT now_version, now_day FROM cells"
        )
        told = [
            f"({text(version)}, {day}, {number_of(sums.payday_of(version, day_numbered(day)))})"
            for version, day in found
        ]
        self._ask.run("CREATE TABLE paydays (version VARCHAR, day_payable BIGINT, payday BIGINT)")
        if told:
            self._ask.run(f"INSERT INTO paydays VALUES {', '.join(told)}")  # noqa: S608 - literals of ours

    def _grouped(self, key: str) -> list[tuple[Any, ...]]:
        return self._ask.rows(f"SELECT {key}, {_SUMS} FROM cells GROUP BY 1")  # noqa: S608 - as above

    def _products(self) -> list[tuple[Any, ...]]:
        """Group by product: an order counts once for each product, whatever lines it has of it."""
        return self._ask.rows(
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
        rows = self._ask.rows(
            f"SELECT no, kind, day, agreement, booked, now FROM paid WHERE now != booked"  # noqa: S608 - as above
            f" ORDER BY abs(now - booked) DESC, no DESC LIMIT {MOST_ORDERS}"
        )
        named = self._ask.named([no for no, *_ in rows])
        for no, kind, day, earner, booked, now in rows:
            who = named[no]
            yield Order(who["conversion_id"], who["external_id"], kind, day_numbered(day), earner, earner, booked, now)


def _counted(figures: Iterable[Any]) -> Counter[str]:
    return Counter({name: int(minor or 0) for name, minor in zip(_NAMES, figures, strict=True)})
