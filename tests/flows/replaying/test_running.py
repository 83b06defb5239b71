"""A replay pays the past again by a draft: per partner, product and month, to the cent."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from rapport.apps.commissions.models import Proposal
from rapport.apps.partners.actions import accept_terms
from rapport.apps.partners.actions.proposing import offer_terms
from rapport.apps.programs.actions import publish_own_terms, publish_terms, save_draft
from rapport.apps.programs.models import Program
from rapport.domain.terms import Terms, canonical, parse, presets
from rapport.flows.deciding import turn_proposal_down
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.result import Replayed, from_document, to_document
from rapport.flows.replaying.running import replay
from rapport.flows.settlement import approve_due, join_click_facts
from tests.make.identity import NOON, STORY
from tests.make.road import (
    START,
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db

BEFORE = NOON - timedelta(days=1)


def terms_with(document: Mapping[str, object] | None = None, **changed: object) -> Terms:
    terms = parse({**(document or presets()[0].document), **changed}, currency="EUR")
    assert isinstance(terms, Terms), terms
    return terms


def percent(rate: str) -> list[dict[str, object]]:
    return [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": rate}}]


def tried(program: Program, terms: Terms, **asked: object) -> Replayed:
    day = NOON.date()
    given = {"first_on": day - timedelta(days=30), "last_on": day, **asked}
    return replay(Asked(program, terms, **given), at=NOON)  # type: ignore[arg-type]  # days and partners, by their names


def test_a_higher_rate_makes_every_partner_win_and_the_parts_add_up() -> None:
    program = make_program()
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    basket = [
        {"product": "TEA", "quantity": 2, "price": "10.00", "cost": "11.00"},
        {"product": "POT", "price": "13.33", "cost": "3.00"},
    ]
    for number, agreement in enumerate((first, first, second)):
        click = make_click_id(make_link(agreement), at=BEFORE)
        report_sale(program, external_id=str(number), total="33.33", click_ids=[click], lines=basket if number else [])
    found = tried(program, terms_with(rules=percent("15")))
    assert found.totals.orders == 3
    assert (found.totals.then_minor, found.totals.now_minor) == (1200, 1500)
    assert found.totals.engine_minor == found.totals.then_minor
    assert found.unlike_books == 0
    assert {group.key: group.figures.difference_minor for group in found.winners} == {first.id: 200, second.id: 100}
    assert found.losers == ()
    for groups in (found.by_partner, found.by_product, found.by_month):
        assert sum(group.figures.now_minor for group in groups) == 1500
        assert sum(group.figures.then_minor for group in groups) == 1200
    products = {group.key: group.figures for group in found.by_product}
    assert {key: figures.now_minor for key, figures in products.items()} == {"": 500, "TEA": 600, "POT": 400}
    # Two baskets of 33.33 that cost 14.00, without 4.00 and 5.00 of commission each.
    assert found.totals.costed == 2
    assert (found.totals.margin_then_minor, found.totals.margin_now_minor) == (3866 - 800, 3866 - 1000)
    assert products["TEA"].margin_now_minor + products["POT"].margin_now_minor == 3866 - 1000
    assert from_document(to_document(found)) == found


def test_what_was_taken_back_and_what_lies_outside_pays_nothing() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=BEFORE)
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    report_sale(program, external_id="2", total="100.00", click_ids=[click], at=NOON + timedelta(days=1))
    report_correction(program, kind="refund", external_id="r", of="1", total="50.00")
    found = tried(program, terms_with(rules=percent("10")))
    assert (found.looked_at, found.totals.then_minor, found.totals.now_minor) == (1, 600, 500)
    assert found.totals.basis_now_minor == 5000


def test_a_customer_whose_orders_reach_over_pages_is_judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.flows.replaying.running.PAGE", 2)
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=BEFORE)
    for number in range(5):
        report_sale(program, external_id=f"a{number}", total="10.00", click_ids=[click], customer_id="anna")
        report_sale(program, external_id=f"b{number}", total="10.00", click_ids=[click])
    found = tried(program, terms_with(rules=percent("50")))
    assert (found.looked_at, found.totals.orders, found.totals.now_minor) == (10, 10, 5000)


def test_orders_change_hands_where_the_draft_lets_clicks_go_first() -> None:
    program = make_program()
    clicked, coded = make_agreement(program, name="Clicked"), make_agreement(program, name="Coded")
    make_coupon(coded, "TEN")
    click = make_click_id(make_link(clicked), at=BEFORE)
    report_sale(program, external_id="1", total="100.00", click_ids=[click], coupons=["TEN"])
    attribution = {"click_window_days": 30, "repeat_purchases": True, "coupon": "after_click"}
    found = tried(program, terms_with(attribution=attribution))
    assert found.hands.moved == 1
    assert [group.key for group in found.winners] == [clicked.id]
    assert [group.key for group in found.losers] == [coded.id]
    assert [(one.earner_then, one.earner_now) for one in found.orders] == [(coded.id, clicked.id)]


def test_only_the_partners_asked_for_count() -> None:
    program = make_program()
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    for number, agreement in enumerate((first, second)):
        click = make_click_id(make_link(agreement), at=BEFORE)
        report_sale(program, external_id=str(number), total="100.00", click_ids=[click])
    found = tried(program, terms_with(), partners=(second.id,))
    assert [group.key for group in found.by_partner] == [second.id]
    assert found.totals.now_minor == 1200


def test_money_is_paid_later_where_the_draft_holds_it_longer() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)), at=BEFORE)
    report_sale(program, external_id="1", total="1000.00", click_ids=[click])
    longer = terms_with(
        hold={"days": 60}, payout={"threshold": "500.00", "calendar": "monthly", "day": 15}, rules=percent("40")
    )
    found = tried(program, longer)
    held = {day.on: (day.payable_then_minor, day.payable_now_minor) for day in found.calendar}
    ordered = NOON.date()
    assert held[ordered + timedelta(days=61)][1] == 40000
    assert (found.waiting_then_minor, found.waiting_now_minor) == (0, 40000)
    assert sum(day.paid_then_minor for day in found.calendar) == 12000
    assert isinstance(found.calendar[0].on, date)


def test_what_binds_today_stands_beside_what_was_promised_then() -> None:
    program = make_program()
    agreement = make_agreement(program)
    click = make_click_id(make_link(agreement), at=BEFORE)
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    save_draft(program_id=program.id, document=canonical(terms_with(rules=percent("8"))), by=STORY, at=NOON)
    version = publish_terms(program_id=program.id, effective_at=NOON, by=STORY, at=NOON)
    accept_terms(agreement_id=agreement.id, version_id=version.id, sentence="8 %", language="en", by=STORY, at=NOON)
    found = tried(program, terms_with(rules=percent("10")))
    assert (found.totals.then_minor, found.totals.present_minor, found.totals.now_minor) == (1200, 800, 1000)


def test_terms_of_ones_own_stay_unless_they_are_asked_for_too() -> None:
    program = make_program()
    agreement = make_agreement(program, at=START)
    own = canonical(terms_with(rules=percent("20")))
    since = START + timedelta(days=1)
    version = publish_own_terms(
        program_id=program.id, agreement_id=agreement.id, document=own, note="", by=STORY, at=since
    )
    offer_terms(agreement=agreement, version=version, by=STORY, at=since)
    accept_terms(agreement_id=agreement.id, version_id=version.id, sentence="20 %", language="en", by=STORY, at=since)
    click = make_click_id(make_link(agreement), at=BEFORE)
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    draft = terms_with(rules=percent("5"))
    assert tried(program, draft).totals.now_minor == 2000
    assert tried(program, draft, own_too=True).totals.now_minor == 500


def test_a_commission_that_a_person_left_with_its_partner_is_paid_by_the_rules_of_the_draft() -> None:
    program = make_program()
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    early = make_click_id(make_link(first), at=NOON - timedelta(days=9))
    late = make_click_id(make_link(second), at=BEFORE)
    report_sale(program, external_id="1", total="100.00", click_ids=[early])
    join_click_facts(at=NOON + timedelta(minutes=5))
    approve_due(at=NOON + timedelta(days=40))
    report_sale(program, external_id="1", total="100.00", click_ids=[late])
    proposal = Proposal.objects.filter(commission__agreement=first)[0]
    turn_proposal_down(proposal=proposal, reason="It stays.", by=STORY, at=NOON + timedelta(days=41))
    rules = [{"name": "another-name", "when": {"kind": "sale"}, "pay": {"percent": "7"}}]
    found = tried(program, terms_with(rules=rules))
    assert {group.key: group.figures.now_minor for group in found.by_partner} == {first.id: 700}
