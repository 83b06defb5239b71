"""Rules of a version of terms: what each pays for what, and which of those that match decides."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rapport.domain.terms.conditions import When


class Choice(StrEnum):
    """Which of the rules that match pay: the first for each part of an order, the best in money, or all of them."""

    FIRST = "first"
    BEST = "best"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Percent:
    """Pay a percentage of the basis."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class Flat:
    """Pay a fixed amount, in minor units of the program's currency."""

    flat_minor: int


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Pay a fixed amount for every piece bought, in minor units of the program's currency."""

    per_unit_minor: int


@dataclass(frozen=True, slots=True)
class MarginPercent:
    """Pay a percentage of what the merchant keeps: the basis less the cost that was reported, never below zero."""

    percent: Decimal


Pay = Percent | Flat | PerUnit | MarginPercent


@dataclass(frozen=True, slots=True)
class Recurring:
    """How long repeated payments of a customer earn: for some months, some times, or (neither) for ever."""

    months: int | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One promise of pay. `at_most_minor` and `at_least_minor` bound what it pays for one order.

    `recurring` stands in the place of the click window for repeated payments.
    """

    name: str
    when: When
    pay: Pay
    at_most_minor: int | None = None
    at_least_minor: int | None = None
    recurring: Recurring | None = None
