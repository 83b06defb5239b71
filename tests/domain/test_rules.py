"""What rules ask and pay: every condition on both sides of its edge, shares of a basket, bounds, choices."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rapport.domain.basket import Item, weights_of
from rapport.domain.exchange import Exchange, Rate
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Outcome, StepLabel, Why
from rapport.domain.story import (
    AmountReport,
    Correction,
    CorrectionKind,
    CouponUse,
    ReportedConversion,
    TouchFacts,
)
from rapport.domain.terms import Percent, Terms
from tests.make.judging import (
    ANNA,
    NOON,
    decide,
    make_click,
    make_promises,
    make_sale,
    make_standing,
    make_story,
    make_terms,
    moment,
)

SHOES = Item(product="S1", category="Shoes", brand="Acme", price_minor=6_000, cost_minor=2_000)
HATS = Item(product="H1", category="Hats", quantity=Fraction(2), price_minor=2_000, cost_minor=1_500)
BASKET = (SHOES, HATS)


def rule(name: str = "rule", pay: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a document
    when = {"kind": "sale", **more.pop("when", {})}
    return {"name": name, "when": when, "pay": pay or {"percent": "10"}, **more}


def terms_of(*rules: dict[str, Any], **sections: Any) -> Terms:  # noqa: ANN401 - any section of a document
    return make_terms(rules=list(rules), **sections)


def earned(terms: Terms, order: ReportedConversion, **click: Any) -> Decision:  # noqa: ANN401 - any field of a click
    standing = make_standing(ANNA, segment=click.pop("segment", ""))
    return decide(order, make_click(**click), promises=make_promises(standing, terms={"trm_1": terms}))


def steps(decision: Decision) -> dict[tuple[str, StepLabel], Fraction | int]:
    return {(step.rule, step.label): step.amount for step in decision.formula}


@pytest.mark.parametrize(
    ("when", "order", "matches"),
    [
        ({"product": ["s1"]}, {"items": BASKET}, True),
        ({"product": ["s2"]}, {"items": BASKET}, False),
        ({"category": ["SHOES"]}, {"items": BASKET}, True),
        ({"category": ["toys"]}, {"items": BASKET}, False),
        ({"brand": ["acme"]}, {"items": BASKET}, True),
        ({"brand": ["acme"]}, {"items": (HATS,)}, False),
        ({"brand": ["acme"]}, {}, False),
        ({"price": {"from": "60.00"}}, {"items": BASKET}, True),
        ({"price": {"from": "60.01"}}, {"items": BASKET}, False),
        ({"price": {"below": "20.00"}}, {"items": BASKET}, False),
        ({"price": {"below": "20.01"}}, {"items": BASKET}, True),
        ({"amount": {"from": "100.00"}}, {}, True),
        ({"amount": {"from": "100.01"}}, {}, False),
        ({"amount": {"below": "100.00"}}, {}, False),
        ({"amount": {"below": "100.01"}}, {}, True),
        ({"quantity": {"from": 3}}, {"items": BASKET}, True),
        ({"quantity": {"from": 4}}, {"items": BASKET}, False),
        ({"quantity": {"from": 0}}, {}, False),
        ({"customer": "new"}, {"customer_status": "new"}, True),
        ({"customer": "new"}, {"customer_status": "returning"}, False),
        ({"customer": "new"}, {}, False),
        ({"country": ["DE"]}, {"country": "DE"}, True),
        ({"country": ["DE"]}, {"country": "AT"}, False),
        ({"country": ["DE"]}, {}, False),
        ({"coupon": "without"}, {}, True),
        ({"coupon": "with"}, {}, False),
        ({"channel": ["Mail"]}, {"channel": "mail"}, True),
        ({"channel": ["Mail"]}, {}, False),
        # NOON is a Thursday, an hour after noon in Berlin.
        ({"weekday": ["thursday"]}, {}, True),
        ({"weekday": ["wednesday", "friday"]}, {}, False),
        ({"hour": {"from": 13}}, {}, True),
        ({"hour": {"from": 14}}, {}, False),
        ({"hour": {"below": 13}}, {}, False),
        ({"hour": {"from": 0, "below": 14}}, {}, True),
        ({"from": "2026-03-19"}, {}, True),
        ({"from": "2026-03-20"}, {}, False),
        ({"until": "2026-03-19"}, {}, True),
        ({"until": "2026-03-18"}, {}, False),
        ({"from": "2026-03-19", "until": "2026-03-19"}, {}, True),
    ],
)
def test_a_condition_holds_up_to_its_edge(when: dict[str, Any], order: dict[str, Any], matches: bool) -> None:
    decision = earned(terms_of(rule(when=when)), make_sale(**order))
    assert (decision.outcome is Outcome.EARNED) is matches
    assert decision.outcome in {Outcome.EARNED, Outcome.NO_RULE_MATCHES}
    assert bool(decision.target_minor) is matches


@pytest.mark.parametrize(
    ("when", "click", "matches"),
    [
        ({"segment": ["blogger"]}, {"segment": "blogger"}, True),
        ({"segment": ["blogger"]}, {"segment": "coupon"}, False),
        ({"placement": ["sidebar"]}, {"placement": "Sidebar"}, True),
        ({"placement": ["sidebar"]}, {}, False),
        ({"channel": ["mail"]}, {"channel": "MAIL"}, True),
        ({"device": ["phone"]}, {"facts": TouchFacts(device="phone")}, True),
        ({"device": ["phone"]}, {"facts": TouchFacts(device="desktop")}, False),
        ({"device": ["phone"]}, {}, False),
        ({"country": ["AT"]}, {"facts": TouchFacts(country="AT")}, True),
    ],
)
def test_a_condition_may_ask_for_the_partner_and_the_click(
    when: dict[str, Any],
    click: dict[str, Any],
    matches: bool,
) -> None:
    assert bool(earned(terms_of(rule(when=when)), make_sale(), **click).target_minor) is matches


def test_a_late_word_of_the_lake_raises_what_waited_for_it() -> None:
    terms = terms_of(rule("phone", {"percent": "20"}, when={"device": ["phone"]}), rule("else"))
    assert earned(terms, make_sale()).target_minor == 1_000
    assert earned(terms, make_sale(), facts=TouchFacts(device="phone")).target_minor == 2_000


def test_a_code_counts_where_it_is_the_earning_partners() -> None:
    terms = terms_of(rule(when={"coupon": "with", "coupon_code": ["anna10"]}), attribution={"coupon": "after_click"})
    mine = CouponUse(code="ANNA10", agreement_id=ANNA)
    bens = CouponUse(code="ANNA10", agreement_id="agr_ben")
    assert earned(terms, make_sale(coupons=(mine,))).target_minor == 1_000
    assert earned(terms, make_sale(coupons=(replace(mine, code="OTHER"),))).outcome is Outcome.NO_RULE_MATCHES
    assert earned(terms, make_sale(coupons=(bens,))).credit != earned(terms, make_sale(coupons=(mine,))).credit


def test_new_and_returning_are_seen_in_the_story_where_nobody_told() -> None:
    terms = terms_of(
        rule("new", {"percent": "20"}, when={"customer": "new"}),
        rule("back", {"percent": "5"}, when={"customer": "returning"}),
        attribution={"repeat_purchases": True},
    )
    orders = (make_sale(1, test=True), make_sale(2, occurred_at_ms=NOON + 1), make_sale(3, occurred_at_ms=NOON + 2))
    story = make_story(*(replace(one, click_ids=("click",)) for one in orders), touches=(make_click(),))
    promises = make_promises(terms={"trm_1": terms})
    known = judge(replace(story, knows_customer=True), promises)
    assert [known.on(one.id).target_minor for one in orders] == [0, 2_000, 500]
    assert judge(story, promises).on("cnv_2").outcome is Outcome.NO_RULE_MATCHES


class TestSharing:
    """Which rule pays for which lines of a basket of 60.00 for shoes and 40.00 for hats."""

    def test_the_first_rule_takes_its_lines_and_the_next_the_rest(self) -> None:
        terms = terms_of(rule("shoes", {"percent": "20"}, when={"category": ["shoes"]}), rule("rest"))
        decision = earned(terms, make_sale(items=BASKET))
        assert [(line.rule, line.target_minor) for line in decision.lines] == [("shoes", 1_200), ("rest", 400)]
        assert decision.target_minor == 1_600
        told = steps(decision)
        assert told["shoes", StepLabel.PART_OF_ORDER] == Fraction(3, 5)
        assert told["rest", StepLabel.BASIS_OF_RULE] == 4_000

    def test_lines_share_what_the_customer_really_paid(self) -> None:
        terms = terms_of(rule(when={"category": ["shoes"]}))
        amounts = AmountReport(total_minor=9_000, tax_minor=1_000, discount_minor=2_000)
        assert earned(terms, make_sale(items=BASKET, reports=(amounts,))).target_minor == 480

    def test_a_refund_takes_from_all_lines_alike_and_a_whole_one_leaves_nothing(self) -> None:
        terms = terms_of(rule("shoes", {"percent": "20"}, when={"category": ["shoes"]}), rule("rest", {"flat": "3.00"}))
        half = Correction(external_id="r", kind=CorrectionKind.REFUND, occurred_at_ms=NOON + 1, total_minor=-5_000)
        decision = earned(terms, make_sale(items=BASKET, corrections=(half,)))
        assert [line.target_minor for line in decision.lines] == [600, 150]
        gone = earned(terms, make_sale(items=BASKET, corrections=(replace(half, total_minor=None),)))
        assert (gone.target_minor, [line.target_minor for line in gone.lines]) == (0, [0, 0])

    def test_one_rounding_for_all_and_the_lines_add_up_to_it(self) -> None:
        third = {"percent": "33.3333"}
        terms = terms_of(rule("shoes", third, when={"category": ["shoes"]}), rule("rest", third))
        decision = earned(terms, make_sale(total_minor=1, items=BASKET))
        assert decision.target_minor == sum(line.target_minor for line in decision.lines) == 0
        decision = earned(terms, make_sale(total_minor=101, items=BASKET))
        assert (decision.target_minor, [line.target_minor for line in decision.lines]) == (34, [20, 14])

    def test_the_best_is_chosen_in_money_line_by_line(self) -> None:
        rules = (rule("percent"), rule("flat", {"flat": "5.00"}, when={"category": ["hats"]}))
        best = earned(terms_of(*rules, choice="best"), make_sale(items=BASKET))
        # Ten percent of everything is 10.00, more than 5.00 for the hats; then nothing is left for the hats.
        assert [(line.rule, line.target_minor) for line in best.lines] == [("percent", 1_000)]
        rich = rule("flat", {"flat": "12.00"}, when={"category": ["hats"]})
        best = earned(terms_of(rules[0], rich, choice="best"), make_sale(items=BASKET))
        assert [(line.rule, line.target_minor) for line in best.lines] == [("flat", 1_200), ("percent", 600)]

    def test_of_two_equally_good_rules_the_first_pays(self) -> None:
        terms = terms_of(rule("a"), rule("b", {"flat": "10.00"}, when={"amount": {"from": "1"}}), choice="best")
        assert [line.rule for line in earned(terms, make_sale()).lines] == ["a"]

    def test_all_rules_that_match_are_added_up(self) -> None:
        bonus = rule("bonus", {"flat": "2.00"}, when={"category": ["hats"]})
        decision = earned(terms_of(rule("base"), bonus, choice="all"), make_sale(items=BASKET))
        assert [(line.rule, line.target_minor) for line in decision.lines] == [("base", 1_000), ("bonus", 200)]

    def test_lines_that_come_to_nothing_share_alike(self) -> None:
        free = (Item(product="a"), Item(product="b", price_minor=100, discount_minor=300))
        assert weights_of(free) == [Fraction(1, 2), Fraction(1, 2)]
        assert weights_of(BASKET) == [Fraction(3, 5), Fraction(2, 5)]


class TestPay:
    """Amounts a piece, shares of the margin, bounds."""

    def test_every_piece_is_paid(self) -> None:
        per_piece = {"per_unit": "1.50"}
        assert earned(terms_of(rule(pay=per_piece)), make_sale(items=BASKET)).target_minor == 450
        assert earned(terms_of(rule(pay=per_piece)), make_sale()).target_minor == 150
        hats = earned(terms_of(rule(pay=per_piece, when={"category": ["hats"]})), make_sale(items=BASKET))
        assert hats.target_minor == 300
        assert steps(hats)["rule", StepLabel.PIECES] == 2

    def test_a_share_of_the_margin_leaves_the_cost_out(self) -> None:
        decision = earned(terms_of(rule(pay={"margin_percent": "50"})), make_sale(items=BASKET))
        assert decision.target_minor == (10_000 - 3_500) // 2
        assert steps(decision)["rule", StepLabel.COST] == -3_500
        assert steps(decision)["rule", StepLabel.MARGIN] == 6_500

    def test_a_margin_below_zero_pays_nothing(self) -> None:
        dear = (replace(SHOES, cost_minor=11_000),)
        assert earned(terms_of(rule(pay={"margin_percent": "50"})), make_sale(items=dear)).target_minor == 0

    def test_lines_without_a_cost_are_left_to_another_rule(self) -> None:
        unknown = replace(HATS, cost_minor=None)
        terms = terms_of(rule("margin", {"margin_percent": "50"}), rule("rest", {"percent": "1"}))
        decision = earned(terms, make_sale(items=(SHOES, unknown)))
        assert [(line.rule, line.target_minor) for line in decision.lines] == [("margin", 2_000), ("rest", 40)]
        alone = earned(terms_of(rule("margin", {"margin_percent": "50"})), make_sale())
        assert alone.outcome is Outcome.NO_RULE_MATCHES

    @pytest.mark.parametrize(("total_minor", "pays"), [(49_999, 5_000), (50_000, 5_000), (50_006, 5_000), (1_000, 200)])
    def test_what_is_paid_for_one_order_is_bounded(self, total_minor: int, pays: int) -> None:
        terms = terms_of(rule(at_most="50.00", at_least="2.00"))
        assert earned(terms, make_sale(total_minor=total_minor)).target_minor == pays

    def test_the_bound_that_decides_is_shown(self) -> None:
        terms = terms_of(rule(at_most="50.00", at_least="2.00"))
        assert ("rule", StepLabel.AT_MOST) in steps(earned(terms, make_sale(total_minor=60_000)))
        assert ("rule", StepLabel.AT_LEAST) in steps(earned(terms, make_sale(total_minor=100)))
        between = steps(earned(terms, make_sale(total_minor=30_000)))
        assert {("rule", StepLabel.AT_LEAST), ("rule", StepLabel.AT_MOST)}.isdisjoint(between)

    def test_what_is_paid_at_least_shrinks_with_the_order(self) -> None:
        refund = Correction(external_id="r", kind=CorrectionKind.REFUND, occurred_at_ms=NOON + 1, total_minor=-75)
        decision = earned(terms_of(rule(at_least="2.00")), make_sale(total_minor=100, corrections=(refund,)))
        assert decision.target_minor == 50
        assert steps(decision)["rule", StepLabel.SHARE_LEFT] == Fraction(1, 4)


class TestForeignOrders:
    """Amounts of conditions and bounds are the program's, whatever the order is in."""

    RATE = Rate("0.5", datetime(2026, 3, 19, tzinfo=UTC).date(), "manual")

    def test_amounts_are_compared_and_bounded_in_the_programs_currency(self) -> None:
        terms = terms_of(rule(when={"amount": {"below": "50.01"}, "price": {"below": "30.01"}}, at_most="2.00"))
        decision = earned(terms, make_sale(items=(SHOES,), exchange=Exchange("USD", self.RATE)))
        assert decision.target_minor == 200
        assert steps(decision)["", StepLabel.CONVERTED] == 5_000

    def test_nothing_is_decided_before_the_rate_is_known(self) -> None:
        waits = make_sale(items=BASKET, exchange=Exchange("USD"))
        assert (
            earned(terms_of(rule(), rule("b", when={"country": ["DE"]}), choice="all"), waits).outcome
            is Outcome.NO_RATE
        )
        flat = terms_of(rule("flat", {"flat": "5.00"}, when={"category": ["shoes"]}))
        assert earned(flat, waits).target_minor == 500

    def test_cost_is_converted_like_the_price(self) -> None:
        terms = terms_of(rule(pay={"margin_percent": "50"}))
        decision = earned(terms, make_sale(items=BASKET, exchange=Exchange("USD", self.RATE)))
        assert decision.target_minor == 1_625


