"""Terms that contradict themselves are explained where they stand, before anybody sees them."""

from typing import Any

import pytest

from rapport.domain.terms import Problems, parse


def problems(*rules: dict[str, Any], **sections: object) -> dict[str, str]:
    document = {"language": 1, "rules": [{"name": f"r{place}", **rule} for place, rule in enumerate(rules)], **sections}
    read = parse(document, currency="EUR")
    return {one.path: one.sentence for one in read} if isinstance(read, Problems) else {}


def sale(pay: dict[str, str] | None = None, /, *, more: dict[str, Any] | None = None, **when: object) -> dict[str, Any]:
    return {"when": {"kind": "sale", **when}, "pay": pay or {"percent": "10"}, **(more or {})}


def _from(day: str, **when: Any) -> dict[str, Any]:  # noqa: ANN401 - any condition
    """Return a sale from a day on; the field's name is a word of Python's own."""
    rule = sale(**when)
    return rule | {"when": rule["when"] | {"from": day}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sale(), sale(category=["shoes"])),
        (sale(category=["shoes", "hats"]), sale(category=["Shoes"])),
        (sale(amount={"from": "10"}), sale(amount={"from": "10", "below": "20"})),
        (sale(amount={"below": "20"}), sale(amount={"below": "20"}, country=["DE"])),
        (sale(customer="new"), sale(customer="new", product=["a"])),
        (_from("2026-01-01"), _from("2026-01-01", weekday=["monday"])),
        (
            {"when": {"kind": "rebill"}, "pay": {"percent": "1"}, "recurring": {}},
            {"when": {"kind": "rebill"}, "pay": {"percent": "1"}, "recurring": {"months": 3}},
        ),
    ],
)
def test_a_rule_behind_one_that_takes_everything_is_refused(first: dict[str, Any], second: dict[str, Any]) -> None:
    found = problems(first, second)
    assert list(found) == ["rules[1].when"]
    assert "never reached" in found["rules[1].when"]
    assert not problems(second, first) or first["when"] == second["when"]
    assert not problems(first, second, choice="all")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (sale(category=["shoes"]), sale()),
        (sale(category=["shoes"]), sale(category=["shoes", "hats"])),
        (sale(category=["shoes"]), sale(brand=["acme"])),
        (sale(amount={"from": "11"}), sale(amount={"from": "10"})),
        (sale(amount={"below": "10"}), sale(amount={"below": "11"})),
        (sale(amount={"below": "10"}), sale(amount={"from": "5"})),
        (sale(customer="new"), sale(customer="returning")),
        (sale({"margin_percent": "30"}), sale()),
        (
            {"when": {"kind": "rebill"}, "pay": {"percent": "1"}},
            {"when": {"kind": "rebill"}, "pay": {"percent": "1"}, "recurring": {"months": 3}},
        ),
    ],
)
def test_a_rule_that_may_be_reached_is_not(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert not problems(first, second)


def test_bounds_that_nothing_fits_are_refused() -> None:
    found = problems(
        sale(amount={"from": "20", "below": "20"}),
        sale(price={}),
        _from("2026-02-01", until="2026-01-31"),
        choice="all",
    )
    assert list(found) == ["rules[0].when.amount.below", "rules[1].when.price", "rules[2].when.until"]
    assert found["rules[1].when.price"] == "Write “from”, “below” or both."


def test_the_most_is_not_less_than_the_least() -> None:
    assert list(problems(sale(more={"at_most": "1", "at_least": "2"}))) == ["rules[0].at_most"]
    assert not problems(sale(more={"at_most": "2", "at_least": "2"}))


def test_rules_that_meet_never_promise_more_than_everything() -> None:
    found = problems(sale({"percent": "60"}), sale({"percent": "40.5"}), choice="all")
    assert found == {
        "rules[1].pay": "Together with the rule “r0” this pays 100.5 percent of the basis, more than there is."
    }
    apart = (sale({"percent": "60"}, customer="new"), sale({"percent": "60"}, customer="returning"))
    assert not problems(*apart, choice="all")
    assert not problems(sale({"percent": "60"}, country=["DE"]), sale({"percent": "60"}, country=["AT"]), choice="all")
    lead = {"when": {"kind": "lead"}, "pay": {"percent": "60"}}
    assert not problems(sale({"percent": "60"}), lead, choice="all")


def test_only_a_rebill_recurs() -> None:
    assert list(problems(sale(more={"recurring": {"months": 3}}))) == ["rules[0].recurring"]


@pytest.mark.parametrize(
    ("when", "path"),
    [
        ({"product": [1001]}, "rules[0].when.product[0]"),
        ({"product": [" a"]}, "rules[0].when.product[0]"),
        ({"country": [False]}, "rules[0].when.country[0]"),
        ({"country": ["Germany"]}, "rules[0].when.country[0]"),
        ({"from": "27.11.2026"}, "rules[0].when.from"),
        ({"from": "2026-02-30"}, "rules[0].when.from"),
        ({"segment": ["bloger"]}, "rules[0].when.segment[0]"),
        ({"hour": {"from": 25}}, "rules[0].when.hour.from"),
    ],
)
def test_a_word_that_does_not_fit_is_refused_where_it_stands(when: dict[str, Any], path: str) -> None:
    assert list(problems(sale(**when))) == [path]
