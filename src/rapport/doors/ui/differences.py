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
    words = SequenceMatcher(a=_WORD.findall(old), b=_WORD.findall(new), autojunk=False)
    if old and new and words.ratio() >= _ALIKE:
        yield tuple(_pieces(words))
        return
    if old:
        yield (Piece("removed", old),)
    if new:
        yield (Piece("added", new),)


def _pieces(words: "SequenceMatcher[str]") -> Iterator[Piece]:
    for tag, a_from, a_to, b_from, b_to in words.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(words.b[b_from:b_to]))
            continue
        if a_to > a_from:
            yield Piece("removed", "".join(words.a[a_from:a_to]))
        if b_to > b_from:
            yield Piece("added", "".join(words.b[b_from:b_to]))
