"""What recording a batch of reports needs to carry from step to step, and what it answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Conversion, Correction


class Taken(StrEnum):
    """What became of one report."""

    NEW = "new"
    KNOWN = "known"
    ADDED = "added"
    AMENDED = "amended"
    CONFLICT = "conflict"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Warned:
    """Something about a kept report that its sender should look at."""

    code: str
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TakenConversion:
    """One report of a conversion after recording."""

    conversion: Conversion
    taken: Taken
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenCorrection:
    """One correction after recording."""

    correction: Correction
    taken: Taken
    warnings: tuple[Warned, ...] = ()


class StoryKey(NamedTuple):
    """Names a story: a customer's, or that of one conversion whose customer is unknown."""

    customer_id: str = ""
    conversion_id: str = ""

    @classmethod
    def of(cls, conversion: Conversion) -> "StoryKey":
        """Return the story that a conversion belongs to."""
        if conversion.customer_id:
            return cls(customer_id=conversion.customer_id)
        return cls(conversion_id=conversion.id)


@dataclass(slots=True)
class Touched:
    """Which stories must be judged again, in the order in which their locks are taken."""

    keys: set[StoryKey] = field(default_factory=set)

    @classmethod
    def by(cls, conversions: Iterable[Conversion]) -> "Touched":
        """Return the stories of these conversions."""
        return cls({StoryKey.of(conversion) for conversion in conversions})

    def add(self, conversion: Conversion) -> None:
        """Note that something about this conversion is new."""
        self.keys.add(StoryKey.of(conversion))

    def in_order(self) -> list[StoryKey]:
        """Return the stories: customers first, each by id."""
        return sorted(self.keys, key=lambda key: (key.customer_id == "", key.customer_id, key.conversion_id))


def other_currency(conversion: Conversion, currency: str) -> Warned:
    """Tell whoever named another currency than the order's that it is kept and not counted."""
    sentence = _("The order is in %(own)s. What is told in %(given)s is kept, but not counted: a person has to look.")
    return Warned("other_currency", "currency", sentence % {"own": conversion.currency, "given": currency})


def only_new(rows: Iterable[tuple[str, str]], known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rows not yet known, each once, in order, and remember them."""
    fresh = []
    for row in rows:
        if row not in known:
            known.add(row)
            fresh.append(row)
    return fresh
