"""Text in the letters that banks of the SEPA take: accents are left off, Greek and Cyrillic are spelled in Latin."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

_TAKEN: Final = re.compile(r"[^a-zA-Z0-9/\-?:().,'+ ]")


def latin(text: str, most: int) -> str:
    """Return the text in those letters, at most so many; what has no Latin letter becomes a full stop."""
    spelled = "".join(_letter(one) for one in unicodedata.normalize("NFC", text))
    plain = _TAKEN.sub(".", spelled)
    # A text that begins or ends with a slash, or holds two in a row, has a meaning of its own for banks.
    return re.sub(r"/{2,}", "/", re.sub(r"\s+", " ", plain)).strip(" /")[:most].strip(" /")


def _letter(one: str) -> str:
    table = _spellings()
    if one in table:
        return table[one]
    if one.isascii():
        return one
    if one.lower() in table:
        return table[one.lower()].capitalize()
    bare = "".join(part for part in unicodedata.normalize("NFKD", one) if not unicodedata.combining(part))
    if bare not in {one, ""}:
        return "".join(_letter(part) for part in bare)
    return "." if bare else ""


@cache
def _spellings() -> Mapping[str, str]:
    """Read the table beside this file: a letter, a space, its spelling."""
    lines = Path(__file__).with_name("latin.txt").read_text(encoding="utf-8").splitlines()
    return {line[0]: line[2:] for line in lines if not line.startswith("//")}
