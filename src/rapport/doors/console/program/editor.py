"""The form of terms: texts of its fields, the document they say, and each problem at the field that it is about."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from rapport.domain.terms import Problem, Terms, canonical

Texts = dict[str, str]
"""What stands in the fields, by field name; a rule's fields begin with `rule-<place>-`."""

MOST_RULES = 100
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_RULE_PATH = re.compile(r"rules\[(?P<place>[0-9]+)\](?:\.(?P<part>name|when|pay))?")
_BY_KIND = "hold.by_kind."
_PARTS = {"name": "name", "when": "kind", "pay": "amount", None: "name"}
_RULE_FIELDS = ("name", "kind", "way", "amount", "hold")

_FIELDS = {
    "basis.tax": "tax",
    "basis.shipping": "shipping",
    "basis.discount": "discount",
    "attribution.click_window_days": "window",
    "attribution.repeat_purchases": "repeat",
    "attribution.coupon": "coupon",
    "hold.days": "hold",
    "reversal.window_days": "reversal",
    "payout.threshold": "threshold",
    "payout.calendar": "calendar",
    "payout.day": "day",
    "notice.days": "notice",
}
"""The field of each place of a document that stands once."""

_NUMBERS = frozenset({"window", "hold", "reversal", "day", "notice"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as it is drawn."""

    name: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class RuleCells:
    """The fields of one rule, and where it stands."""

    place: int
    cells: dict[str, Cell]
    is_first: bool
    is_last: bool

    @property
    def number(self) -> int:
        """Return its number as people count."""
        return self.place + 1


@dataclass(frozen=True, slots=True)
class Editor:
    """The whole form as it is drawn: rules, other fields, and what is wrong but belongs to no field."""

    rules: tuple[RuleCells, ...]
    cells: dict[str, Cell]
    general: tuple[str, ...]


def texts_of(terms: Terms) -> Texts:
    """Return terms as the texts of the form."""
    document: Any = canonical(terms)
    texts = {field: _text(_at(document, path)) for path, field in _FIELDS.items()}
    for place, rule in enumerate(document["rules"]):
        way, amount = next(iter(rule["pay"].items()))
        kind = rule["when"]["kind"]
        held = document["hold"]["by_kind"].get(kind, "")
        values = (rule["name"], kind, way, amount, str(held))
        texts |= {_name(place, field): value for field, value in zip(_RULE_FIELDS, values, strict=True)}
    return texts


def document_of(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the document that the texts say; whether it can be used is for `parse`."""
    document: dict[str, Any] = {"language": 1, "rules": [_rule(texts, place) for place in _places(texts)]}
    for path, field in _FIELDS.items():
        section, name = path.split(".")
        document.setdefault(section, {})[name] = _value(texts.get(field, ""), field)
    document["hold"]["by_kind"] = {
        texts[_name(place, "kind")]: _number(held)
        for place in _places(texts)
        if (held := texts.get(_name(place, "hold"), "").strip()) and texts[_name(place, "kind")]
    }
    return document


def changed(texts: Mapping[str, str], *, do: str) -> Texts:
    """Return the texts with a rule added, taken away or moved: `add`, `remove-0`, `up-1`, `down-0`."""
    rules = [[texts.get(_name(place, field), "") for field in _RULE_FIELDS] for place in _places(texts)]
    verb, _dash, where = do.partition("-")
    place = int(where) if where.isdecimal() and len(where) < len(str(MOST_RULES)) + 1 else -1
    if verb == "add" and len(rules) < MOST_RULES:
        rules.append(["", "", "percent", "", ""])
    elif verb == "remove" and 0 <= place < len(rules):
        del rules[place]
    elif verb in {"up", "down"}:
        other = place - 1 if verb == "up" else place + 1
        if min(place, other) >= 0 and max(place, other) < len(rules):
            rules[place], rules[other] = rules[other], rules[place]
    kept = {name: value for name, value in texts.items() if not name.startswith("rule-")}
    return kept | {
        _name(row, field): value
        for row, rule in enumerate(rules)
        for field, value in zip(_RULE_FIELDS, rule, strict=True)
    }


def editor_of(texts: Mapping[str, str], problems: tuple[Problem, ...] = ()) -> Editor:
    """Return the form to draw."""
    errors: dict[str, str] = {}
    general = []
    for problem in problems:
        field = _field_of(problem.path, texts)
        if field:
            errors.setdefault(field, problem.sentence)
        else:
            general.append(f"{problem.path}: {problem.sentence}" if problem.path else problem.sentence)
    places = list(_places(texts))
    if not places and not general:
        general.append(_("Add a rule: terms without one pay nothing."))

    def cell(name: str) -> Cell:
        return Cell(name, texts.get(name, ""), errors.get(name, ""))

    rules = tuple(
        RuleCells(
            place,
            {field: cell(_name(place, field)) for field in _RULE_FIELDS},
            is_first=place == 0,
            is_last=place == places[-1],
        )
        for place in places
    )
    return Editor(rules, {field: cell(field) for field in _FIELDS.values()}, tuple(general))


def _places(texts: Mapping[str, str]) -> Iterator[int]:
    for place in count():
        if place >= MOST_RULES or _name(place, "kind") not in texts:
            return
        yield place


def _rule(texts: Mapping[str, str], place: int) -> dict[str, Any]:
    way = "flat" if texts.get(_name(place, "way")) == "flat" else "percent"
    kind = texts[_name(place, "kind")].strip()
    return {
        "name": texts.get(_name(place, "name"), "").strip() or kind,
        "when": {"kind": kind},
        "pay": {way: texts.get(_name(place, "amount"), "").strip()},
    }


def _field_of(path: str, texts: Mapping[str, str]) -> str:
    if path in _FIELDS:
        return _FIELDS[path]
    if path.startswith(_BY_KIND):
        kind = path.removeprefix(_BY_KIND)
        places = (place for place in _places(texts) if texts[_name(place, "kind")] == kind)
        return next((_name(place, "hold") for place in places), "")
    match = _RULE_PATH.match(path)
    return _name(int(match["place"]), _PARTS[match["part"]]) if match else ""


def _name(place: int, field: str) -> str:
    return f"rule-{place}-{field}"


def _at(document: Any, path: str) -> object:  # noqa: ANN401 - a document as JSON has it: any depth, any type
    section, name = path.split(".")
    return document[section][name]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)


def _value(text: str, field: str) -> object:
    if field == "repeat":
        return bool(text)
    return _number(text) if field in _NUMBERS else text.strip()


def _number(text: str) -> int | str:
    """Return a whole number where one was written, else the text itself for the sentence that refuses it."""
    given = text.strip()
    return int(given) if _WHOLE.fullmatch(given) else given
