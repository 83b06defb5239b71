"""Turn what came through a door into a strict input, or into one sentence per field that says what to do."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError

from rapport.apps.record.errors import BadInput


class Input(BaseModel):
    """What an action takes: unknown fields are refused, white space around texts is dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


T = TypeVar("T", bound=Input)


def read_input(kind: type[T], given: Mapping[str, Any]) -> T:
    """Return the input, or raise `BadInput` with a sentence for every field that cannot be used."""
    unprintable = {name: _("Remove the invisible character.") for name, value in given.items() if _holds_nul(value)}
    if unprintable:
        raise BadInput(_("Some fields need another look."), fields=unprintable)
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        fields = sentences(error.errors(include_url=False))
        raise BadInput(_("Some fields need another look."), fields=fields) from error


def sentences(problems: Iterable[Any], *, skip: int = 0) -> dict[str, str]:
    """Return one sentence per field for the problems that pydantic found; `skip` leading parts of each path."""
    return {_path(problem["loc"][skip:]): _sentence(problem) for problem in problems}


def _holds_nul(value: object) -> bool:
    """Say whether a NUL character hides anywhere inside: PostgreSQL keeps none, so none may come in."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(_holds_nul(part) for part in value)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails carries a context of any shape
    """Say in plain words what is wrong; a validator of ours brings its own sentence."""
    context = problem.get("ctx", {})
    known = {
        "missing": _("Give a value."),
        "extra_forbidden": _("This field is not known. Remove it or check its spelling."),
        "string_type": _("Give a text in quotation marks."),
        "string_too_short": _("Give a value."),
        "string_too_long": _("Shorten this to %(most)s characters.") % {"most": context.get("max_length", "")},
        "bool_parsing": _("Give true or false."),
        "bool_type": _("Give true or false."),
        "int_parsing": _("Give a whole number."),
        "int_type": _("Give a whole number."),
        "int_from_float": _("Give a whole number."),
        "list_type": _("Give a list."),
        "too_long": _("Give at most %(most)s entries.") % {"most": context.get("max_length", "")},
        "enum": _("Choose one of: %(choices)s.") % {"choices": context.get("expected", "")},
        "literal_error": _("Choose one of: %(choices)s.") % {"choices": context.get("expected", "")},
        "greater_than_equal": _("Give at least %(least)s.") % {"least": context.get("ge", "")},
        "less_than_equal": _("Give at most %(most)s.") % {"most": context.get("le", "")},
        "string_pattern_mismatch": _("Use only the characters that are allowed here."),
        "datetime_from_date_parsing": _("Give a moment such as 2026-05-04T12:30:00Z."),
        "datetime_parsing": _("Give a moment such as 2026-05-04T12:30:00Z."),
        "datetime_type": _("Give a moment such as 2026-05-04T12:30:00Z."),
        "timezone_aware": _("Add the time zone, such as Z or +01:00."),
        "model_type": _("Give an object with named fields."),
        "dict_type": _("Give an object with named fields."),
    }
    if problem["type"] == "value_error":
        return str(context["error"])
    return known.get(problem["type"], _("This value cannot be used here."))
