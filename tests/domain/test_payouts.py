"""Who is paid, what one payout takes, and who may stand behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.books import AccountKind, Posting
from rapport.domain.payouts import (
    HOUR_MS,
    Due,
    NoSecondPerson,
    Obstacle,
    Reason,
    Verdict,
    no_second_person,
    reason_named,
    reserving,
    settling,
    taken,
    weigh,
)
from rapport.domain.tax import Lack

NOW = 1_000 * HOUR_MS
PAYABLE, RESERVED, PAID = AccountKind.PAYABLE, AccountKind.RESERVED, AccountKind.PAID


def due(minor: int = 5_000, **more: object) -> Due:
    known: dict[str, object] = {"payable_minor": minor, "threshold_minor": 2_500, "usable_from_ms": 0} | more
    return Due(**known)  # type: ignore[arg-type]  # each story names its own facts


@pytest.mark.parametrize(
    ("one", "verdict", "obstacles"),
    [
        (due(), Verdict.ELIGIBLE, ()),
        (due(2_500), Verdict.ELIGIBLE, ()),
        (due(2_499), Verdict.BELOW_THRESHOLD, ()),
        (due(2_499, ended=True), Verdict.ELIGIBLE, ()),
        (due(proposed=True), Verdict.HELD, (Obstacle.TERMS_NOT_ACCEPTED,)),
        (due(1), Verdict.BELOW_THRESHOLD, ()),
        (due(1, ended=True), Verdict.ELIGIBLE, ()),
        (due(0), Verdict.NOTHING, ()),
        (due(-1), Verdict.CARRIED, ()),
        (due(-1, usable_from_ms=None), Verdict.CARRIED, ()),
        (due(2_499, usable_from_ms=None), Verdict.BELOW_THRESHOLD, ()),
        (due(usable_from_ms=None), Verdict.NO_METHOD, ()),
        (due(usable_from_ms=NOW), Verdict.ELIGIBLE, ()),
        (due(usable_from_ms=NOW + 1), Verdict.HELD, (Obstacle.METHOD_CHANGED,)),
        (due(suspended=True), Verdict.HELD, (Obstacle.AGREEMENT_SUSPENDED,)),
        (due(lacks=(Lack.W9,), suspended=True), Verdict.HELD, (Obstacle.AGREEMENT_SUSPENDED, Lack.W9)),
        (due(10, lacks=(Lack.W9,)), Verdict.BELOW_THRESHOLD, ()),
        (due(10, ended=True, tax_minor=-9), Verdict.ELIGIBLE, ()),
        (due(10, ended=True, tax_minor=-10), Verdict.BELOW_THRESHOLD, ()),
        (
            due(usable_from_ms=NOW + 1, ended=True, ended_for_breach=True),
            Verdict.HELD,
            (Obstacle.METHOD_CHANGED, Obstacle.ENDED_FOR_BREACH),
        ),
    ],
)
def test_each_agreement_gets_its_verdict_with_every_reason(
    one: Due, verdict: Verdict, obstacles: tuple[Reason, ...]
) -> None:
    assert weigh(one, at_ms=NOW) == (verdict, obstacles)


def test_a_reason_is_found_by_the_name_that_a_verdict_keeps() -> None:
    reasons: list[Reason] = [*Obstacle, *Lack]
    assert [reason_named(one.value) for one in reasons] == reasons


def test_money_goes_into_a_payout_and_out_of_it_and_what_was_taken_back_goes_the_other_way() -> None:
    assert (reserving(300), settling(300)) == (Posting(PAYABLE, RESERVED, 300), Posting(RESERVED, PAID, 300))
    assert (reserving(-100), settling(-100)) == (Posting(RESERVED, PAYABLE, 100), Posting(PAID, RESERVED, 100))
    assert (reserving(0), settling(0)) == (None, None)


@given(nets=some.dictionaries(some.text(min_size=1, max_size=4), some.integers(-500, 500), max_size=9))
def test_a_payout_that_takes_everything_leaves_payable_at_zero(nets: dict[str, int]) -> None:
    postings = [posting for minor in taken(nets, most=9).values() if (posting := reserving(minor))]
    moved = sum(one.minor if one.source is PAYABLE else -one.minor for one in postings)
    assert moved == sum(nets.values())


@given(
    nets=some.dictionaries(some.text(min_size=1, max_size=4), some.integers(-500, 500), max_size=9),
    most=some.integers(0, 9),
)
def test_a_payout_with_little_room_never_leaves_a_debt_for_later(nets: dict[str, int], most: int) -> None:
    chosen = taken(nets, most=most)
    assert len(chosen) == min(most, len(nets))
    left = {name: minor for name, minor in nets.items() if name not in chosen}
    assert all(minor >= 0 for minor in left.values()) or all(minor < 0 for minor in chosen.values())


def test_neither_the_preparer_nor_who_changed_a_method_is_a_second_person() -> None:
    assert no_second_person(approver="a", preparer="a", changers=()) is NoSecondPerson.PREPARED_IT
    assert no_second_person(approver="b", preparer="a", changers={"b"}) is NoSecondPerson.CHANGED_A_METHOD
    assert no_second_person(approver="b", preparer="a", changers={"a"}) is None
