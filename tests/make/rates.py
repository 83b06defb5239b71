"""Exchange rates for stories, as a person would enter them."""

from datetime import date

from rapport.apps.programs.models import Program
from rapport.apps.rates.actions import keep_rates
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.models import RateSource
from tests.make.identity import NOON, STORY


def make_rate(program: Program, base: str, rate: str, *, quote: str = "", day: date | None = None) -> None:
    """Let one of a currency be worth so much of the program's, or of another, on a day (that of most stories)."""
    line = Listed(base, quote or program.currency, day or NOON.date(), rate)
    keep_rates([line], workspace_id=program.workspace_id, source=RateSource.MANUAL, by=STORY, at=NOON, trusted=True)
