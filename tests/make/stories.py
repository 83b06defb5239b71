"""Random stories of customers, seeded: partners, terms, clicks, orders, and everything that is told about them."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rapport.domain.credit import Credit, HoldReason, Via
from rapport.domain.promises import InForce, Standing, Suspension
from rapport.domain.story import (
    AmountReport,
    Correction,
    CorrectionKind,
    DecisionKind,
    HumanDecision,
    ToldBinding,
    Touch,
    TouchFacts,
    TouchMark,
    TouchRefusal,
)
from tests.make.scenarios import Bound, Corrected, Coupon, Decided, Fact, Joined, RateTold, Reported, Scenario, parsed

DAY_MS = 86_400_000
START_MS = 1_709_000_000_000  # 27 February 2024: stories run over leap days and changes of the clock
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "America/Santiago")
CURRENCIES = ("EUR", "JPY", "KWD")
RATES = ("0.9231", "1.0834", "0.00612", "163.25", "3.0712", "0.2561")
AGREEMENTS = ("agr_anna", "agr_ben", "agr_cleo")


def make_scenario(seed: int, *, people: bool = True) -> Scenario:
    """Invent a scenario; the same seed gives the same one for ever.

    Without `people` nobody decides anything by hand and the lake keeps silent, so that every fact can be sent through
    a public door.
    """
    rng = random.Random(seed)  # noqa: S311 - stories need to be repeatable, not secret
    currency, zone = rng.choice(CURRENCIES), rng.choice(ZONES)
    documents = {f"trm_{number}": _document(rng) for number in range(rng.randint(1, 3))}
    effective = tuple(
        InForce(version_id, START_MS + 20 * DAY_MS * number + rng.randint(0, 5) * DAY_MS)
        for number, version_id in enumerate(documents)
    )
    standings = tuple(_standing(rng, agreement_id, effective) for agreement_id in AGREEMENTS)
    coupons = tuple(_coupon(rng, agreement_id) for agreement_id in rng.sample(AGREEMENTS, rng.randint(0, 2)))
    clicks = tuple(_click(rng, number) for number in range(rng.randint(0, 4)))
    scenario = Scenario(
        seed=seed,
        zone=zone,
        currency=currency,
        documents=documents,
        effective=effective,
        standings=standings,
        coupons=coupons,
        clicks=clicks,
        facts=(),
    )
    facts: list[Fact] = []
    for number in range(rng.choice((1, 1, 2, 2, 2, 3, 4))):
        facts += _order(rng, scenario, number, people=people)
    if people:
        facts += [Joined(click.click_id, _facts(rng)) for click in clicks if rng.random() < 0.4]
        facts += _bindings(rng, clicks)
    return _abroad(replace(scenario, facts=tuple(facts)))


def _abroad(scenario: Scenario) -> Scenario:
    """Let some orders be in other currencies, whose rates are told at some time, or never; chance of its own."""
    rng = random.Random(scenario.seed + 2_000_003)  # noqa: S311 - see make_scenario
    foreign = [currency for currency in (*CURRENCIES, "USD") if currency != scenario.currency]
    orders = sorted({(fact.kind, fact.external_id) for fact in scenario.facts if isinstance(fact, Reported)})
    currencies = {order: rng.choice(foreign) for order in orders if rng.random() < 0.4}
    corrections = sorted({fact.correction.external_id for fact in scenario.facts if isinstance(fact, Corrected)})
    strays = {external_id: rng.choice(foreign) for external_id in corrections if rng.random() < 0.06}
    told = [RateTold(currency) for currency in sorted(set(currencies.values())) if rng.random() < 0.8]
    facts = [_in_currency(fact, currencies, strays) for fact in scenario.facts]
    rng.shuffle(told)
    return replace(scenario, facts=(*facts, *told), rates={currency: rng.choice(RATES) for currency in foreign})


def _in_currency(fact: Fact, currencies: Mapping[tuple[str, str], str], strays: Mapping[str, str]) -> Fact:
    if isinstance(fact, Reported):
        return replace(fact, currency=currencies.get((fact.kind, fact.external_id), ""))
    if isinstance(fact, Corrected):
        usual = currencies.get((fact.kind, fact.external_id), "")
        return replace(fact, currency=strays.get(fact.correction.external_id, usual))
    return fact


def orders_of_arrival(scenario: Scenario, count: int) -> list[list[Fact]]:
    """Return several orders in which the facts may arrive, some with facts that arrive twice."""
    rng = random.Random(scenario.seed + 1_000_003)  # noqa: S311 - see make_scenario
    orders = []
    for number in range(count):
        order = list(scenario.facts)
        if number:
            order += rng.sample(order, rng.randint(0, min(2, len(order))))
            rng.shuffle(order)
        orders.append(order)
    return orders


def _document(rng: random.Random) -> dict[str, object]:
    kinds = ["sale", *(kind for kind in ("lead", "rebill", "sign-up") if rng.random() < 0.7)]
    if rng.random() < 0.05:
        kinds = ["lead"]
    hold = {kind: rng.randint(0, 40) for kind in kinds if rng.random() < 0.3}
    return {
        "language": 1,
        "rules": [{"name": f"{kind}-rule", "when": {"kind": kind}, "pay": _pay(rng)} for kind in kinds],
        "basis": {
            "tax": rng.choice(("included", "excluded")),
            "shipping": rng.choice(("included", "excluded")),
            "discount": rng.choice(("deducted", "ignored")),
        },
        "attribution": {
            "click_window_days": rng.choice((1, 7, 30, 30, 365, 365)),
            "repeat_purchases": rng.random() < 0.6,
            "coupon": rng.choice(("before_click", "after_click")),
        },
        "hold": {"days": rng.randint(0, 60), "by_kind": hold},
        "reversal": {"window_days": rng.choice((0, 10, 30, 180))},
    }


def _pay(rng: random.Random) -> dict[str, str]:
    if rng.random() < 0.25:
        return {"flat": str(rng.randint(0, 40))}
    return {"percent": rng.choice(("12", "7.5", "0.3333", "40", "100", "0", "1.25", "33.3333"))}


def _standing(rng: random.Random, agreement_id: str, effective: Sequence[InForce]) -> Standing:
    active_from_ms = START_MS + rng.choice((0, 0, 0, 15)) * DAY_MS
    acceptances = [
        InForce(version.version_id, version.from_ms + rng.randint(0, 6) * DAY_MS)
        for version in effective
        if version is effective[0] or rng.random() < 0.7
    ]
    suspensions = []
    if rng.random() < 0.3:
        suspended_from_ms = START_MS + rng.randint(5, 60) * DAY_MS
        until_ms = suspended_from_ms + rng.randint(1, 30) * DAY_MS
        suspensions.append(Suspension(suspended_from_ms, until_ms if rng.random() < 0.6 else None))
    ended = rng.random() < 0.25
    # Brought along by a file, and its partner has not said yes yet.
    only_offered = rng.random() < 0.1
    return Standing(
        agreement_id=agreement_id,
        active_from_ms=active_from_ms,
        acceptances=() if only_offered else tuple(acceptances),
        offers=tuple(acceptances) if only_offered else (),
        suspensions=tuple(suspensions),
        ended_at_ms=START_MS + rng.randint(20, 80) * DAY_MS if ended else None,
        ended_for_breach=ended and rng.random() < 0.4,
    )


def _coupon(rng: random.Random, agreement_id: str) -> Coupon:
    from_ms = START_MS + rng.randint(0, 30) * DAY_MS
    return Coupon(f"SAVE-{agreement_id[4:].upper()}", agreement_id, from_ms, from_ms + rng.randint(10, 90) * DAY_MS)


def _click(rng: random.Random, number: int) -> Touch:
    click_id = f"click{number}"
    if rng.random() < 0.1:
        return Touch(click_id=click_id, refusal=rng.choice(tuple(TouchRefusal)))
    marks = frozenset({rng.choice(tuple(TouchMark))}) if rng.random() < 0.15 else frozenset()
    return Touch(
        click_id=click_id,
        at_ms=_moment(rng),
        agreement_id=rng.choice(AGREEMENTS),
        link_id=f"lnk_{number}",
        marks=marks,
    )


def _moment(rng: random.Random) -> int:
    """Return a moment of the story; few different ones, so that edges of windows and ties are met."""
    exact = START_MS + rng.randint(0, 90) * DAY_MS
    return exact + rng.choice((0, 0, -1, 1, 300_000, 300_001, rng.randint(0, DAY_MS)))


def _bindings(rng: random.Random, clicks: Sequence[Touch]) -> Iterable[Fact]:
    """Let a file name up to two partners, now and then from the very moment of a click."""
    moments = [click.at_ms for click in clicks if click.refusal is None]
    for number in range(rng.choice((0, 0, 0, 1, 1, 2))):
        from_ms = rng.choice(moments) if moments and rng.random() < 0.4 else _moment(rng)
        yield Bound(ToldBinding(binding_id=f"bnd{number}", agreement_id=rng.choice(AGREEMENTS), from_ms=from_ms))


def _facts(rng: random.Random) -> TouchFacts:
    return TouchFacts(bot=rng.random() < 0.1, framed=rng.random() < 0.1)


def _order(rng: random.Random, scenario: Scenario, number: int, *, people: bool) -> list[Fact]:
    """Invent one order with everything that is ever told about it."""
    kind = rng.choice(("sale",) * 8 + ("lead", "lead", "rebill", "rebill", "sign-up", "unheard-of"))
    click_ids = tuple(click.click_id for click in scenario.clicks if rng.random() < 0.6)
    codes = tuple(coupon.code for coupon in scenario.coupons if rng.random() < 0.4)
    first = Reported(
        kind=kind,
        external_id=f"o{number}",
        occurred_at_ms=_order_moment(rng, scenario.clicks),
        amounts=_amounts(rng, revision=1, nothing=kind == "lead"),
        click_ids=click_ids,
        coupons=(*codes, "NOBODYS") if rng.random() < 0.1 else codes,
        test=rng.random() < 0.03,
    )
    reports = [first, *_more_reports(rng, first)]
    facts: list[Fact] = [*reports]
    corrections = [_correction(rng, first, index) for index in range(rng.choice((0, 0, 1, 1, 2, 3)))]
    corrections += [_retold(rng, correction) for correction in corrections if rng.random() < 0.1]
    facts += [Corrected(kind, first.external_id, correction) for correction in corrections]
    if people:
        facts += [Decided(kind, first.external_id, decision) for decision in _decisions(rng, scenario, reports)]
    return facts


def _order_moment(rng: random.Random, clicks: Sequence[Touch]) -> int:
    """Return when an order happened: often close to the end of a click's window or around the click itself."""
    real = [click.at_ms for click in clicks if click.refusal is None]
    if real and rng.random() < 0.8:
        away_days = rng.choice((0, 0, 1, 7, 30, 3))
        return rng.choice(real) + away_days * DAY_MS + rng.choice((0, 1, -1, -300_000, -300_001, 5_000))
    return _moment(rng)


