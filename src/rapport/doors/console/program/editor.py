"""The form of terms: texts of its fields, the document they say, and each problem at the field that it is about."""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from rapport.domain.terms import Problem, Terms, canonical
from rapport.doors.console.program.asking import BY_NAME, Texts, asked, told_parts, told_texts, words_of
from rapport.doors.console.program.cells import AskCells, Cell, Editor, RuleCells
from rapport.doors.console.program.numbers import number

MOST_RULES = 100
_RULE_PATH = re.compile(
    r"rules\[(?P<place>[0-9]+)\](?:\.(?P<part>[a-z_]+)(?:\.(?P<asks>[a-z_]+)(?:\[[0-9]+\]|\.(?P<bound>[a-z]+))?)?)?"
)
_BY_KIND = "hold.by_kind."
_PARTS = {"name": "name", "when": "kind", "pay": "amount", None: "name"}
_RULE_FIELDS = ("name", "kind", "way", "amount", "hold")
_WAYS = ("percent", "flat", "per_unit", "margin_percent")

_FIELDS = {
    "choice": "choice",
    "basis.tax": "tax",
    "basis.shipping": "shipping",
    "basis.discount": "discount",
    "attribution.click_window_days": "window",
    "attribution.repeat_purchases": "repeat",
    "attribution.coupon": "coupon",
    "attribution.touch": "touch",
    "attribution.view_window_days": "view",
    "attribution.segments_first": "segments",
    "attribution.stand_down.minutes": "stand-minutes",
    "attribution.stand_down.segments": "stand-segments",
    "hold.days": "hold",
    "reversal.window_days": "reversal",
    "payout.threshold": "threshold",
    "payout.calendar": "calendar",
    "payout.day": "day",
    "notice.days": "notice",
}
"""The field of each place of a document that stands once."""

_MAY_BE_LEFT_OUT = frozenset({"choice", "touch", "view", "segments", "stand-minutes", "stand-segments"})
_WORDS = frozenset({"segments", "stand-segments"})
_NUMBERS = frozenset({"window", "view", "stand-minutes", "hold", "reversal", "day", "notice"})
SECTIONS = frozenset({"language", "rules", *(path.partition(".")[0] for path in _FIELDS)})
"""The parts of a document that the form shows; it leaves all others as they are."""


def texts_of(terms: Terms) -> Texts:
    """Return terms as the texts of the form."""
    document: Any = canonical(terms)
    texts = {field: _text(_at(document, path)) for path, field in _FIELDS.items()}
    for place, rule in enumerate(document["rules"]):
        way, amount = next(iter(rule["pay"].items()))
        kind = rule["when"]["kind"]
        held = document["hold"]["by_kind"].get(kind, "")
        values = (rule["name"], kind, way, amount, str(held))
        told = dict(zip(_RULE_FIELDS, values, strict=True)) | told_texts(rule)
        texts |= {_name(place, field): value for field, value in told.items()}
    return texts


