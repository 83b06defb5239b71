"""What happens to one customer in one program, as facts that may arrive in any order, and the story they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rapport.domain.exchange import Exchange, Rate
from rapport.domain.promises import InForce, Promises, Standing
from rapport.domain.story import (
    AmountReport,
    Correction,
    CouponUse,
    HumanDecision,
    ReportedConversion,
    Story,
    ToldBinding,
    Touch,
    TouchFacts,
)
from rapport.domain.terms import Problems, Terms, parse


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code of one agreement, valid between two moments."""

    code: str
    agreement_id: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A door reports a conversion: amounts, and perhaps what the customer clicked and used."""

    kind: str
    external_id: str
    occurred_at_ms: int
    amounts: AmountReport
    click_ids: tuple[str, ...] = ()
    coupons: tuple[str, ...] = ()
    test: bool = False
    currency: str = ""
    """Empty where it is the program's own."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A door reports a correction of a conversion, which it may know already or not."""

    kind: str
    external_id: str
    correction: Correction
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A person decides about a conversion."""

    kind: str
    external_id: str
    decision: HumanDecision


@dataclass(frozen=True, slots=True)
class Joined:
    """The lake tells what it knows about a click."""

    click_id: str
    facts: TouchFacts


@dataclass(frozen=True, slots=True)
class Bound:
    """A file says whose customer this is."""

    binding: ToldBinding


@dataclass(frozen=True, slots=True)
class RateTold:
    """What a currency is worth in the program's becomes known, for every day of the story."""

    currency: str


Fact = Reported | Corrected | Decided | Joined | Bound | RateTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One program, its partners and one customer; `documents` are the versions of terms by id, with their moments."""

    seed: int
    zone: str
    currency: str
    documents: Mapping[str, Mapping[str, object]]
    effective: tuple[InForce, ...]
    standings: tuple[Standing, ...]
    coupons: tuple[Coupon, ...]
    clicks: tuple[Touch, ...]
    facts: tuple[Fact, ...]
    rates: Mapping[str, str] = field(default_factory=dict)

    def promises(self) -> Promises:
        """Return what was promised, as the judge reads it."""
        return Promises(
            terms={version_id: parsed(document, self.currency) for version_id, document in self.documents.items()},
            program=self.effective,
            agreements={standing.agreement_id: standing for standing in self.standings},
        )


def parsed(document: Mapping[str, object], currency: str) -> Terms:
    """Parse a document that must be right."""
    terms = parse(document, currency=currency)
    assert not isinstance(terms, Problems), terms
    return terms


def conversion_id(kind: str, external_id: str) -> str:
    """Return the id that a conversion has in these stories."""
    return f"cnv_{kind}_{external_id}"


def assemble(scenario: Scenario, arrived: Sequence[Fact]) -> Story:
    """Put together the story as it is known when these facts have arrived; corrections wait for their sale."""
    reports = [fact for fact in arrived if isinstance(fact, Reported)]
    named = {click_id for report in reports for click_id in report.click_ids}
    joined = {fact.click_id: fact.facts for fact in arrived if isinstance(fact, Joined)}
    conversions = {(report.kind, report.external_id): None for report in reports}
    return Story(
        program_id="prg_story",
        zone=scenario.zone,
        currency=scenario.currency,
        touches=tuple(
            replace(click, facts=joined.get(click.click_id)) for click in scenario.clicks if click.click_id in named
        ),
        conversions=tuple(_conversion(scenario, key, arrived) for key in conversions),
        bindings=tuple(dict.fromkeys(fact.binding for fact in arrived if isinstance(fact, Bound))),
    )


def _conversion(scenario: Scenario, key: tuple[str, str], arrived: Sequence[Fact]) -> ReportedConversion:
    about = [fact for fact in arrived if not isinstance(fact, Joined | Bound | RateTold)]
    mine = [fact for fact in about if (fact.kind, fact.external_id) == key]
    reports = [fact for fact in mine if isinstance(fact, Reported)]
    occurred_at_ms = min(report.occurred_at_ms for report in reports)
    codes = dict.fromkeys(code for report in reports for code in report.coupons)
    currency = reports[0].currency
    corrected = [fact for fact in mine if isinstance(fact, Corrected)]
    return ReportedConversion(
        id=conversion_id(*key),
        kind=key[0],
        external_id=key[1],
        occurred_at_ms=occurred_at_ms,
        reports=tuple(dict.fromkeys(report.amounts for report in reports)),
        corrections=_corrections([fact.correction for fact in corrected if fact.currency == currency]),
        click_ids=tuple(dict.fromkeys(click_id for report in reports for click_id in report.click_ids)),
        coupons=tuple(_use(scenario, code, occurred_at_ms) for code in codes),
        test=any(report.test for report in reports),
        exchange=_exchange(scenario, currency, arrived) if currency else None,
        told_otherwise=any(fact.currency != currency for fact in corrected),
        decisions=tuple(dict.fromkeys(fact.decision for fact in mine if isinstance(fact, Decided))),
    )


def _exchange(scenario: Scenario, currency: str, arrived: Sequence[Fact]) -> Exchange:
    known = RateTold(currency) in arrived
    return Exchange(currency, Rate(scenario.rates[currency], date(2024, 2, 27), "manual") if known else None)


def _corrections(told: Sequence[Correction]) -> tuple[Correction, ...]:
    """Keep of each correction what takes the most away; told with different amounts, it is in conflict."""
    variants: dict[tuple[str, str], set[Correction]] = {}
    for one in told:
        variants.setdefault((one.kind, one.external_id), set()).add(one)
    return tuple(replace(min(each, key=_taking), in_conflict=len(each) > 1) for each in variants.values())


def _taking(correction: Correction) -> tuple[tuple[bool, int], ...]:
    """Sort what takes more before what takes less: all that is left first, a part left open before a named one."""
    parts = (correction.total_minor, correction.tax_minor, correction.shipping_minor, correction.discount_minor)
    return tuple((part is not None, part or 0) for part in parts)


def _use(scenario: Scenario, code: str, at_ms: int) -> CouponUse:
    for coupon in scenario.coupons:
        if coupon.code == code:
            valid = coupon.from_ms <= at_ms < coupon.until_ms
            return CouponUse(
                code=code, agreement_id=coupon.agreement_id, valid=valid, why="" if valid else "outside its dates"
            )
    return CouponUse(code=code, agreement_id=None, valid=False, why="unknown")
