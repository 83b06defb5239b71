"""Tiers and bonuses in the language of terms: read, checked, written back, and said."""

from typing import Any

import pytest

from rapport.domain.terms import (
    Problems,
    Terms,
    canonical,
    digest,
    parse,
    promises_less_over_periods,
    schema,
    sentences,
)

SALE = {"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "10"}}
TIER = {
    "name": "volume",
    "rule": "sale",
    "by": "count",
    "steps": [{"from": 11, "percent": "12"}, {"from": 51, "percent": "15"}],
}
BONUS = {"name": "fifty", "kind": "milestone", "rule": "sale", "reach": 50, "amount": "100.00"}


def read(**sections: object) -> Terms | Problems:
    return parse({"language": 1, "rules": [SALE], **sections}, currency="EUR")


def good(**sections: object) -> Terms:
    found = read(**sections)
    assert isinstance(found, Terms), found
    return found


def problems(**sections: object) -> list[str]:
    found = read(**sections)
    assert isinstance(found, Problems)
    return [problem.path for problem in found]


def test_terms_without_them_stay_the_same_to_the_letter() -> None:
    terms = good()
    assert not {"tiers", "bonuses"} & canonical(terms).keys()
    assert not terms.counts_periods


def test_what_is_written_is_read_back_with_its_defaults() -> None:
    terms = good(tiers=[TIER], bonuses=[BONUS | {"over": "quarter", "segment": ["blogger"], "goal": "Go."}])
    written = canonical(terms)
    assert written["tiers"] == [{**TIER, "over": "month", "way": "marginal"}]
    assert parse(written, currency="EUR") == terms
    assert digest(good(tiers=[TIER])) != digest(good())


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"name": "sale"}, "tiers[0].name"),
        ({"rule": "lead"}, "tiers[0].rule"),
        ({"steps": [{"from": 11, "percent": "12"}, {"from": 11, "percent": "15"}]}, "tiers[0].steps[1].from"),
        ({"steps": [{"from": 11, "percent": "12"}, {"from": 12, "percent": "11"}]}, "tiers[0].steps[1]"),
        ({"steps": [{"from": 11, "flat": "12.00"}, {"from": 12, "flat": "11.00"}]}, "tiers[0].steps[1]"),
        ({"steps": [{"from": 11, "flat": "12.00"}, {"from": 12, "percent": "13"}]}, "tiers[0].steps[1]"),
        ({"steps": [{"from": 11, "flat": "12.00", "percent": "13"}]}, "tiers[0].steps[0]"),
        ({"steps": [{"from": 11}]}, "tiers[0].steps[0]"),
        ({"steps": [{"from": "11.00", "percent": "12"}]}, "tiers[0].steps[0].from"),
        ({"by": "value"}, "tiers[0].steps[0].from"),
        ({"steps": [{"from": 11, "percent": "101"}]}, "tiers[0].steps[0].percent"),
        ({"steps": [{"from": 0, "percent": "12"}]}, "tiers[0].steps[0].from"),
        ({"steps": [{"from": [1], "percent": "12"}]}, "tiers[0].steps[0].from"),
        ({"steps": []}, "tiers[0].steps"),
        ({"over": "week"}, "tiers[0].over"),
    ],
)
def test_a_tier_that_cannot_be_meant_is_told_at_its_field(changed: dict[str, Any], path: str) -> None:
    assert path in problems(tiers=[TIER | changed])


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"kind": "first_sale"}, "bonuses[0].reach"),
        ({"reach": 0}, "bonuses[0].reach"),
        ({"amount": "0.00"}, "bonuses[0].amount"),
        ({"kind": "challenge"}, "bonuses[0]"),
        ({"from": "2026-05-02", "until": "2026-05-01"}, "bonuses[0].until"),
        ({"name": "sale"}, "bonuses[0].name"),
    ],
)
def test_a_bonus_that_cannot_be_meant_is_told_at_its_field(changed: dict[str, Any], path: str) -> None:
    assert path in problems(bonuses=[BONUS | changed])


def test_a_milestone_says_what_must_be_reached_and_a_first_sale_comes_once() -> None:
    without = {name: told for name, told in BONUS.items() if name != "reach"}
    assert problems(bonuses=[without]) == ["bonuses[0].reach"]
    assert problems(bonuses=[without | {"kind": "first_sale", "over": "month"}]) == ["bonuses[0].over"]
    assert good(bonuses=[without | {"kind": "first_sale"}]).bonuses[0].threshold.number == 1


def test_they_are_said_in_plain_sentences() -> None:
    told = sentences(
        good(
            tiers=[
                TIER,
                TIER | {"name": "worth", "by": "value", "way": "whole", "over": "ever", "segment": ["blogger"],
                        "steps": [{"from": "5000.00", "flat": "8.00"}]},
            ],
            bonuses=[
                BONUS,
                BONUS | {"name": "rich", "reach": "900.00", "over": "year", "from": "2026-05-01"},
                BONUS | {"name": "soon", "until": "2026-05-31"},
                BONUS | {"name": "run", "kind": "challenge", "from": "2026-05-01", "until": "2026-05-31",
                         "goal": "Fill the shop."},
                {"name": "first", "kind": "first_sale", "rule": "sale", "amount": "5.00"},
            ],
        )
    )  # fmt: skip
    volume = "Tier “volume”, counted every month: 12 % from sale number 11 on; 15 % from sale number 51 on."
    worth = "Tier “worth”, counted from the beginning on (for bloggers): 8.00 EUR each from 5000.00 EUR on."
    assert told[1:8] == [
        f"{volume} A step pays from there on.",
        f"{worth} A step that is reached pays everything of the period.",
        "Bonus “fifty”: 100.00 EUR for sale number 50.",
        "Bonus “rich”: 100.00 EUR for 900.00 EUR of every sale together every year, from 2026-05-01 on.",
        "Bonus “soon”: 100.00 EUR for sale number 50, until 2026-05-31.",
        "Bonus “run”: 100.00 EUR for sale number 50, from 2026-05-01 until 2026-05-31. Fill the shop.",
        "Bonus “first”: 5.00 EUR once for your first one.",
    ]