def document_of(texts: Mapping[str, str], *, beside: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the document that the texts say; whether it can be used is for `parse`.

    `beside` is a document whose sections the form does not show: they stay as they are.
    """
    kept = {name: section for name, section in (beside or {}).items() if name not in SECTIONS}
    document: dict[str, Any] = {"language": 1, "rules": [_rule(texts, place) for place in _places(texts)], **kept}
    for path, field in _FIELDS.items():
        if field not in _MAY_BE_LEFT_OUT or texts.get(field, "").strip(" ,"):
            _put(document, path, _value(texts.get(field, ""), field))
    document["hold"]["by_kind"] = {
        texts[_name(place, "kind")]: number(held)
        for place in _places(texts)
        if (held := texts.get(_name(place, "hold"), "").strip()) and texts[_name(place, "kind")]
    }
    return document


def changed(texts: Mapping[str, str], *, do: str) -> Texts:
    """Return the texts with a rule or a question changed.

    `add`, `remove-0`, `up-1`, `down-0`, `move-0-2` for rules; `ask-0` adds what `rule-0-ask` names, `drop-0-category`
    takes it away.
    """
    rules = [_texts_of_rule(texts, place) for place in _places(texts)]
    verb, _dash, where = do.partition("-")
    first, _dash, other = where.partition("-")
    place = _place(first, rules)
    if verb == "add" and len(rules) < MOST_RULES:
        rules.append(dict(zip(_RULE_FIELDS, ("", "", "percent", "", ""), strict=True)))
    elif place is not None:
        _change_rule(rules, verb, place, other)
    kept = {name: value for name, value in texts.items() if not name.startswith("rule-")}
    return kept | {_name(row, field): value for row, rule in enumerate(rules) for field, value in rule.items()}


def _change_rule(rules: list[Texts], verb: str, place: int, other: str) -> None:
    rule = rules[place]
    to = {"up": place - 1, "down": place + 1, "move": _place(other, rules)}.get(verb)
    ask = BY_NAME.get(rule.get("ask", "") if verb == "ask" else other)
    if verb == "remove" and not other:
        del rules[place]
    elif to is not None and 0 <= to < len(rules):
        rules.insert(to, rules.pop(place))
    elif verb == "ask" and ask:
        empty = ask.options[0][0] if ask.kind == "one" else ""
        rules[place] = {**dict.fromkeys(ask.fields, empty), **rule}
    elif verb == "drop" and ask:
        rules[place] = {field: value for field, value in rule.items() if field not in ask.fields}


def _place(text: str, rules: list[Texts]) -> int | None:
    short = text.isdecimal() and len(text) <= len(str(MOST_RULES))
    return int(text) if short and int(text) < len(rules) else None


def _texts_of_rule(texts: Mapping[str, str], place: int) -> Texts:
    """Return the texts of one rule by their fields; those that every rule has first."""
    before = _name(place, "")
    mine = {name.removeprefix(before): value for name, value in texts.items() if name.startswith(before)}
    return {field: mine.get(field, "") for field in _RULE_FIELDS} | mine


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

    def asks(place: int) -> Iterator[AskCells]:
        for ask in asked(_texts_of_rule(texts, place)):
            yield AskCells(ask, tuple(cell(_name(place, field)) for field in ask.fields))

    rules = tuple(
        RuleCells(
            place,
            {field: cell(_name(place, field)) for field in _RULE_FIELDS},
            tuple(asks(place)),
            is_first=place == 0,
            is_last=place == places[-1],
        )
        for place in places
    )
    return Editor(rules, {field.replace("-", "_"): cell(field) for field in _FIELDS.values()}, tuple(general))


def _places(texts: Mapping[str, str]) -> Iterator[int]:
    for place in count():
        if place >= MOST_RULES or _name(place, "kind") not in texts:
            return
        yield place


def _rule(texts: Mapping[str, str], place: int) -> dict[str, Any]:
    mine = _texts_of_rule(texts, place)
    way = mine["way"] if mine["way"] in _WAYS else "percent"
    kind = mine["kind"].strip()
    parts = told_parts(mine)
    rule = {
        "name": mine["name"].strip() or kind,
        "when": {"kind": kind, **parts["when"]},
        "pay": {way: mine["amount"].strip()},
        **parts[""],
    }
    return rule | {"recurring": parts["recurring"]} if "recurring" in parts else rule


def _field_of(path: str, texts: Mapping[str, str]) -> str:
    plain = re.sub(r"\[[0-9]+\]$", "", path)
    if plain in _FIELDS:
        return _FIELDS[plain]
    if path.startswith(_BY_KIND):
        kind = path.removeprefix(_BY_KIND)
        places = (place for place in _places(texts) if texts[_name(place, "kind")] == kind)
        return next((_name(place, "hold") for place in places), "")
    match = _RULE_PATH.match(path)
    return _rule_field(match) if match else ""


def _rule_field(match: re.Match[str]) -> str:
    """Return the field of a rule that a problem is about: what is asked at its own field, else the nearest."""
    place, part = int(match["place"]), match["part"]
    ask = BY_NAME.get(match["asks"] or part or "")
    if ask and part != "pay":
        bound = f"if-{ask.name}-{match['bound']}"
        return _name(place, bound if bound in ask.fields else ask.fields[0])
    return _name(place, _PARTS.get(part, "name"))


def _name(place: int, field: str) -> str:
    return f"rule-{place}-{field}"


def _at(document: Any, path: str) -> object:  # noqa: ANN401 - a document as JSON has it: any depth, any type
    """Return what stands at a place; nothing where the document leaves it out."""
    for name in path.split("."):
        document = document.get(name, "") if isinstance(document, dict) else ""
    return document


def _put(document: dict[str, Any], path: str, value: object) -> None:
    *sections, name = path.split(".")
    for section in sections:
        document = document.setdefault(section, {})
    document[name] = value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return ", ".join(value) if isinstance(value, list) else str(value)


def _value(text: str, field: str) -> object:
    if field == "repeat":
        return bool(text)
    if field in _WORDS:
        return words_of(text)
    return number(text) if field in _NUMBERS else text.strip()
