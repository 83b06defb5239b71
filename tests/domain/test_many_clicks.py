"""An order after very many clicks: only the last click that could earn is asked for, and fifty are explained."""

import pytest

from rapport.domain.judgement import Why
from rapport.domain.story import TouchMark
from tests.make.judging import ANNA, BEN, NOON, decide, make_click, make_sale


def test_the_latest_fifty_are_weighed_and_explained() -> None:
    clicks = [make_click(f"{number:03}", at_ms=NOON - 200 + number) for number in range(120)]
    decision = decide(make_sale(), *clicks)
    assert decision.credit
    assert decision.credit.touch_id == "119"
    assert [one.ref for one in decision.considered] == [f"{number:03}" for number in range(70, 120)]


def test_further_back_is_looked_until_one_could_earn() -> None:
    bots = [make_click(f"{number:03}", at_ms=NOON - 100 + number, marks=TouchMark.BOT) for number in range(80)]
    good = [make_click(name, of=BEN, at_ms=at_ms) for name, at_ms in (("older", NOON - 300), ("old", NOON - 200))]
    decision = decide(make_sale(), *bots, *good)
    assert decision.credit
    assert decision.credit.agreement_id == BEN
    assert [one.ref for one in decision.considered if one.why is Why.WON] == ["old"]
    assert "older" not in {one.ref for one in decision.considered}
    assert len(decision.considered) == 50


def test_what_the_order_names_is_always_answered() -> None:
    clicks = [make_click(f"{number:03}", at_ms=NOON - 200 + number) for number in range(120)]
    decision = decide(make_sale(click_ids=("000", "119")), *clicks)
    assert decision.considered[0].why is Why.NEWER_TOUCH_WON
    assert decision.considered[0].ref == "000"


@pytest.mark.parametrize("number", [49, 50, 51, 120])
def test_the_answer_is_that_of_the_last_click_alone(number: int) -> None:
    clicks = [make_click(f"{one:03}", of=(ANNA, BEN)[one % 2], at_ms=NOON - 200 + one) for one in range(number)]
    assert decide(make_sale(), *clicks).credit == decide(make_sale(), clicks[-1]).credit
