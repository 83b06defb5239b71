"""Tiers and bonuses in a replay: counted from the replayed days, then beside what the draft would pay."""

from datetime import timedelta

import pytest

from rapport.apps.programs.models import Program
from rapport.domain.terms import Terms, parse
from rapport.flows.offers import load_offer
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.columns.fitting import bound_by
from rapport.flows.replaying.comparing import Comparing
from rapport.flows.replaying.periods import PERIODS
from rapport.flows.replaying.result import Replayed, from_document, to_document
from rapport.flows.replaying.running import replay
from tests.flows.test_periods import BONUS, TIER, beginning, document, sell
from tests.make.identity import NOON

pytestmark = pytest.mark.django_db


def drafted(**promised: list[dict[str, object]]) -> Terms:
    terms = parse(document(**promised), currency="EUR")
    assert isinstance(terms, Terms), terms
    return terms


def asked(program: Program, terms: Terms) -> Asked:
    return Asked(program, terms, NOON.date() - timedelta(days=9), NOON.date())


def tried(program: Program, terms: Terms) -> Replayed:
    return replay(asked(program, terms), at=NOON)


def test_a_tier_and_a_bonus_of_the_draft_stand_beside_what_the_books_hold() -> None:
    program, agreement, _coupon = beginning()
    for number in range(5):
        sell(program, number)
    steps = [{"from": 2, "percent": "20"}]
    found = tried(program, drafted(tiers=[{**TIER, "steps": steps}], bonuses=[BONUS]))
    # Five orders of 10.00; above them 2.00 + 2.00 + 5.00 then, 4 × 10.00 and the bonus by the draft.
    assert (found.totals.then_minor, found.totals.engine_minor) == (5900, 5900)
    assert found.totals.now_minor == 5000 + 4000 + 2500
    assert (found.totals.orders, found.unlike_books, found.orders_changed) == (5, 0, 0)
    products = {group.key: group.figures for group in found.by_product}
    assert (products[PERIODS].then_minor, products[PERIODS].now_minor) == (900, 6500)
    assert {group.key: group.figures.now_minor for group in found.by_partner} == {agreement.id: 11500}
    assert sum(day.payable_now_minor for day in found.calendar) == 11500


def test_a_draft_without_tiers_takes_them_away() -> None:
    program, agreement, _coupon = beginning()
    for number in range(5):
        sell(program, number)
    found = tried(program, drafted(tiers=[]))
    assert (found.totals.then_minor, found.totals.now_minor) == (5900, 5000)
    assert [group.key for group in found.losers] == [agreement.id]


def test_columns_leave_them_to_the_engine_and_say_so() -> None:
    program, _agreement, _coupon = beginning()
    wanted = asked(program, drafted())
    comparing = Comparing(wanted, load_offer(program.id), 0)
    _bound, reasons = bound_by(wanted, comparing.offer, comparing.draft, at_ms=0)
    assert "Tiers and bonuses" in " ".join(reasons)


def test_pay_for_clicks_is_said_to_be_left_out() -> None:
    program, _agreement, _coupon = beginning()
    clicks = {**document(), "clicks": [{"name": "visit", "per_click": "0.035"}]}
    terms = parse(clicks, currency="EUR")
    assert isinstance(terms, Terms), terms
    found = tried(program, terms)
    assert found.proof.visits_left_out
    assert from_document(to_document(found)) == found
    assert not tried(program, drafted()).proof.visits_left_out
