"""Terms as YAML: the same document, problems at their line, and no trick of YAML gets in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.domain.terms import Problems, Terms, canonical, parse, presets
from rapport.doors.console.program.yaml_text import NotYaml, Written, read_yaml, write_yaml


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.key)
def test_what_is_written_reads_as_the_same_terms(preset: object) -> None:
    terms = parse(preset.document, currency="EUR")  # type: ignore[attr-defined]  # parametrised over presets
    assert isinstance(terms, Terms)
    written = read_yaml(write_yaml(canonical(terms)))
    assert isinstance(written, Written)
    assert parse(written.document, currency="EUR") == terms


def test_every_place_has_its_line() -> None:
    text = "language: 1\nrules:\n- name: sale\n  when: {kind: sale}\n  pay:\n    percent: 12\nhold:\n  days: soon\n"
    written = read_yaml(text)
    assert isinstance(written, Written)
    problems = parse(written.document, currency="EUR")
    assert isinstance(problems, Problems)
    lines = {problem.path: written.line_of(problem.path) for problem in problems}
    assert lines == {"rules[0].pay.percent": 6, "hold.days": 8}
    assert written.line_of("rules[0].pay.flat") == 5
    assert written.line_of("rules[7].name") == 2
    assert written.line_of("payout") == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# nothing", 1),
        ("a: [", 1),
        ("a: 1\n\tb: 2", 2),
        ("a: 1\na: 2", 2),
        ("a: &x [1]\nb: *x", 1),
        ("a: 1\nb: !!bool maybe", 2),
        ("a: !!python/object/apply:os.system [id]", 1),
        ("a: !!timestamp soon", 1),
        ("a: 1\n---\nb: 2", 2),
        ("a: \x07", 1),
        ('a: "\\uD800"', 1),
        ("a: 2026-99-99", 1),
        ("[" * 5000, 1),
        ("a: " * 2 + "{" * 40, 1),
        ("a: 0x" + "f" * 20000, 1),
        ("a: " + "1" * 5000, 1),
        ("? [a, b]\n: 1", 1),
        ("x" * 200_000, 1),
        ("a: =", 1),
    ],
)
def test_what_is_no_plain_document_is_refused_with_its_line(text: str, line: int) -> None:
    refused = read_yaml(text)
    assert isinstance(refused, NotYaml)
    assert refused.sentence
    assert refused.line == line


def test_a_bomb_of_references_is_not_built() -> None:
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert isinstance(read_yaml(text), NotYaml)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="abc:-[]{}\"'!&*#?|> \n\t<=0x_.~%@`,", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = read_yaml(text)
    if isinstance(read, Written):
        parse(read.document, currency="EUR")