def less(changed: dict[str, Any], *, of: dict[str, Any]) -> bool:
    """Whether terms with a changed tier or bonus promise less than those with it as it was."""
    section = "tiers" if "steps" in of else "bonuses"
    return promises_less_over_periods(good(**{section: [of]}), good(**{section: [of | changed]}))


SEASON = BONUS | {"segment": ["blogger"], "from": "2026-05-01", "until": "2026-05-31"}
FLAT = TIER | {"steps": [{"from": 11, "flat": "8.00"}]}


@pytest.mark.parametrize(
    ("of", "changed", "is_less"),
    [
        (TIER, {}, False),
        (TIER, {"name": "other"}, True),
        (TIER, {"way": "whole"}, False),
        (TIER | {"way": "whole"}, {"way": "marginal"}, True),
        (TIER, {"over": "year"}, True),
        (TIER, {"segment": ["blogger"]}, True),
        (TIER, {"steps": [{"from": 11, "percent": "12"}]}, True),
        (TIER, {"steps": [{"from": 11, "percent": "15"}]}, False),
        (TIER, {"steps": [{"from": 12, "percent": "15"}]}, True),
        (TIER, {"steps": [{"from": 11, "flat": "99.00"}]}, True),
        (FLAT, {"steps": [{"from": 11, "flat": "8.01"}]}, False),
        (FLAT, {"steps": [{"from": 11, "flat": "7.99"}]}, True),
        (BONUS, {"amount": "99.99"}, True),
        (BONUS, {"reach": 49}, False),
        (BONUS, {"reach": "49.00"}, True),
        (BONUS, {"over": "month"}, True),
        (BONUS, {"from": "2026-05-01"}, True),
        (BONUS, {"until": "2026-05-01"}, True),
        (SEASON, {"from": "2026-04-30", "until": "2026-06-01", "segment": ["blogger", "niche"]}, False),
        (SEASON, {"segment": ["niche"]}, True),
        (SEASON, {"from": "2026-05-02"}, True),
        (SEASON, {"until": "2026-05-30"}, True),
    ],
)
def test_what_is_not_plainly_as_good_is_less(of: dict[str, Any], changed: dict[str, Any], *, is_less: bool) -> None:
    assert less(changed, of=of) is is_less


CLICKS = {"name": "visit", "per_click": "0.035", "at_most_a_day": "20.00"}
VIEWS = {"name": "showing", "per_thousand": "1.2", "segment": ["blogger"]}


def test_pay_for_visits_is_read_written_and_said() -> None:
    terms = good(clicks=[CLICKS], views=[VIEWS])
    assert parse(canonical(terms), currency="EUR") == terms
    assert (canonical(terms)["clicks"], canonical(terms)["views"]) == ([CLICKS], [VIEWS])
    assert sentences(terms)[1:3] == [
        "0.035 EUR for every click of a person, at most 20.00 EUR a day.",
        "1.2 EUR for a thousand impressions that people see (for bloggers).",
    ]


@pytest.mark.parametrize("amount", ["0", "0.0000", "0.00001", "1,5", "-1", "1000000", 1])
def test_an_amount_for_a_visit_is_above_zero_with_four_decimals_at_most(amount: object) -> None:
    assert problems(clicks=[CLICKS | {"per_click": amount}]) == ["clicks[0].per_click"]


def test_pay_for_visits_has_a_name_of_its_own() -> None:
    assert problems(clicks=[CLICKS | {"name": "sale"}]) == ["clicks[0].name"]
    assert problems(clicks=[CLICKS], views=[VIEWS | {"name": "visit"}]) == ["views[0].name"]


@pytest.mark.parametrize(
    ("clicks", "is_less"),
    [
        ([CLICKS], False),
        ([CLICKS | {"per_click": "0.034"}], True),
        ([CLICKS | {"at_most_a_day": "19.99"}], True),
        ([{"name": "visit", "per_click": "0.035"}], False),
        ([CLICKS | {"segment": ["blogger"]}], True),
        ([CLICKS | {"name": "other"}], True),
    ],
)
def test_less_for_a_visit_is_less(clicks: list[dict[str, object]], *, is_less: bool) -> None:
    assert promises_less_over_periods(good(clicks=[CLICKS]), good(clicks=clicks)) is is_less
    uncapped = good(clicks=[{"name": "visit", "per_click": "0.035"}])
    assert promises_less_over_periods(uncapped, good(clicks=[CLICKS]))


def test_the_schema_describes_amounts_and_thresholds() -> None:
    told = str(schema())
    assert "per_click" in told
    assert "0,5" in told
