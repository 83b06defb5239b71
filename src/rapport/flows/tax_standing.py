"""How the partners of a program stand with their tax papers, for the list of finance."""

from dataclasses import dataclass
from datetime import date, datetime

from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts.queries import methods_in_use
from rapport.apps.programs.models import Program
from rapport.apps.taxes.models import TaxProfile, TaxRate
from rapport.apps.taxes.queries import standings
from rapport.domain.tax import Papers
from rapport.flows.explaining.words import local_day
from rapport.flows.tax_papers import lack_words


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One partner: what it is, what it lacks, which form runs out first, what is kept back."""

    agreement: Agreement
    profile: TaxProfile | None
    lacks: tuple[str, ...]
    runs_out_on: date | None
    rate: TaxRate | None
    bills: bool


def standing_rows(program: Program, *, at: datetime) -> list[StandingRow]:
    """Return every partner of a program, those that lack something first."""
    agreements = list(agreements_of(program.id))
    found = standings(agreements, program=program, on=local_day(at, program.zone))
    methods = methods_in_use({row.partner.organisation_id for row in agreements})
    words = lack_words()
    rows = []
    for agreement in agreements:
        one = found[agreement.id]
        method = methods.get(agreement.partner.organisation_id)
        lacks = tuple(words[lack] for lack in one.lacks(method.kind if method else ""))
        rate = one.rate if one.rate and one.rate.percent != "0" else None
        rows.append(StandingRow(agreement, one.profile, lacks, _first_end(one.papers), rate, one.is_billed))
    return sorted(rows, key=lambda row: not row.lacks)


def _first_end(papers: Papers | None) -> date | None:
    return min((last for last in papers.forms.values() if last), default=None) if papers else None
