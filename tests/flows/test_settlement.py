"""What the lake knows is joined once, and silence approves, whoever else writes at the same time."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.actions import join_facts
from rapport.apps.conversions.queries import clicks_to_join
from rapport.apps.record.write import transaction
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(minutes=5)


def test_an_order_that_learns_its_customer_while_the_lake_is_asked_is_judged_in_that_customers_story() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    asked_about = clicks_to_join(limit=10, before=SOON)

    report_sale(program, external_id="1", total="100.00", customer_id="anna")
    with transaction():
        touched = join_facts(asked_about, facts={click: {"bot": True}}, at=SOON)
        judge_touched(touched, offer=load_offer(program.id), cause="click-facts", by=STORY, at=SOON)

    assert Commission.objects.get().accrued_minor == 0


def test_a_click_that_a_second_order_names_keeps_what_is_known_of_it() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="100.00", click_ids=[click], customer_id="anna")
    with transaction():
        touched = join_facts(clicks_to_join(limit=10, before=SOON), facts={click: {"bot": True}}, at=SOON)
        judge_touched(touched, offer=load_offer(program.id), cause="click-facts", by=STORY, at=SOON)

    report_sale(program, external_id="2", total="100.00", click_ids=[click], customer_id="anna")

    assert [row.accrued_minor for row in Commission.objects.all()] == [0]
