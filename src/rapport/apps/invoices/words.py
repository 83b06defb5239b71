"""What invoices must say: the fixed English words, and those of the partner's country beside them."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

SELF_BILLING = "Self-billing"
REVERSE_CHARGE = "Reverse charge"


@dataclass(frozen=True, slots=True)
class CountryWords:
    """The words of one country, as its language version of the directive has them."""

    self_billing: str
    reverse_charge: str


def words_for(country: str, *, on: date) -> CountryWords:
    """Return what a paper for a partner of this country says; the English words where the table has no others."""
    found = [row for row in _rows() if row["country"] == country and date.fromisoformat(row["from_on"]) <= on]
    if not found:
        return CountryWords(SELF_BILLING, REVERSE_CHARGE)
    local = found[-1]
    return CountryWords(_both(SELF_BILLING, local["self_billing"]), _both(REVERSE_CHARGE, local["reverse_charge"]))


def _both(english: str, local: str) -> str:
    """Put a country's words beside the English ones, unless they are the same."""
    return english if local == english else f"{english} / {local}"


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = files("rapport.apps.invoices.data").joinpath("words.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
