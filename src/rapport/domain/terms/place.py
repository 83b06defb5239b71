"""Where in a document a reader stands, and what it found wrong there."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from rapport.domain.terms.speech import Speech

_SHOWN: Final = 40
"""How many characters of what was written a sentence repeats."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `path` names the field, as in `rules[0].pay.percent`; "" is the document itself."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Problems:
    """Everything that keeps a document from being terms, in the order of the document; never empty."""

    items: tuple[Problem, ...]

    def __iter__(self) -> Iterator[Problem]:
        """Go through the problems."""
        return iter(self.items)

    def __len__(self) -> int:
        """Count the problems."""
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a document that is being read in the program's currency and the reader's language."""

    currency: str
    speech: Speech
    path: str = ""
    problems: list[Problem] = field(default_factory=list)

    def inside(self, name: str) -> "Place":
        """Step into a field; all places of one reading share their problems."""
        return replace(self, path=f"{self.path}.{name}" if self.path else name)

    def item(self, index: int) -> "Place":
        """Step to one item of a list."""
        return replace(self, path=f"{self.path}[{index}]")

    def refuse(self, sentence: str, **values: object) -> None:
        """Note what is wrong here; `sentence` is already in the reader's language, with its values left open."""
        self.problems.append(Problem(self.path, sentence % values))


def shown(value: object) -> str:
    """Return what was written, short enough for a sentence."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
