"""Reads what American banks send back: returned entries and notifications of change, in a NACHA file."""

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from rapport.apps.payouts.providers.ach.reasons import change_words, return_words
from rapport.apps.payouts.providers.ach.writer import WIDTH
from rapport.apps.payouts.providers.protocol import Change, RailAnswer, Unreadable
from rapport.domain.payouts import Outcome

MOST_LINES: Final = 200_000
_ENTRY, _ADDENDA = "6", "7"
_RETURNED, _CHANGED = "99", "98"
_CODES: Final = {_RETURNED: re.compile(r"R\d\d"), _CHANGED: re.compile(r"C\d\d")}


def is_nacha(content: bytes) -> bool:
    """Say whether a file looks like one of American banks: its first line is a file header."""
    return re.match(rb"101[ 0-9A-Z]{10}[ 0-9A-Z]{10}\d{6}", content) is not None


def read_nacha(content: bytes) -> list[RailAnswer]:
    """Return what came back and what should be corrected, entry by entry."""
    answers = list(_answers(_lines(content)))
    if not answers:
        raise Unreadable(_("Nothing in this file was returned, and nothing is to be corrected."))
    return answers


def _lines(content: bytes) -> list[str]:
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as broken:
        raise Unreadable(_("A NACHA file holds no letters beyond ASCII.")) from broken
    # Some banks send one long line, most send lines with an end.
    flat = re.sub(r"[\r\n]+", "\n", text).strip("\n")
    lines = flat.split("\n") if "\n" in flat else [flat[n : n + WIDTH] for n in range(0, len(flat), WIDTH)]
    if len(lines) > MOST_LINES:
        raise Unreadable(_("The file has more than %(most)s lines.") % {"most": MOST_LINES})
    for number, line in enumerate(lines, start=1):
        if len(line.rstrip()) > WIDTH:
            raise Unreadable(_("Line %(line)s is longer than 94 letters.") % {"line": number})
    return [line.rstrip().ljust(WIDTH) for line in lines]


def _answers(lines: list[str]) -> Iterator[RailAnswer]:
    entry = ""
    for number, line in enumerate(lines, start=1):
        if line[0] == _ENTRY:
            entry = line
        elif line[0] == _ADDENDA and line[1:3] in _CODES:
            if not entry:
                raise Unreadable(_("Line %(line)s belongs to no entry.") % {"line": number})
            yield _answer(number, entry, line)


def _answer(number: int, entry: str, addenda: str) -> RailAnswer:
    kind, code = addenda[1:3], addenda[3:6]
    if not _CODES[kind].fullmatch(code) or not entry[29:39].isdigit():
        raise Unreadable(_("Line %(line)s holds no code that banks use.") % {"line": number})
    payout = entry[39:54].strip().lower()
    if kind == _CHANGED:
        corrected = addenda[35:64].rstrip()
        return RailAnswer(line=number, payout=payout, words=change_words(code), change=Change(code, corrected))
    return RailAnswer(
        line=number,
        payout=payout,
        outcome=Outcome.RETURNED,
        words=return_words(code),
        minor=int(entry[29:39]),
    )
