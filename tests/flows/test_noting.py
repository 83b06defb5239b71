"""What terms ask for that no order told, and what they promise beyond what is left, is said before anybody sees it."""

from typing import Any

import pytest

from rapport.apps.programs.models import Program
from rapport.flows.noting import notes_of
from tests.make.road import make_program, report_sale
from tests.make.scenarios import parsed

pytestmark = pytest.mark.django_db


def noted(program: Program, pay: dict[str, str] | None = None, **when: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any condition
    rule = {"name": "r", "when": {"kind": "sale", **when}, "pay": pay or {"percent": "10"}}
    terms = parsed({"language": 1, "rules": [rule]}, "EUR")
    return [(note.path, note.sentence) for note in notes_of(program, terms)]


def sell(program: Program, number: int, **given: Any) -> None:  # noqa: ANN401 - any field of a report
    report_sale(program, external_id=str(number), total="100.00", **given)


def test_of_a_program_without_orders_nothing_is_said() -> None:
    assert noted(make_program(), category=["Shoes"], customer="new") == []


def test_a_word_that_no_order_told_is_named_with_the_one_that_was_probably_meant() -> None:
    program = make_program()
    sell(program, 1, lines=[{"product": "S-1", "category": "Shoes", "price": "100.00"}])
    assert noted(program, category=["shoes"]) == []
    assert noted(program, category=["Shoe"]) == [
        ("rules[0].when.category", "None of the latest orders (1) told “Shoe”. Did you mean “Shoes”?")
    ]
    assert noted(program, brand=["Acme"]) == [("rules[0].when.brand", "None of the latest orders (1) told “Acme”.")]


def test_what_orders_never_tell_is_said_where_it_is_asked() -> None:
    program = make_program()
    sell(program, 1)
    assert [path for path, _sentence in noted(program, country=["DE"], customer="new", price={"from": "1"})] == [
        "rules[0].when.price",
        "rules[0].when.country",
        "rules[0].when.customer",
    ]
    sell(program, 2, country="DE", customer_id="c-1", lines=[{"product": "S-1", "price": "100.00"}])
    assert noted(program, country=["DE"], customer="new", price={"from": "1"}) == []


def test_a_rate_above_what_is_left_after_the_cost_is_a_loss() -> None:
    program = make_program()
    for number in range(20):
        sell(program, number, lines=[{"product": "S-1", "category": "Shoes", "price": "100.00", "cost": "92.50"}])
    [(path, sentence)] = noted(program)
    assert path == "rules[0].pay"
    assert sentence == "This pays 10 %, and such lines had 7.5 % left after their cost: you would lose."
    assert noted(program, {"percent": "7.5"}) == []
    assert noted(program, {"margin_percent": "50"}) == []


def test_a_share_of_a_margin_that_nobody_told_is_said() -> None:
    program = make_program()
    sell(program, 1)
    assert [path for path, _sentence in noted(program, {"margin_percent": "50"})] == ["rules[0].pay"]
