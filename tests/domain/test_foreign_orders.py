"""Orders in another currency than the program's: computed exactly in their own, rounded once on the way home."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.credit import HoldReason
from rapport.domain.exchange import Exchange, Rate
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Outcome, StepLabel
from rapport.domain.money import CURRENCIES, round_half_up
from rapport.domain.story import AmountReport, Correction, CorrectionKind, DecisionKind, HumanDecision
from tests.make.judging import DAY_MS, NOON, decide, make_click, make_promises, make_sale, make_story, make_terms

DAY = date(2026, 3, 19)
USD = Exchange("USD", Rate("1/1.0834", DAY, "ecb"))
FLAT = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"flat": "5.00"}}]


def refunded(total_minor: int, *, number: int = 1) -> Correction:
    return Correction(
        external_id=f"rf-{number}",
        kind=CorrectionKind.REFUND,
        occurred_at_ms=NOON + DAY_MS,
        total_minor=-total_minor,
    )


def steps(decision: Decision) -> dict[StepLabel, Fraction | int]:
    return {step.label: step.amount for step in decision.formula}


def test_twelve_percent_of_a_hundred_dollars_are_eleven_euros_and_eight_cents() -> None:
    decision = decide(make_sale(exchange=USD), make_click())
    told = steps(decision)
    assert decision.target_minor == 1_108
    assert told[StepLabel.IN_ITS_CURRENCY] == 1_200
    assert told[StepLabel.EXCHANGE_RATE] == Fraction(10_000, 10_834)
    assert told[StepLabel.EXACT] == 1_200 * Fraction(10_000, 10_834)
    assert decision.exchange == USD


def test_a_fixed_amount_is_in_the_programs_currency_and_needs_no_rate() -> None:
    promises = make_promises(terms={"trm_1": make_terms(rules=FLAT)})
    for exchange in (USD, Exchange("USD")):
        decision = decide(make_sale(exchange=exchange), make_click(), promises=promises)
        assert (decision.outcome, decision.target_minor) == (Outcome.EARNED, 500)
        assert StepLabel.EXCHANGE_RATE not in steps(decision)
    half = make_sale(exchange=USD, corrections=(refunded(5_000),))
    assert decide(half, make_click(), promises=promises).target_minor == 250


def test_without_a_rate_nobody_earns_yet_and_the_reason_is_said() -> None:
    decision = decide(make_sale(exchange=Exchange("USD")), make_click())
    assert (decision.outcome, decision.target_minor, decision.uncorrected_minor) == (Outcome.NO_RATE, 0, 0)
    assert decision.credit is not None
    assert steps(decision)[StepLabel.IN_ITS_CURRENCY] == 1_200
    assert not {StepLabel.EXCHANGE_RATE, StepLabel.EXACT, StepLabel.COMMISSION} & steps(decision).keys()


@pytest.mark.parametrize(
    ("sale", "outcome"),
    [
        (make_sale(exchange=Exchange("USD"), test=True), Outcome.TEST),
        (
            make_sale(
                exchange=Exchange("USD"),
                decisions=(HumanDecision(kind=DecisionKind.DECLINED, decided_at_ms=NOON, decision_id="1"),),
            ),
            Outcome.DECLINED,
        ),
    ],
)
def test_a_test_and_a_declined_order_wait_for_no_rate(sale: object, outcome: Outcome) -> None:
    assert decide(sale, make_click()).outcome == outcome  # type: ignore[arg-type]  # made above


def test_nobody_who_brought_it_is_asked_for_no_rate_either() -> None:
    decision = decide(make_sale(exchange=Exchange("USD")))
    assert (decision.outcome, decision.exchange) == (Outcome.NO_TOUCH, Exchange("USD"))


def test_what_waits_for_a_rate_binds_its_customer_as_it_would_with_one() -> None:
    once = make_terms(attribution={"repeat_purchases": False})
    promises = make_promises(terms={"trm_1": once})
    first = make_sale(1, exchange=Exchange("USD"), click_ids=("click",))
    second = make_sale(2, occurred_at_ms=NOON + 1, click_ids=("click",))
    judged = judge(make_story(first, second, touches=(make_click(),)), promises)
    assert [one.outcome for one in judged.decisions] == [Outcome.NO_RATE, Outcome.NO_ELIGIBLE_TOUCH]


def test_refunds_are_taken_in_the_orders_currency_and_a_whole_one_leaves_exactly_nothing() -> None:
    part = decide(make_sale(exchange=USD, corrections=(refunded(5_000),)), make_click())
    assert (part.target_minor, part.uncorrected_minor) == (554, 1_108)
    whole = decide(make_sale(exchange=USD, corrections=(refunded(5_000), refunded(5_000, number=2))), make_click())
    assert whole.target_minor == 0


def test_an_amount_in_another_currency_than_the_order_waits_until_a_person_has_looked() -> None:
    torn = make_sale(exchange=USD, told_otherwise=True)
    assert decide(torn, make_click()).holds == (HoldReason.OTHER_CURRENCY,)
    looked = HumanDecision(
        kind=DecisionKind.HOLD_LIFTED, decided_at_ms=NOON, decision_id="1", hold=HoldReason.OTHER_CURRENCY
    )
    assert decide(make_sale(exchange=USD, told_otherwise=True, decisions=(looked,)), make_click()).holds == ()


rates = some.from_regex(r"(0|[1-9][0-9]{0,4})\.[0-9]{1,6}", fullmatch=True).filter(lambda text: Fraction(text) > 0)


@given(
    total_minor=some.integers(1, 10**9),
    taken_minor=some.integers(0, 10**9),
    currency=some.sampled_from(sorted(CURRENCIES)),
    rate=rates,
    percent=some.sampled_from(("12", "7.5", "0.3333", "33.3333", "100")),
)
def test_the_only_rounding_is_the_last_one(
    total_minor: int, taken_minor: int, currency: str, rate: str, percent: str
) -> None:
    terms = make_terms(rules=[{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": percent}}])
    order = make_sale(
        reports=(AmountReport(total_minor=total_minor),),
        corrections=(refunded(min(taken_minor, total_minor)),),
        exchange=Exchange(currency, Rate(rate, DAY, "manual")),
    )
    left_minor = total_minor - min(taken_minor, total_minor)
    exact = left_minor * Fraction(percent) / 100 * Fraction(rate) * Fraction(10) ** (2 - CURRENCIES[currency])
    decision = decide(order, make_click(), promises=make_promises(terms={"trm_1": terms}))
    assert decision.target_minor == round_half_up(exact)
    assert steps(decision)[StepLabel.EXACT] == exact
