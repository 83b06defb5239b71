"""The form of terms says what the document says, both ways, and puts each problem at its field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.domain.terms import Problems, Terms, canonical, parse, presets
from rapport.doors.console.program.editor import MOST_RULES, changed, document_of, editor_of, texts_of


def terms_of(document: object, currency: str = "EUR") -> Terms:
    terms = parse(document, currency=currency)
    assert isinstance(terms, Terms)
    return terms


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.key)
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_every_preset_goes_through_the_form_unchanged(preset: object, currency: str) -> None:
    terms = terms_of(preset.document, currency)  # type: ignore[attr-defined]  # parametrised over presets
    assert terms_of(document_of(texts_of(terms), beside=canonical(terms)), currency) == terms


def test_a_hold_of_its_own_stands_at_the_rule_of_its_kind() -> None:
    texts = texts_of(terms_of(presets()[2].document))
    assert (texts["rule-0-kind"], texts["rule-0-hold"]) == ("lead", "10")
    assert (texts["rule-1-kind"], texts["rule-1-hold"]) == ("sale", "")


def test_rules_are_added_moved_and_taken_away() -> None:
    texts = texts_of(terms_of(presets()[2].document))
    swapped = changed(texts, do="up-1")
    assert [swapped["rule-0-kind"], swapped["rule-1-kind"]] == ["sale", "lead"]
    assert changed(swapped, do="down-0") == texts
    added = changed(texts, do="add")
    assert added["rule-2-kind"] == ""
    assert changed(added, do="remove-2") == texts
    assert changed(changed(texts, do="remove-0"), do="remove-0").get("rule-0-kind") is None


@pytest.mark.parametrize("do", ["up-0", "down-1", "remove-2", "remove-", "remove-x", "up--1", f"down-{10**9}", "sing"])
def test_a_wish_that_makes_no_sense_changes_nothing(do: str) -> None:
    texts = texts_of(terms_of(presets()[2].document))
    assert changed(texts, do=do) == texts


def test_there_is_an_end_to_adding() -> None:
    texts: dict[str, str] = {}
    for _time in range(MOST_RULES + 5):
        texts = changed(texts, do="add")
    assert len(editor_of(texts).rules) == MOST_RULES


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule-0-kind", "Not a kind"),
        ("rule-0-name", "Not a name"),
        ("rule-0-amount", "101"),
        ("rule-0-amount", "-1"),
        ("rule-0-amount", ""),
        ("rule-0-hold", "soon"),
        ("window", "0"),
        ("window", "1.5"),
        ("window", ""),
        ("hold", "366"),
        ("reversal", "-1"),
        ("day", "29"),
        ("threshold", "1.005"),
        ("threshold", "many"),
        ("notice", "9" * 40),
        ("calendar", "daily"),
        ("coupon", "wizard"),
        ("tax", ""),
    ],
)
def test_each_problem_stands_at_the_field_that_it_is_about(field: str, value: str) -> None:
    texts = texts_of(terms_of(presets()[0].document)) | {field: value}
    problems = parse(document_of(texts), currency="EUR")
    assert isinstance(problems, Problems)
    editor = editor_of(texts, problems.items)
    cells = [*editor.cells.values(), *editor.rules[0].cells.values()]
    assert [(cell.name, cell.value) for cell in cells if cell.error] == [(field, value)]
    assert editor.general == ()


def test_a_rule_that_is_never_reached_is_said_at_its_kind() -> None:
    texts = changed(texts_of(terms_of(presets()[0].document)), do="add")
    texts |= {"rule-1-kind": "sale", "rule-1-name": "more", "rule-1-amount": "5"}
    problems = parse(document_of(texts), currency="EUR")
    assert isinstance(problems, Problems)
    assert "never reached" in editor_of(texts, problems.items).rules[1].cells["kind"].error


def test_without_a_rule_the_form_asks_for_one() -> None:
    texts = changed(texts_of(terms_of(presets()[0].document)), do="remove-0")
    problems = parse(document_of(texts), currency="EUR")
    assert isinstance(problems, Problems)
    assert len(editor_of(texts, problems.items).general) == 1
    assert "Add a rule" in editor_of(texts).general[0]


FIELDS = st.sampled_from(
    [
        *(f"rule-{place}-{field}" for place in (0, 1, 7) for field in ("name", "kind", "way", "amount", "hold")),
        *("window", "repeat", "coupon", "hold", "reversal", "threshold", "calendar", "day", "notice", "tax", "csrf"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(FIELDS, st.text(max_size=12) | st.sampled_from(["sale", "12", "percent", "flat", "yes"])))
def test_whatever_is_posted_gives_terms_or_a_form_that_shows_every_problem(texts: dict[str, str]) -> None:
    read = parse(document_of(texts), currency="EUR")
    if isinstance(read, Problems):
        editor = editor_of(texts, read.items)
        cells = [*editor.cells.values(), *(cell for rule in editor.rules for cell in rule.cells.values())]
        assert editor.general or any(cell.error for cell in cells)
