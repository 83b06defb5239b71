"""A statement adds up: opening + earned + adjusted - reversed - paid = closing, however the time is cut."""

from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.books import ROUTES, AccountKind
from rapport.domain.statement import OWED, Part, Sums, effect, sum_up

_ROUTES = sorted({route for routes in ROUTES.values() for route in routes})
_MOVES = some.lists(some.tuples(some.sampled_from(_ROUTES), some.integers(1, 900)), max_size=30)

Moves = list[tuple[tuple[AccountKind, AccountKind], int]]


def test_each_movement_belongs_to_one_figure_or_to_none() -> None:
    assert effect(AccountKind.ACCRUED, AccountKind.PAYABLE, 5) == (Part.EARNED, 5)
    assert effect(AccountKind.PAYABLE, AccountKind.ACCRUED, 5) == (Part.EARNED, -5)
    assert effect(AccountKind.PAYABLE, AccountKind.EXPENSE, 5) == (Part.REVERSED, -5)
    assert effect(AccountKind.RESERVED, AccountKind.PAID, 5) == (Part.PAID, -5)
    assert effect(AccountKind.PAID, AccountKind.RESERVED, 5) == (Part.PAID, 5)
    assert effect(AccountKind.ADJUSTMENT, AccountKind.PAYABLE, 5) == (Part.ADJUSTED, 5)
    assert effect(AccountKind.PAYABLE, AccountKind.WITHHELD_TAX, 5) == (Part.ADJUSTED, -5)
    assert effect(AccountKind.PAYABLE, AccountKind.RESERVED, 5) is None
    assert effect(AccountKind.FUNDING, AccountKind.TRANSIT, 5) is None


@given(before=_MOVES, during=_MOVES)
def test_what_a_statement_closes_with_is_the_balance_and_opens_the_next(before: Moves, during: Moves) -> None:
    first, whole = sums(0, before), sums(0, [*before, *during])
    second = sums(first.closing_minor, during)
    assert whole.closing_minor == balance([*before, *during]) == second.closing_minor
    assert whole.earned_minor == first.earned_minor + second.earned_minor
    assert whole.paid_minor == first.paid_minor + second.paid_minor


def sums(opening_minor: int, moves: Moves) -> Sums:
    found = (effect(source, destination, minor) for (source, destination), minor in moves)
    return sum_up(opening_minor, [one for one in found if one])


def balance(moves: Moves) -> int:
    return sum(minor * ((destination in OWED) - (source in OWED)) for (source, destination), minor in moves)
