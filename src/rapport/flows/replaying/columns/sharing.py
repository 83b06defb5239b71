"""Share whole numbers among the lines of baskets by the largest remainder, as statements.

Of two lines each knows the other's remainder; only longer baskets need to be ranked.
"""

from collections.abc import Sequence
from typing import Final

BY_LINES: Final = "lines"
_PAIR: Final = 2


def shared_lines(names: Sequence[str], *, wide: bool = True) -> str:
    """Return what selects the lines of baskets with these columns of table `paid` shared among them.

    Not `wide` counts in 63 bits instead of 127.
    """
    wholes = ", ".join(f"p.{name} AS whole_{name}" for name in names)
    rests = ", ".join(_floor(name) for name in names)
    ranks = ", ".join(_rank(name) for name in names)
    parts = ", ".join(_by_rank(name) for name in names)
    halves = ", ".join(_by_half(name) for name in names)
    columns = "no, product, margin, leads, leads_cost, booked, engine, basis"
    said = f"""
        WITH told AS (
            SELECT s.*, p.lines, {wholes} FROM s JOIN (SELECT * FROM paid WHERE lines > 1) p USING (no)
        ), floors AS (
            SELECT *, {rests} FROM told
        ), ranked AS (
            SELECT *, {ranks} FROM floors WHERE lines > {_PAIR}
        )
        SELECT {columns}, {halves} FROM floors WHERE lines = {_PAIR}
        UNION ALL SELECT {columns}, {parts} FROM ranked
    """  # noqa: S608 - expressions of ours
    return said if wide else said.replace("::HUGEINT", "::BIGINT")


def _floor(name: str) -> str:
    whole = f"whole_{name}::HUGEINT * weight"
    return f"({whole} // weights)::BIGINT AS floor_{name}, ({whole} % weights)::BIGINT AS rest_{name}"


def _by_half(name: str) -> str:
    """Give what is left over to the larger remainder, which is more than half of the weights; else to the first."""
    rest = f"2 * rest_{name}"
    return f"floor_{name} + if({rest} > weights OR ({rest} = weights AND place = 0), 1, 0) AS {name}"


def _rank(name: str) -> str:
    return (
        f"row_number() OVER (PARTITION BY no ORDER BY rest_{name} DESC, place) AS rank_{name},"
        f" whole_{name} - sum(floor_{name}) OVER (PARTITION BY no) AS over_{name}"
    )


def _by_rank(name: str) -> str:
    return f"(floor_{name} + if(rank_{name} <= over_{name}, 1, 0))::BIGINT AS {name}"
