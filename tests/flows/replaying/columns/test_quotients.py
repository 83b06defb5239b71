"""Quotients as expressions: whatever is put together comes to the exact number, rounded once."""

from fractions import Fraction

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.money import round_half_up
from rapport.flows.replaying.columns.quotients import Quotient, extreme, minus, number, plus, times
from rapport.flows.replaying.columns.quotients import given as where

wholes = some.integers(0, 10**6)
unders = some.integers(1, 10**4)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@given(wholes, unders, wholes, unders, some.fractions(0, 100, max_denominator=10_000))
def test_every_expression_is_exact(
    engine: duckdb.DuckDBPyConnection, a: int, b: int, c: int, d: int, rate: Fraction
) -> None:
    left, right = Quotient("a::HUGEINT", 1, ("b",)), Quotient("c::HUGEINT", 1, ("d",))
    one, other = Fraction(a, b), Fraction(c, d)
    expected = {
        plus(left, right): one + other,
        times(left, number(rate)): one * rate,
        plus(times(left, number(rate)), left, right): one * rate + one + other,
        extreme("least", left, number(rate)): min(one, rate),
        extreme("greatest", minus(left, right), number(0)): max(one - other, Fraction(0)),
        plus(where("a > c", left), where("a <= c", right)): one if a > c else other,
    }
    cells = ", ".join(quotient.rounded() for quotient in expected)
    (found,) = engine.execute(f"SELECT {cells} FROM (SELECT {a} AS a, {b} AS b, {c} AS c, {d} AS d)").fetchall()  # noqa: S608 - numbers of the test
    assert list(found) == [round_half_up(exact) for exact in expected.values()]
