"""The glossary is true: tables speak its words, and the words that it rules out are refused in names."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from tests.house.checks.words import BANNED, HAS_ANOTHER_MEANING

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\|\s*([^|]+?)\s*\|[^|]+\|\s*([^|]*?)\s*\|$", re.MULTILINE)


def _rows() -> list[tuple[list[str], list[str]]]:
    rows = [row for row in ROW.findall(GLOSSARY.read_text(encoding="utf-8")) if row[0] not in {"word", "---"}]
    return [(_words(ours), _words(theirs)) for ours, theirs in rows]


def _words(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(",") if word.strip()]


def _spoken(name: str) -> str:
    return " ".join(part.lower() for part in re.findall(r"[A-Z][a-z]+", name))


def _models() -> list[str]:
    configs = [config for config in apps.get_app_configs() if config.name.startswith("rapport.apps.")]
    return sorted(model.__name__ for config in configs for model in config.get_models())


@pytest.mark.parametrize("model", _models())
def test_every_table_is_named_by_a_word_of_the_glossary(model: str) -> None:
    ours = {word for words, _theirs in _rows() for word in words}
    assert any(word in _spoken(model) for word in ours), f"{model}: its word is missing in docs/glossary.md"


def test_no_word_stands_for_two_things() -> None:
    ours = [word for words, _theirs in _rows() for word in words]
    assert len(ours) == len(set(ours))


def test_what_one_row_rules_out_is_not_what_another_row_means() -> None:
    ours = {word for words, _theirs in _rows() for word in words}
    theirs = {word for _ours, words in _rows() for word in words}
    assert not ours & theirs


def test_the_words_refused_in_names_lead_to_words_of_the_glossary() -> None:
    ours = {word for words, _theirs in _rows() for word in words}
    assert set(BANNED.values()) - {"case"} <= ours, "a case comes with disputes; its word is kept free until then"


def test_every_word_that_the_glossary_rules_out_is_refused_in_names_or_has_another_meaning() -> None:
    theirs = {word for _ours, words in _rows() for word in words}
    assert theirs <= BANNED.keys() | HAS_ANOTHER_MEANING.keys()
