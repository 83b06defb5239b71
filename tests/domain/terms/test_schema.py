"""The published JSON Schema says the same as the parser, for it comes from the same declarations."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.terms import Terms, parse, presets, schema
from tests.make.stories import make_scenario

Node = Mapping[str, Any]

TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
}


def fits(value: object, node: Node) -> bool:
    """Check a value by the keywords of JSON Schema that the schema of terms uses; any other is a mistake."""
    checks: dict[str, Callable[[Any], bool]] = {
        "type": lambda wanted: (
            isinstance(value, TYPES[wanted]) and (wanted == "boolean" or not isinstance(value, bool))
        ),
        "const": lambda wanted: value == wanted and type(value) is type(wanted),
        "enum": lambda words: value in words,
        "pattern": lambda pattern: isinstance(value, str) and re.search(pattern, value) is not None,
        "minimum": lambda least: isinstance(value, int) and value >= least,
        "maximum": lambda most: isinstance(value, int) and value <= most,
        "minItems": lambda least: isinstance(value, list) and len(value) >= least,
        "maxItems": lambda most: isinstance(value, list) and len(value) <= most,
        "items": lambda item: isinstance(value, list) and all(fits(one, item) for one in value),
        "required": lambda names: isinstance(value, dict) and all(name in value for name in names),
        "properties": lambda known: (
            isinstance(value, dict) and all(fits(value[name], node) for name, node in known.items() if name in value)
        ),
        "propertyNames": lambda name_node: isinstance(value, dict) and all(fits(name, name_node) for name in value),
        "additionalProperties": lambda other: (
            isinstance(value, dict)
            and all(
                other is not False and fits(value[name], other)
                for name in value
                if name not in node.get("properties", {})
            )
        ),
        "oneOf": lambda choices: sum(fits(value, choice) for choice in choices) == 1,
    }
    said = {"$schema", "title", "description", "examples", "default"}
    return all(checks[keyword](wanted) for keyword, wanted in node.items() if keyword not in said)


def nodes(node: Node) -> Iterator[Node]:
    """Go through the fields of a schema, at every depth."""
    for field in node.get("properties", {}).values():
        yield field
        yield from nodes(field)
    for inner in (node.get("items"), *node.get("oneOf", ())):
        if inner:
            yield from nodes(inner)


def test_every_preset_and_every_random_document_fits() -> None:
    for preset in presets():
        assert fits(preset.document, schema())
    for seed in range(50):
        for document in make_scenario(seed).documents.values():
            assert fits(document, schema())


def test_every_field_says_what_it_means_and_shows_examples_that_fit() -> None:
    fields = list(nodes(schema()))
    assert len(fields) > 20
    for field in fields:
        assert field["description"].endswith(".")
        assert field["examples"]
        assert all(fits(example, field) for example in field["examples"])
        assert "default" not in field or fits(field["default"], field)


WRONG: Any = some.sampled_from(
    [None, True, False, 0, -1, 1, 7, 366, 10**6, "", "0", "12", "-1", "101", "5.00", "Sale", "sale", "monthly", [], {}]
) | some.text(max_size=5)


@given(seed=some.integers(0, 200), where=some.randoms(use_true_random=False), wrong=WRONG)
def test_the_schema_refuses_what_the_parser_refuses_at_one_field(seed: int, where: Any, wrong: object) -> None:  # noqa: ANN401 - hypothesis' random
    """Change one field of a good document: both say yes, or both say no (but for what the parser alone can see)."""
    document = deepcopy(dict(next(iter(make_scenario(seed).documents.values()))))
    _change_somewhere(document, where, wrong)
    answer = parse(document, currency="CLF")  # four decimals, as many as the schema allows
    if isinstance(answer, Terms):
        assert fits(document, schema())
    elif fits(document, schema()):
        alone = ("Another rule", "This rule is never", "No rule pays", "does not fit a")
        assert all(any(words in problem.sentence for words in alone) for problem in answer)


def _change_somewhere(value: Any, where: Any, wrong: object) -> None:  # noqa: ANN401 - any JSON
    """Walk to a random place of a document and put something else there."""
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    place = where.choice(places)
    if isinstance(value[place], dict | list) and value[place] and where.random() < 0.8:
        _change_somewhere(value[place], where, wrong)
    else:
        value[place] = wrong


@pytest.mark.parametrize("extra", ["colour", "Rules", ""])
def test_unknown_fields_do_not_fit(extra: str) -> None:
    assert not fits(dict(presets()[0].document) | {extra: 1}, schema())
