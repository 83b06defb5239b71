"""Whole numbers as people type them into the form of terms."""

import re

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def number(text: str) -> int | str:
    """Return a whole number where one was written, else the text itself for the sentence that refuses it."""
    given = text.strip()
    return int(given) if _WHOLE.fullmatch(given) else given
