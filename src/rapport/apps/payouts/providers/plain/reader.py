"""Reads what became of payouts from a list: CSV with the columns payout, outcome, reference."""

import csv
import io
from typing import Final

from django.utils.translation import gettext as _

from rapport.apps.payouts.providers.protocol import RailAnswer, Unreadable
from rapport.domain.payouts import Outcome

MOST_ROWS: Final = 20_000
_COLUMNS: Final = ("outcome", "payout", "reference")


def read_list(content: bytes) -> list[RailAnswer]:
    """Return what the list says, row by row."""
    try:
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        found = [_answer(number, row) for number, row in enumerate(rows, start=2)]
    except (UnicodeDecodeError, csv.Error) as broken:
        raise Unreadable(_("This is not a CSV file in UTF-8.")) from broken
    if not found or len(found) > MOST_ROWS:
        raise Unreadable(_("The file needs between 1 and %(most)s rows.") % {"most": MOST_ROWS})
    return found


def _answer(number: int, row: dict[str, str]) -> RailAnswer:
    missing = [name for name in _COLUMNS if name not in row]
    if missing:
        raise Unreadable(_("The column %(name)s is missing.") % {"name": missing[0]})
    told = (row["outcome"] or "").strip().lower()
    if told not in set(Outcome):
        sentence = _("Line %(line)s: the outcome must be settled, failed, returned, unclaimed or unknown.")
        raise Unreadable(sentence % {"line": number})
    words = (row["reference"] or "").strip()
    return RailAnswer(line=number, payout=(row["payout"] or "").strip(), outcome=Outcome(told), words=words)
