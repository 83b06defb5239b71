"""Tax papers: what a program asks for before it pays, what a partner lacks of it, and what a tax office gets of it.

The rules decide no law: they compare what is on file with what the program asked for, and apply the rate it was given.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from rapport.domain.money import round_half_up

EU: Final = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""The members of the European Union since 2020."""

_FORM_YEARS = 3
_PERCENT = 100


class Kind(StrEnum):
    """What an organisation is to a tax office."""

    PERSON = "person"
    COMPANY = "company"


class FormKind(StrEnum):
    """American forms by which a payee tells who it is."""

    W9 = "w9"
    W8BEN = "w8ben"
    W8BENE = "w8bene"


class Need(StrEnum):
    """What a program may ask for before it pays."""

    PROFILE = "profile"
    TAX_NUMBER = "tax_number"
    VAT_ID = "vat_id"
    W9 = "w9"
    W8 = "w8"
    SELF_BILLING = "self_billing"


class Lack(StrEnum):
    """What is missing of it, or has run out."""

    PROFILE = "tax_profile_missing"
    TAX_NUMBER = "tax_number_missing"
    VAT_ID = "vat_id_missing"
    W9 = "w9_missing"
    W8 = "w8_missing"
    W8_EXPIRED = "w8_expired"
    SELF_BILLING = "self_billing_missing"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of what a program asks for: of whom, paid which way, and what.

    `where` is a country, "EU", any of those with "!" before it for everywhere else, or "" for everywhere. An empty
    `kind` or `rail` means any.
    """

    where: str
    kind: str
    rail: str
    needs: tuple[Need, ...]

    def concerns(self, papers: "Papers", rail: str) -> bool:
        """Say whether this line is about somebody paid that way."""
        return _is_in(papers.country, self.where) and self.kind in {"", papers.kind} and self.rail in {"", rail}


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is on file of one partner; `forms` says for each form that counts when it runs out, None for never."""

    country: str
    kind: str
    has_vat_id: bool = False
    has_tax_number: bool = False
    forms: Mapping[FormKind, date | None]
    agreed_self_billing: bool = False


def lacking(rules: Collection[Rule], papers: Papers | None, *, rail: str, on: date) -> tuple[Lack, ...]:
    """Return what a partner lacks of what a program asks for, on a day; without any rule nothing is asked for.

    Who somebody is, is known from the tax profile: as long as there is none, that is what is missing.
    """
    if not rules:
        return ()
    if papers is None:
        return (Lack.PROFILE,)
    needs = {need for rule in rules if rule.concerns(papers, rail) for need in rule.needs}
    found = (_lack(need, papers, on=on) for need in Need if need in needs)
    return tuple(lack for lack in found if lack)


def form_wanted(papers: Papers) -> FormKind:
    """Return the W-8 that somebody of this kind signs."""
    return FormKind.W8BENE if papers.kind == Kind.COMPANY else FormKind.W8BEN


def runs_out_on(kind: FormKind, *, signed_on: date) -> date | None:
    """Return the last day on which a form counts: a W-8 until the end of the third year after it was signed."""
    if kind is FormKind.W9:
        return None
    return date(signed_on.year + _FORM_YEARS, 12, 31)


def withheld_minor(gross_minor: int, percent: Fraction) -> int:
    """Return how much of a payout is kept back for a tax office: rounded once, a half up; nothing of a debt."""
    return round_half_up(max(gross_minor, 0) * percent / _PERCENT)


def rules_in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules as they are kept: each once, in a fixed order, whatever order they were typed in."""
    return tuple(sorted(set(rules), key=lambda rule: (rule.where, rule.kind, rule.rail, rule.needs)))


def _is_in(country: str, where: str) -> bool:
    if where.startswith("!"):
        return not _is_in(country, where[1:])
    return where in {"", country} or (where == "EU" and country in EU)


def _lack(need: Need, papers: Papers, *, on: date) -> Lack | None:
    there = {
        Need.VAT_ID: (papers.has_vat_id, Lack.VAT_ID),
        Need.TAX_NUMBER: (papers.has_tax_number, Lack.TAX_NUMBER),
        Need.SELF_BILLING: (papers.agreed_self_billing, Lack.SELF_BILLING),
        Need.W9: (FormKind.W9 in papers.forms, Lack.W9),
    }
    if need in there:
        is_there, lack = there[need]
        return None if is_there else lack
    return _lack_of_w8(papers, on=on) if need is Need.W8 else None


def _lack_of_w8(papers: Papers, *, on: date) -> Lack | None:
    wanted = form_wanted(papers)
    if wanted not in papers.forms:
        return Lack.W8
    last = papers.forms[wanted]
    return Lack.W8_EXPIRED if last and last < on else None


class Telling(StrEnum):
    """What a payer of a country has to look at for one payee and way of paying, at the end of a year."""

    REPORT = "report"
    """At or above the threshold."""
    WITHHELD = "withheld"
    """Below it, and something was kept back: that is told whatever the sum."""
    BELOW = "below"
    PROVIDER = "provider"
    """Who carried the money tells."""
    ELSEWHERE = "elsewhere"
    """A payee of another country, or a payer for whose country we know no threshold."""


def telling(
    *, gross_minor: int, withheld: int, threshold_minor: int | None, same_country: bool, by_provider: bool
) -> Telling:
    """Say what to look at for `gross_minor` paid in a year; `threshold_minor` is None where there is none."""
    if threshold_minor is None or not same_country:
        return Telling.ELSEWHERE
    if by_provider:
        return Telling.PROVIDER
    if gross_minor >= threshold_minor:
        return Telling.REPORT
    return Telling.WITHHELD if withheld > 0 else Telling.BELOW
