"""The parts of a document of terms that hold other parts: sections with fields, lists, choices, values by kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Generic, TypeGuard, TypeVar

from rapport.domain.terms.place import Place, shown
from rapport.domain.terms.shapes import Name, Schema, Shape

T = TypeVar("T")

MISSING: Final = object()
"""What a document says about a field that it does not mention."""

ABSENT: Final = object()
"""The default of a field that may be left out and says nothing then: the canonical form leaves it out, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a section: its name in a document, what may stand there, and what it means.

    `default` is written as a document writes it; without one the field is required. Where it is `ABSENT` the value
    inside keeps the default of its own type, `unsaid`, and the canonical form does not mention it: so a document that
    was written before there was such a field stays the same, to the letter. `attribute` is the name of the value
    inside, where that differs.
    """

    name: str
    shape: Shape[Any]
    says: str
    examples: tuple[object, ...]
    default: object = MISSING
    attribute: str = ""
    unsaid: object = None

    @property
    def key(self) -> str:
        """Return the name of the value inside."""
        return self.attribute or self.name

    def is_said(self, section: Mapping[object, object]) -> bool:
        """Say whether there is anything to read: the field itself or its default."""
        return self.default is not ABSENT or self.name in section

    def is_written(self, value: object) -> bool:
        """Say whether the canonical form mentions a value of the field."""
        return self.default is not ABSENT or value != self.unsaid

    def read(self, section: Mapping[object, object], place: Place) -> object | None:
        """Read the field or its default."""
        value = section.get(self.name, self.default)
        if value is MISSING:
            place.refuse(place.speech.gettext("This field is missing."))
            return None
        return self.shape.read(value, place)

    def schema(self) -> Schema:
        """Describe the field, with its meaning, examples and default."""
        described = self.shape.schema() | {"description": self.says, "examples": list(self.examples)}
        return described if self.default in (MISSING, ABSENT) else described | {"default": self.default}


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A part of a document with named fields; a field that it does not know is refused, never passed over."""

    build: Callable[..., T]
    fields: tuple[Field, ...]

    def read(self, value: object, place: Place) -> T | None:
        """Read all fields, so that one reading finds all problems."""
        if not is_section(value, place):
            return None
        self._refuse_unknown(value, place)
        said = [field for field in self.fields if field.is_said(value)]
        values = {field.key: field.read(value, place.inside(field.name)) for field in said}
        return None if any(one is None for one in values.values()) else self.build(**values)

    def write(self, value: object, currency: str) -> dict[str, object]:
        """Return the section with every field written out but those that say nothing."""
        told = ((field, getattr(value, field.key)) for field in self.fields)
        return {field.name: field.shape.write(one, currency) for field, one in told if field.is_written(one)}

    def schema(self) -> Schema:
        """Describe the fields."""
        return {
            "type": "object",
            "properties": {field.name: field.schema() for field in self.fields},
            "required": [field.name for field in self.fields if field.default is MISSING],
            "additionalProperties": False,
        }

    def _refuse_unknown(self, section: Mapping[object, object], place: Place) -> None:
        known = [field.name for field in self.fields]
        for name in section:
            if name not in known:
                refuse_unknown(name, known, place)


@dataclass(frozen=True, slots=True)
class OneOf(Generic[T]):
    """A section that holds exactly one of several fields, each leading to a value of its own type."""

    choices: Mapping[str, Section[Any]]
    types: Mapping[type, str]

    def read(self, value: object, place: Place) -> T | None:
        """Read the one field that is there."""
        if not is_section(value, place):
            return None
        named = [name for name in self.choices if name in value]
        if len(named) != 1:
            place.refuse(
                place.speech.gettext("Write exactly one of these fields: %(names)s."), names=", ".join(self.choices)
            )
            return None
        found: T | None = self.choices[named[0]].read(value, place)
        return found

    def write(self, value: T, currency: str) -> object:
        """Return the section of the value's type."""
        return self.choices[self.types[type(value)]].write(value, currency)

    def schema(self) -> Schema:
        """Describe the choices."""
        return {"oneOf": [section.schema() for section in self.choices.values()]}


@dataclass(frozen=True, slots=True)
class Many(Generic[T]):
    """An ordered list of sections, at least one."""

    item: Shape[T]
    most: int

    def read(self, value: object, place: Place) -> tuple[T, ...] | None:
        """Read all items, so that one reading finds all problems."""
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= self.most:
            place.refuse(place.speech.gettext("Write a list of 1 to %(most)s items."), most=self.most)
            return None
        items = [self.item.read(item, place.item(index)) for index, item in enumerate(value)]
        whole = tuple(item for item in items if item is not None)
        return whole if len(whole) == len(items) else None

    def write(self, value: tuple[T, ...], currency: str) -> object:
        """Return the list in its order."""
        return [self.item.write(item, currency) for item in value]

    def schema(self) -> Schema:
        """Describe the list."""
        return {"type": "array", "items": self.item.schema(), "minItems": 1, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class ByKind(Generic[T]):
    """A value for some kinds of conversion."""

    shape: Shape[T]
    kind: Name

    def read(self, value: object, place: Place) -> Mapping[str, T] | None:
        """Read every kind and its value."""
        if not is_section(value, place):
            return None
        read = [
            (self.kind.read(kind, place), self.shape.read(item, place.inside(shown(kind))))
            for kind, item in value.items()
        ]
        whole = {kind: item for kind, item in read if kind is not None and item is not None}
        return whole if len(whole) == len(read) else None

    def write(self, value: Mapping[str, T], currency: str) -> object:
        """Return the values in the order of the alphabet."""
        return {kind: self.shape.write(value[kind], currency) for kind in sorted(value)}

    def schema(self) -> Schema:
        """Describe names and values."""
        return {
            "type": "object",
            "propertyNames": self.kind.schema(),
            "additionalProperties": self.shape.schema(),
        }


def is_section(value: object, place: Place) -> TypeGuard[Mapping[object, object]]:
    """Say whether named fields stand here, and note it when they do not."""
    if isinstance(value, Mapping):
        return True
    place.refuse(place.speech.gettext("“%(value)s” does not fit. Write fields with names here."), value=shown(value))
    return False


def refuse_unknown(name: object, known: list[str], place: Place) -> None:
    """Note a field that nothing here understands, with the name that was probably meant."""
    near = get_close_matches(str(name), known, n=1)
    hint = (
        place.speech.gettext("Did you mean “%(near)s”?") % {"near": near[0]}
        if near
        else place.speech.gettext("Known here: %(known)s.") % {"known": ", ".join(known)}
    )
    place.inside(shown(name)).refuse(place.speech.gettext("This field is not known. %(hint)s"), hint=hint)
