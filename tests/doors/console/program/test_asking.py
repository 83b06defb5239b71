"""What rules ask goes through the form and back unchanged, and each problem stands at the field that it is about."""

from typing import Any

import pytest

from rapport.apps.partners.models import Segment
from rapport.domain.terms import PartnerSegment, Problems, Terms, canonical, parse
from rapport.doors.console.program.asking import ASKS
from rapport.doors.console.program.editor import changed, document_of, editor_of, texts_of
from tests.make.richness import rich
from tests.make.stories import make_scenario

EVERYTHING: dict[str, Any] = {
    "language": 1,
    "choice": "best",
    "rules": [
        {
            "name": "shoes",
            "when": {
                "kind": "sale",
                "product": ["S-1", "S-2"],
                "category": ["Shoes"],
                "brand": ["Acme"],
                "price": {"from": "10.00", "below": "90.00"},
                "amount": {"below": "500.00"},
                "quantity": {"from": 2},
                "customer": "new",
                "country": ["DE", "AT"],
                "device": ["phone", "tablet"],
                "coupon": "with",
                "coupon_code": ["ANNA10"],
                "segment": ["blogger", "influencer"],
                "placement": ["sidebar"],
                "channel": ["mail"],
                "weekday": ["saturday", "sunday"],
                "hour": {"from": 6, "below": 22},
                "from": "2026-11-27",
                "until": "2026-11-30",
            },
            "pay": {"per_unit": "1.50"},
            "at_most": "50.00",
            "at_least": "2.00",
        },
        {"name": "rest", "when": {"kind": "sale"}, "pay": {"margin_percent": "25"}},
        {"name": "year", "when": {"kind": "rebill"}, "pay": {"percent": "5"}, "recurring": {"months": 12, "times": 3}},
        {"name": "ever", "when": {"kind": "rebill"}, "pay": {"percent": "1"}, "recurring": {}},
    ],
    "attribution": {
        "click_window_days": "lifetime",
        "view_window_days": 1,
        "touch": "first",
        "segments_first": ["blogger"],
        "stand_down": {"minutes": 30, "segments": ["coupon", "loyalty"]},
    },
}


ONE_RULE = {"language": 1, "rules": [{"name": "s", "when": {"kind": "sale"}, "pay": {"flat": "1"}}]}


def terms_of(document: object, currency: str = "EUR") -> Terms:
    terms = parse(document, currency=currency)
    assert isinstance(terms, Terms), terms
    return terms


def test_everything_that_a_document_may_say_goes_through_the_form_unchanged() -> None:
    terms = terms_of(EVERYTHING)
    assert terms_of(document_of(texts_of(terms))) == terms
    assert {ask.name for rule in editor_of(texts_of(terms)).rules for ask in [one.ask for one in rule.asks]} == {
        ask.name for ask in ASKS
    }


@pytest.mark.parametrize("seed", range(40))
def test_random_terms_go_through_the_form_unchanged(seed: int) -> None:
    scenario = rich(make_scenario(seed))
    for document in scenario.documents.values():
        terms = terms_of(document, scenario.currency)
        assert canonical(terms_of(document_of(texts_of(terms)), scenario.currency)) == canonical(terms)


def test_the_form_names_the_segments_that_partners_have() -> None:
    assert list(Segment.values) == [segment.value for segment in PartnerSegment]


def test_a_question_is_added_answered_and_taken_away() -> None:
    texts = texts_of(
        terms_of({"language": 1, "rules": [{"name": "s", "when": {"kind": "sale"}, "pay": {"flat": "1"}}]})
    )
    asked = changed(texts | {"rule-0-ask": "category"}, do="ask-0")
    assert asked["rule-0-if-category"] == ""
    assert "Write a list" in editor_of(asked, _problems(asked)).rules[0].asks[0].first.error
    answered = asked | {"rule-0-if-category": " Shoes , ,Boots "}
    assert terms_of(document_of(answered)).rules[0].when.category == ("Shoes", "Boots")
    assert "rule-0-if-category" not in changed(answered, do="drop-0-category")
    assert "category" not in dict(editor_of(answered).rules[0].asks_more)


def test_a_choice_begins_with_its_first_word_and_a_bound_with_two_empty_fields() -> None:
    texts = texts_of(
        terms_of({"language": 1, "rules": [{"name": "s", "when": {"kind": "sale"}, "pay": {"flat": "1"}}]})
    )
    assert changed(texts | {"rule-0-ask": "customer"}, do="ask-0")["rule-0-if-customer"] == "new"
    bounded = changed(texts | {"rule-0-ask": "amount"}, do="ask-0")
    assert (bounded["rule-0-if-amount-from"], bounded["rule-0-if-amount-below"]) == ("", "")
    assert editor_of(bounded, _problems(bounded)).rules[0].asks[0].first.error == "Write “from”, “below” or both."


@pytest.mark.parametrize("wish", ["everything", "", "kind"])
def test_a_question_that_there_is_not_changes_nothing(wish: str) -> None:
    texts = texts_of(terms_of(EVERYTHING)) | {"rule-0-ask": wish}
    assert changed(texts, do="ask-0") == texts
    assert changed(texts, do=f"drop-0-{wish}") == texts


def test_a_rule_is_moved_with_all_that_it_asks() -> None:
    texts = texts_of(terms_of(EVERYTHING))
    moved = changed(texts, do="move-0-2")
    assert [moved[f"rule-{place}-name"] for place in range(4)] == ["rest", "year", "shoes", "ever"]
    assert moved["rule-2-if-category"] == "Shoes"
    assert changed(moved, do="move-2-0") == texts
    assert changed(texts, do="move-0-9") == texts


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule-0-if-price-from", "a lot"),
        ("rule-0-if-price-below", "5"),
        ("rule-0-if-quantity-from", "two"),
        ("rule-0-if-country", "DE, Austria"),
        ("rule-0-if-segment", "bloger"),
        ("rule-0-if-from", "tomorrow"),
        ("rule-0-if-until", "2026-11-01"),
        ("rule-0-if-at_most", "1"),
        ("rule-2-if-months", "0"),
        ("view", "0"),
        ("segments", "nobody"),
        ("stand-minutes", "soon"),
        ("stand-segments", "nobody"),
        ("choice", "mine"),
        ("touch", "middle"),
    ],
)
def test_each_problem_stands_at_its_field(field: str, value: str) -> None:
    texts = texts_of(terms_of(EVERYTHING)) | {field: value}
    editor = editor_of(texts, _problems(texts))
    cells = [*editor.cells.values(), *(cell for rule in editor.rules for asks in rule.asks for cell in asks.cells)]
    assert [(cell.name, cell.value) for cell in cells if cell.error] == [(field, value)]


def test_a_stand_down_without_half_of_it_is_said_at_its_fields() -> None:
    texts = texts_of(terms_of(EVERYTHING)) | {"stand-segments": ""}
    assert editor_of(texts, _problems(texts)).cells["stand_segments"].error == "This field is missing."


def test_sections_that_the_form_does_not_show_stay_as_they_are() -> None:
    texts = texts_of(terms_of(EVERYTHING))
    beside = {"language": 1, "rules": [], "bonuses": [{"name": "x"}]}
    assert document_of(texts, beside=beside)["bonuses"] == [{"name": "x"}]
    assert len(document_of(texts, beside=beside)["rules"]) == 4


def _problems(texts: dict[str, str]) -> Any:  # noqa: ANN401 - a tuple of problems, for the form
    problems = parse(document_of(texts), currency="EUR")
    assert isinstance(problems, Problems)
    return problems.items
