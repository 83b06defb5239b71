"""From a document to terms, or to everything that is wrong with it; and back to its canonical form and digest."""

import hashlib
import json

from rapport.domain.terms.checks import CHECKS
from rapport.domain.terms.checks_periods import PERIOD_CHECKS
from rapport.domain.terms.language import TERMS
from rapport.domain.terms.model import Terms
from rapport.domain.terms.place import Place, Problems
from rapport.domain.terms.shapes import Schema
from rapport.domain.terms.speech import ENGLISH, Speech


def parse(document: object, *, currency: str, speech: Speech = ENGLISH) -> Terms | Problems:
    """Read a document (parsed YAML or JSON) in the program's currency; bad input is an answer, never an error."""
    place = Place(currency=currency, speech=speech)
    fields = TERMS.read(document, place)
    if fields is None or place.problems:
        return Problems(tuple(place.problems))
    terms = Terms(currency=currency, **fields)
    for check in (*CHECKS, *PERIOD_CHECKS):
        check(terms, place)
    return Problems(tuple(place.problems)) if place.problems else terms


def canonical(terms: Terms) -> dict[str, object]:
    """Return the one document of these terms: with every default that says something, numbers shortest."""
    return TERMS.write(terms, terms.currency)


def digest(terms: Terms) -> str:
    """Return the SHA-256 (hex) of the canonical document and its currency, as sorted JSON without spaces."""
    promised = {"currency": terms.currency, "terms": canonical(terms)}
    return hashlib.sha256(json.dumps(promised, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a document of terms.

    What depends on several fields or on the currency (names used once, the day of a calendar, decimals) is checked by
    `parse` alone.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Terms of a program",
        "description": "Everything that one version of a program's terms promises to its partners.",
    } | TERMS.schema()
