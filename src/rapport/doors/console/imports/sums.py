"""The totals of a file of decisions as a person confirms them."""

from dataclasses import dataclass

from rapport.apps.imports.models import ImportRun, Verdict
from rapport.domain.money import Money


@dataclass(frozen=True, slots=True)
class VerdictSum:
    """How many orders get one verdict, and what the commissions on them come to."""

    label: str
    number: int
    money: Money


def sums_of(run: ImportRun, *, currency: str) -> list[VerdictSum]:
    """Return the totals that a file was checked to have; none before the check."""
    told = run.figures.get("sums", {})
    return [
        VerdictSum(str(Verdict(name).label), one["number"], Money(one["minor"], currency))
        for name, one in told.items()
        if one["number"]
    ]