class TestRecurring:
    """Repeated payments after a first order on 19 March."""

    def months(self, recurring: dict[str, int], *on: str) -> list[int]:
        terms = terms_of(rule("first"), {**rule("again"), "when": {"kind": "rebill"}, "recurring": recurring})
        first = make_sale(0, click_ids=("click",))
        rebills = [
            make_sale(number, kind="rebill", occurred_at_ms=moment(f"{day} 10:00"))
            for number, day in enumerate(on, start=1)
        ]
        story = make_story(first, *rebills, touches=(make_click(),))
        judged = judge(story, make_promises(terms={"trm_1": terms}))
        return [judged.on(one.id).target_minor for one in rebills]

    def test_some_months_end_on_the_day_of_the_first_order(self) -> None:
        assert self.months({"months": 2}, "2026-04-19", "2026-05-18", "2026-05-19") == [1_000, 1_000, 0]

    def test_some_times_are_counted(self) -> None:
        assert self.months({"times": 2}, "2026-04-01", "2027-04-02", "2027-04-03") == [1_000, 1_000, 0]

    def test_for_ever_is_beyond_every_window(self) -> None:
        assert self.months({}, "2026-04-19", "2036-04-19") == [1_000, 1_000]

    def test_beyond_the_window_only_the_rules_that_recur_are_asked(self) -> None:
        window = {**rule("window", {"percent": "20"}), "when": {"kind": "rebill", "hour": {"from": 0}}}
        terms = terms_of(rule("first"), window, {**rule("ever"), "when": {"kind": "rebill"}, "recurring": {}})
        days = ("2026-04-01", "2026-12-01")
        rebills = [
            make_sale(number, kind="rebill", occurred_at_ms=moment(f"{day} 10:00"))
            for number, day in enumerate(days, 1)
        ]
        story = make_story(make_sale(0, click_ids=("click",)), *rebills, touches=(make_click(),))
        judged = judge(story, make_promises(terms={"trm_1": terms}))
        assert [judged.on(one.id).lines[0].rule for one in rebills] == ["window", "ever"]
        assert [judged.on(one.id).target_minor for one in rebills] == [2_000, 1_000]

    def test_without_a_word_the_click_window_ends_it(self) -> None:
        terms = terms_of(rule("first"), {**rule("again"), "when": {"kind": "rebill"}})
        late = make_sale(1, kind="rebill", occurred_at_ms=moment("2026-04-19 10:00"))
        story = make_story(make_sale(0, click_ids=("click",)), late, touches=(make_click(),))
        decision = judge(story, make_promises(terms={"trm_1": terms})).on("cnv_1")
        assert decision.considered[0].why is Why.WINDOW_OVER


