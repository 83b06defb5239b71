"""From a document to terms, or to everything that is wrong with it; and back to its canonical form and digest."""

import hashlib
import json
from collections.abc import Callable
from typing import Final

from rapport.domain.terms.language import TERMS
from rapport.domain.terms.model import Calendar, Terms
from rapport.domain.terms.place import Place, Problems
from rapport.domain.terms.shapes import Schema
from rapport.domain.terms.speech import ENGLISH, Speech

_LAST_DAY: Final = {Calendar.WEEKLY: 7, Calendar.TWICE_MONTHLY: 14, Calendar.MONTHLY: 28}


def parse(document: object, *, currency: str, speech: Speech = ENGLISH) -> Terms | Problems:
    """Read a document (parsed YAML or JSON) in the program's currency; bad input is an answer, never an error."""
    place = Place(currency=currency, speech=speech)
    fields = TERMS.read(document, place)
    if fields is None or place.problems:
        return Problems(tuple(place.problems))
    terms = Terms(currency=currency, **fields)
    for check in _CHECKS:
        check(terms, place)
    return Problems(tuple(place.problems)) if place.problems else terms


def canonical(terms: Terms) -> dict[str, object]:
    """Return the one document of these terms: every default written out, every number in its shortest form."""
    return {field.name: field.shape.write(getattr(terms, field.key), terms.currency) for field in TERMS.fields}


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


def _names_are_used_once(terms: Terms, place: Place) -> None:
    names: set[str] = set()
    for index, rule in enumerate(terms.rules):
        if rule.name in names:
            place.inside("rules").item(index).inside("name").refuse(
                place.speech.gettext("Another rule is called “%(name)s” already. Give every rule its own name."),
                name=rule.name,
            )
        names.add(rule.name)


def _every_rule_is_reached(terms: Terms, place: Place) -> None:
    first: dict[str, str] = {}
    for index, rule in enumerate(terms.rules):
        kind = rule.when.kind
        if kind in first:
            place.inside("rules").item(index).inside("when").refuse(
                place.speech.gettext(
                    "This rule is never reached: the rule “%(first)s” before it takes every %(kind)s. "
                    "Remove one of the two, or change its kind."
                ),
                first=first[kind],
                kind=kind,
            )
        first.setdefault(kind, rule.name)


def _holds_name_paid_kinds(terms: Terms, place: Place) -> None:
    paid = {rule.when.kind for rule in terms.rules}
    for kind in terms.hold.by_kind:
        if kind not in paid:
            place.inside("hold").inside("by_kind").inside(kind).refuse(
                place.speech.gettext("No rule pays “%(kind)s”. Kinds that are paid: %(paid)s."),
                kind=kind,
                paid=", ".join(sorted(paid)),
            )


def _the_payout_day_exists(terms: Terms, place: Place) -> None:
    last = _LAST_DAY[terms.payout.calendar]
    if terms.payout.day > last:
        place.inside("payout").inside("day").refuse(
            place.speech.gettext("“%(day)s” does not fit a %(calendar)s calendar. Write a day from 1 to %(last)s."),
            day=terms.payout.day,
            calendar=terms.payout.calendar.value,
            last=last,
        )


_CHECKS: Final[tuple[Callable[[Terms, Place], None], ...]] = (
    _names_are_used_once,
    _every_rule_is_reached,
    _holds_name_paid_kinds,
    _the_payout_day_exists,
)
"""What can only be seen when the whole document is read."""
