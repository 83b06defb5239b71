"""Read the dated tables of taxes that come with the program: VAT rates, and from which sums on payers report.

They are as the sources said on `SHIPPED_ON`. Laws change after a release: what finance enters goes before them.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files

from rapport.domain.money import Money, parse_amount

SHIPPED_ON = date(2026, 11, 30)
"""The day on which the tables were last gone through for a release."""


@dataclass(frozen=True, slots=True)
class VatRate:
    """The standard rate of a country from a day on, as a decimal text, and the law that says so.

    `checked_on` is when finance last looked whether it stands; None for one that nobody here looked at.
    """

    country: str
    percent: str
    from_on: date
    source: str
    checked_on: date | None = None
    came_along: bool = True
    """Whether such a row came with the program; one that finance entered by itself can be taken back."""

    @property
    def exact(self) -> Fraction:
        """Return the rate as the rules take it."""
        return Fraction(self.percent)


@dataclass(frozen=True, slots=True)
class Reporting:
    """From which sum a year on payers of a country tell the tax office about a payee of that country."""

    form: str
    country: str
    threshold: Money
    from_on: date
    source: str


@cache
def vat_rates() -> tuple[VatRate, ...]:
    """Return every rate of every country, oldest first."""
    rows = [
        VatRate(row["country"], row["percent"], date.fromisoformat(row["from_on"]), row["source"])
        for row in _rows("vat_rates.csv")
    ]
    return tuple(sorted(rows, key=lambda row: (row.country, row.from_on)))


@cache
def reporting() -> tuple[Reporting, ...]:
    """Return every threshold, oldest first."""
    rows = [
        Reporting(
            row["form"],
            row["country"],
            parse_amount(row["threshold"], row["currency"]),
            date.fromisoformat(row["from_on"]),
            row["source"],
        )
        for row in _rows("reporting.csv")
    ]
    return tuple(sorted(rows, key=lambda row: row.from_on))


def vat_rate(country: str, *, on: date, rates: Iterable[VatRate]) -> VatRate | None:
    """Return the standard rate of a country on a day; None where the rates, oldest first, have none."""
    found = [row for row in rates if row.country == country and row.from_on <= on]
    return found[-1] if found else None


def reporting_of(country: str, *, year: int) -> Reporting | None:
    """Return what payers of a country report for payments of a year."""
    found = [row for row in reporting() if row.country == country and row.from_on <= date(year, 1, 1)]
    return found[-1] if found else None


def _rows(name: str) -> list[dict[str, str]]:
    text = files("rapport.apps.taxes.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
