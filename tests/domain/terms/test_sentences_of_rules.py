"""Every condition, bound and policy in the words that a partner reads."""

from datetime import date
from typing import Any

import pytest

from rapport.domain.terms import rule_words, sentences
from tests.make.judging import make_terms


def said(when: dict[str, Any] | None = None, /, **more: Any) -> str:  # noqa: ANN401 - any part of a rule
    """Return the sentence of a rule; nothing where it asks for nothing."""
    document = {"name": "r", "when": {"kind": "sale", **(when or {})}, "pay": {"percent": "12"}, **more}
    terms = make_terms(rules=[document])
    return rule_words(terms.rules[0], terms)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"product": ["A-1"]}, "for the products A-1"),
        ({"category": ["Shoes", "Boots", "Hats"]}, "for products of the categories Shoes, Boots or Hats"),
        ({"brand": ["Acme"]}, "for products of the brands Acme"),
        ({"price": {"from": "10"}}, "with a price of at least 10.00 EUR a piece"),
        ({"price": {"below": "10"}}, "with a price of less than 10.00 EUR a piece"),
        ({"amount": {"from": "10", "below": "20"}}, "for orders of at least 10.00 EUR and less than 20.00 EUR"),
        ({"quantity": {"from": 3}}, "with at least 3 pieces"),
        ({"customer": "new"}, "by new customers"),
        ({"customer": "returning"}, "by customers who bought before"),
        ({"country": ["DE", "AT"]}, "from the countries DE or AT"),
        (
            {"device": ["phone", "tablet", "desktop", "other"]},
            "clicked on a phone, a tablet, a computer or another device",
        ),
        ({"coupon": "with"}, "with a code of yours"),
        ({"coupon": "without"}, "without a code of yours"),
        ({"coupon_code": ["ANNA10"]}, "with the codes ANNA10"),
        ({"segment": ["blogger", "coupon"]}, "brought by bloggers or coupon sites"),
        ({"placement": ["sidebar"]}, "through the placements sidebar"),
        ({"channel": ["mail"]}, "through the channels mail"),
        ({"weekday": ["saturday", "sunday"]}, "ordered on Saturday or Sunday"),
        ({"hour": {"from": 18}}, "ordered between 18:00 and 24:00"),
        ({"hour": {"below": 6}}, "ordered between 0:00 and 6:00"),
        ({"from": "2026-11-27"}, "from 2026-11-27 on"),
        ({"until": date(2026, 11, 30)}, "until 2026-11-30"),
        ({"from": "2026-11-27", "until": "2026-11-30"}, "from 2026-11-27 until 2026-11-30"),
    ],
)
def test_each_condition_is_said_in_words(when: dict[str, Any], words: str) -> None:
    assert said(when) == f"12 % of every sale, {words}."


def test_pay_and_bounds_are_said_in_words() -> None:
    assert said() == ""
    assert said(at_most="5", at_least="1") == (
        "12 % of every sale, at least 1.00 EUR an order, at most 5.00 EUR an order."
    )
    assert said(pay={"per_unit": "1.5"}, at_most="5") == (
        "1.50 EUR for every piece of a sale, at most 5.00 EUR an order."
    )
    assert said(pay={"margin_percent": "25"}, at_most="5") == (
        "25 % of our margin on every sale, at most 5.00 EUR an order."
    )
    assert said(pay={"flat": "2"}, at_most="1") == "2.00 EUR for every sale, at most 1.00 EUR an order."


@pytest.mark.parametrize(
    ("recurring", "words"),
    [
        ({}, "for as long as the customer pays"),
        ({"months": 1}, "for 1 month after the first order"),
        ({"months": 12, "times": 3}, "for 12 months after the first order, 3 times a customer"),
        ({"times": 1}, "1 time a customer"),
    ],
)
def test_how_long_repeated_payments_earn_is_said_in_words(recurring: dict[str, int], words: str) -> None:
    rule = {"name": "r", "when": {"kind": "rebill"}, "pay": {"percent": "5"}, "recurring": recurring}
    terms = make_terms(rules=[rule])
    assert sentences(terms)[1] == f"5 % of every rebill, {words}."


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("first", "For each part of an order the first of these that fits counts."),
        ("best", "For each part of an order the one that pays you most counts."),
        ("all", "Everything of this that fits an order is added up."),
    ],
)
def test_which_of_several_rules_counts_is_said_in_words(choice: str, words: str) -> None:
    rules = [
        {"name": "a", "when": {"kind": "sale", "country": ["DE"]}, "pay": {"percent": "5"}},
        {"name": "b", "when": {"kind": "sale"}, "pay": {"percent": "2"}},
    ]
    assert sentences(make_terms(rules=rules, choice=choice))[3] == words


def test_who_earns_is_said_in_words() -> None:
    policy = {
        "click_window_days": "lifetime",
        "touch": "first",
        "view_window_days": 1,
        "segments_first": ["blogger", "influencer"],
        "stand_down": {"minutes": 30, "segments": ["coupon", "loyalty"]},
        "coupon": "after_click",
    }
    told = sentences(make_terms(attribution=policy))
    assert told[0] == "You earn 12 % of every sale, without an end after the click, repeat purchases not included."
    assert told[2:7] == [
        "The first partner whose link the customer followed earns.",
        "Where nobody's link was followed, the partner whose creative was seen earns, for 1 day.",
        "Some partners go before all others, in this order: bloggers, influencers.",
        (
            "A click in the last 30 minutes before an order takes nothing from another partner's earlier click, where "
            "it comes from coupon sites or loyalty and cashback sites."
        ),
        "A customer who uses your coupon is yours, unless another partner's click earns.",
    ]
