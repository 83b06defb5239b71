"""Two texts of sentences beside each other: which words went and which came, as pieces for `<del>` and `<ins>`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

_WORD = re.compile(r"\S+\s*")
_ALIKE = 0.4
"""Below this likeness two sentences are no change of one another: one went and another came."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
    text: str


Difference = tuple[tuple[Piece, ...], ...]
"""One tuple of pieces for each sentence, in reading order."""


def difference(old: Sequence[str], new: Sequence[str]) -> Difference:
    """Return the sentences of both texts, with what changed marked word by word."""
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    return tuple(
        pieces
        for _tag, a_from, a_to, b_from, b_to in matcher.get_opcodes()
        for one, other in zip_longest(old[a_from:a_to], new[b_from:b_to], fillvalue="")
        for pieces in _sentences(one, other)
    )


def _sentences(old: str, new: str) -> Iterator[tuple[Piece, ...]]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    words = SequenceMatcher(a=before, b=after, autojunk=False)
    if old and new and words.ratio() >= _ALIKE:
        yield tuple(piece for code in words.get_opcodes() for piece in _pieces(code, before, after))
        return
    if old:
        yield (Piece("removed", old),)
    if new:
        yield (Piece("added", new),)


def _pieces(code: tuple[str, int, int, int, int], before: list[str], after: list[str]) -> Iterator[Piece]:
    tag, a_from, a_to, b_from, b_to = code
    went, came = "".join(before[a_from:a_to]), "".join(after[b_from:b_to])
    if tag == "equal":
        yield Piece("same", came)
        return
    if went:
        yield Piece("removed", went)
    if came:
        yield Piece("added", came)
