"""A file says whose customer this is: that counts like a click of its day, by the terms accepted at the order."""

from dataclasses import replace

from rapport.domain.credit import Via
from rapport.domain.judge import judge
from rapport.domain.judgement import Decision, Outcome, Source, Why
from rapport.domain.story import ReportedConversion, ToldBinding, Touch
from tests.make.judging import (
    ANNA,
    BEN,
    DAY_MS,
    NOON,
    make_click,
    make_promises,
    make_sale,
    make_standing,
    make_story,
    make_terms,
)


def whys(decision: Decision) -> dict[str, Why]:
    return {one.ref: one.why for one in decision.considered}


def earner(decision: Decision) -> str | None:
    return decision.credit.agreement_id if decision.credit else None


def told_story(sale: ReportedConversion, *touches: Touch, told: tuple[ToldBinding, ...]) -> Decision:
    story = replace(make_story(sale, touches=touches), bindings=told)
    return judge(story, make_promises()).on(sale.id)


def test_a_file_that_names_the_customers_partner_brings_the_orders_after_its_day() -> None:
    told = ToldBinding(binding_id="bnd_1", agreement_id=ANNA, from_ms=NOON - DAY_MS)
    decision = told_story(make_sale(), told=(told,))
    assert decision.credit is not None
    assert (earner(decision), decision.credit.via, decision.credit.touch_id) == (ANNA, Via.FILE, "bnd_1")
    assert [(one.source, one.why) for one in decision.considered] == [(Source.FILE, Why.WON)]
    later = replace(told, from_ms=NOON + 1)
    assert told_story(make_sale(), told=(later,)).outcome is Outcome.NO_TOUCH


def test_a_click_after_the_day_of_the_file_binds_anew() -> None:
    told = ToldBinding(binding_id="bnd_1", agreement_id=ANNA, from_ms=NOON - 2 * DAY_MS)
    decision = told_story(make_sale(click_ids=("click",)), make_click(of=BEN), told=(told,))
    assert (earner(decision), whys(decision)["bnd_1"]) == (BEN, Why.NEWER_TOUCH_WON)


def test_the_window_of_a_binding_counts_from_the_day_that_the_file_names() -> None:
    told = ToldBinding(binding_id="bnd_1", agreement_id=ANNA, from_ms=NOON - 366 * DAY_MS)
    assert whys(told_story(make_sale(), told=(told,))) == {"bnd_1": Why.WINDOW_OVER}


def test_a_file_brings_nothing_after_the_agreement_ended_and_one_order_where_repeats_are_not_paid() -> None:
    told = ToldBinding(binding_id="bnd_1", agreement_id=ANNA, from_ms=NOON - DAY_MS)
    orders = (make_sale(1), make_sale(2, occurred_at_ms=NOON + 1))
    story = replace(make_story(*orders), bindings=(told,))
    ended = make_promises(make_standing(ANNA, ended_at_ms=NOON - 1))
    assert whys(judge(story, ended).on("cnv_1")) == {"bnd_1": Why.AGREEMENT_ENDED}
    once = make_promises(terms={"trm_1": make_terms(attribution={"repeat_purchases": False})})
    first, second = judge(story, once).decisions
    assert (earner(first), whys(second)) == (ANNA, {"bnd_1": Why.REPEAT_NOT_PAID})
