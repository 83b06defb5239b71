"""Whatever partners read stands in every language, with the same figures in the same places."""

import re

import pytest

from tests.support.catalogue import LANGUAGES, READ_BY_PARTNERS, catalogue_of, compiled, read, texts

PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")


def said(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string or ""),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_that_partners_read_lacks_its_translation(language: str) -> None:
    catalogue = read(language)
    found = {(one.context or "", said(one.id)[0]): one for one in catalogue if one.id}
    wanted = {(context, text) for context, text, _many in texts()}
    assert len(wanted) > 1000, "the texts were found"
    hint = "run python -m tests.support.catalogue, translate what is empty, and run it again"
    assert set(found) == wanted, hint
    assert [one.id for one in found.values() if one.fuzzy or not all(said(one.string))] == [], hint


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_figures_of_its_text(language: str) -> None:
    for one in read(language):
        sources = said(one.id)
        for number, translated in enumerate(said(one.string)):
            like = {tuple(sorted(PLACE.findall(source))) for source in (sources[number], sources[-1])}
            assert not one.id or tuple(sorted(PLACE.findall(translated))) in like, sources[number]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_a_plural_has_both_forms(language: str) -> None:
    catalogue = read(language)
    counted = {one: many for _context, one, many in texts() if many}
    assert counted["day"] == "days"
    for one, many in counted.items():
        entry = catalogue.get(one)
        assert entry is not None
        assert said(entry.id) == (one, many)
        assert len(said(entry.string)) == catalogue.num_plurals, one


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_program_reads_is_made_of_what_people_edit(language: str) -> None:
    assert catalogue_of(language).with_suffix(".mo").read_bytes() == compiled(read(language))


def test_the_rooms_that_partners_read_exist() -> None:
    package = catalogue_of("de").parent.parent.parent.parent
    for pattern in READ_BY_PARTNERS:
        assert any(package.glob(pattern)), pattern