def _amounts(rng: random.Random, *, revision: int, nothing: bool = False) -> AmountReport:
    if nothing or rng.random() < 0.05:
        return AmountReport(revision=revision, total_minor=0)
    total_minor = rng.choice((1, 99, 12_892, rng.randint(1, 5_000_000)))
    return AmountReport(
        revision=revision,
        total_minor=total_minor,
        tax_minor=rng.randint(0, total_minor // 4),
        shipping_minor=rng.randint(0, total_minor // 5),
        discount_minor=rng.choice((0, rng.randint(0, total_minor))),
    )


def _more_reports(rng: random.Random, first: Reported) -> Iterable[Reported]:
    if rng.random() < 0.2:  # told by another door, without the click
        yield replace(first, click_ids=(), coupons=())
    if rng.random() < 0.15:  # the same revision with another amount: a conflict
        yield replace(first, amounts=_amounts(rng, revision=1))
    if rng.random() < 0.15:  # a later revision amends
        yield replace(first, amounts=_amounts(rng, revision=2))
    if rng.random() < 0.05:
        yield replace(first, amounts=_amounts(rng, revision=2))


def _correction(rng: random.Random, order: Reported, index: int) -> Correction:
    kind = rng.choice(tuple(CorrectionKind))
    total_minor = order.amounts.total_minor
    whole = kind is not CorrectionKind.AMENDMENT and rng.random() < 0.3
    taken_minor = -rng.randint(0, total_minor) if rng.random() < 0.8 else -(total_minor + rng.randint(0, 50))
    if kind is CorrectionKind.AMENDMENT and rng.random() < 0.5:
        taken_minor = -taken_minor
    named = rng.random() < 0.3 and not whole
    return Correction(
        external_id=f"{order.external_id}-{index}",
        kind=kind,
        occurred_at_ms=order.occurred_at_ms + rng.choice((0, 1, 10, 30, 100, 200)) * DAY_MS + rng.choice((0, 0, 1)),
        total_minor=None if whole else taken_minor,
        tax_minor=-(-taken_minor // 5) if named and taken_minor < 0 else None,
        shipping_minor=0 if named else None,
        discount_minor=None,
    )


def _retold(rng: random.Random, correction: Correction) -> Correction:
    """Tell a correction once more with another amount: a conflict."""
    taken_minor = correction.total_minor or 0
    return replace(correction, total_minor=taken_minor - rng.randint(1, 500), tax_minor=rng.choice((None, 0)))


_ANSWERS = (DecisionKind.DECLINE_REPLIED, DecisionKind.DECLINE_UPHELD)
_APPROVALS = (DecisionKind.APPROVED, DecisionKind.APPROVAL_UNDONE)


def _decisions(rng: random.Random, scenario: Scenario, reports: Sequence[Reported]) -> Iterable[HumanDecision]:
    if rng.random() < 0.07:
        yield _decision(rng, DecisionKind.DECLINED, code="fraud")
    if rng.random() < 0.1:
        yield _decision(rng, DecisionKind.DECLINE_UNDONE)
    for kind in (*_ANSWERS, *_APPROVALS):
        if rng.random() < 0.07:
            yield _decision(rng, kind)
    if rng.random() < 0.3:
        yield _decision(rng, DecisionKind.CONFLICT_SETTLED, amounts=rng.choice(reports).amounts)
    if rng.random() < 0.15:
        yield _decision(rng, DecisionKind.HOLD_LIFTED, hold=rng.choice(tuple(HoldReason)))
    if rng.random() < 0.05:
        yield _decision(rng, DecisionKind.PROPOSAL_REFUSED, credit=_credit(rng, scenario, reports[0]))


def _decision(
    rng: random.Random,
    kind: DecisionKind,
    *,
    code: str = "",
    amounts: AmountReport | None = None,
    hold: HoldReason | None = None,
    credit: Credit | None = None,
) -> HumanDecision:
    moment = START_MS + rng.randint(0, 200) * DAY_MS
    return HumanDecision(
        kind=kind,
        decided_at_ms=moment,
        decision_id=f"dec_{rng.randint(0, 10**9)}",
        code=code,
        amounts=amounts,
        hold=hold,
        credit=credit,
    )


def _credit(rng: random.Random, scenario: Scenario, order: Reported) -> Credit | None:
    """Return a credit that was approved once; None when nobody had earned."""
    paying = [
        version_id
        for version_id, document in scenario.documents.items()
        if parsed(document, scenario.currency).rule_for(order.kind)
    ]
    if not paying:
        return None
    return Credit(
        agreement_id=rng.choice(AGREEMENTS),
        via=rng.choice((Via.CLICK, Via.COUPON)),
        touch_id="click0",
        bound_by=None,
        counts_from_ms=order.occurred_at_ms - DAY_MS,
        terms_version_id=rng.choice(paying),
        rule=f"{order.kind}-rule",
    )