def test_why_each_rule_pays_nothing_is_kept_with_the_decision() -> None:
    terms = terms_of(
        rule("shoes", when={"category": ["Shoes"]}),
        rule("big", when={"amount": {"from": "200.00", "below": "300.00"}}),
        rule("codes", when={"coupon_code": ["X"]}),
        rule("rest"),
    )
    decision = earned(terms, make_sale(items=(HATS,)))
    told = [(one.rule, one.asks, one.wants, one.told) for one in decision.unpaid]
    assert told == [
        ("shoes", "category", ("shoes",), "hats"),
        ("big", "amount", (">= 20000", "< 30000"), "10000"),
        ("codes", "coupon_code", ("x",), ""),
    ]
    assert [line.rule for line in decision.lines] == ["rest"]


def test_an_order_that_no_rule_fits_says_which_was_asked() -> None:
    terms = terms_of(rule("shoes", when={"category": ["Shoes"]}))
    decision = earned(terms, make_sale(items=(HATS,)))
    assert decision.outcome is Outcome.NO_RULE_MATCHES
    assert dict(decision.considered[0].data) == {"rule": "shoes", "asks": "category", "told": "hats"}


def test_a_rate_is_exact_however_it_is_written() -> None:
    terms = terms_of(rule(pay={"percent": "7.5"}, when={"amount": {"from": "1"}}))
    assert terms.rules[0].pay == Percent(Decimal("7.5"))
    assert earned(terms, make_sale(total_minor=10_001)).target_minor == 750
