"""Approving and declining from lists: one by one, all of a filter, with a moment to change one's mind."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import SetAside
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.jobs.models import Intention
from rapport.apps.threads.queries import messages_of
from rapport.flows.declining import decline_conversion
from rapport.flows.intentions import carry_out_due
from rapport.flows.replying import reply
from rapport.flows.settlement import join_click_facts
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.doors.console.test_applications import words_of
from tests.doors.console.test_money_pages import address, plain
from tests.make.identity import STORY
from tests.make.program_pages import Everything
from tests.make.road import report_sale

SOON = timedelta(minutes=5)


@pytest.fixture
def known(told: Everything) -> Everything:
    """The same program when the clicks of its orders are known: one commission can be approved."""
    join_click_facts(at=now() + SOON)
    return told


def state(told: Everything) -> str:
    return Commission.objects.get(pk=told.commission.id).state


def carried_out() -> None:
    """Let the ten seconds pass."""
    Intention.objects.update(due_at=now())
    carry_out_due(at=now())


def test_what_is_chosen_is_approved_ten_seconds_later_and_undone(manager: Client, known: Everything) -> None:
    filters = {"state": "pending", "partner": known.agreement.id}
    page = manager.get(address(known, "commissions"), filters)
    assert f'value="{known.commission.id}"' in page.content.decode()
    answer = manager.post(address(known, "commissions-approve"), {"commission": known.commission.id, **filters})
    assert (answer.status_code, "state=pending" in answer["Location"]) == (303, True)
    assert "Approving 1 commission" in plain(manager.get(address(known, "commissions")).content)
    assert state(known) == "pending"
    carried_out()
    piece = manager.get(address(known, "intentions"), headers={"HX-Request": "true"}).content
    assert "Approved: 1 of 1." in plain(piece)
    assert b"every 2s" not in piece
    assert state(known) == "approved"
    wish = Intention.objects.get()
    page = manager.post(address(known, "intention-undo", wish.id), follow=True)
    assert "Being taken back: 0 so far." in plain(page.content)
    assert b"every 2s" in page.content
    carried_out()
    assert state(known) == "held"
    assert "Taken back." in plain(manager.get(address(known, "intention", wish.id)).content)
    assert "Approved: 1 of 1." in plain(manager.get(address(known, "intentions")).content)


def test_within_ten_seconds_undo_simply_withdraws(manager: Client, known: Everything) -> None:
    given = {"commission": known.commission.id, "back": "today"}
    assert manager.post(address(known, "commissions-approve"), given)["Location"] == address(known, "today")
    wish = Intention.objects.get()
    page = manager.post(address(known, "intention-undo", wish.id), follow=True)
    assert "Withdrawn; nothing was done." in plain(page.content)
    carried_out()
    assert state(known) == "pending"
    assert manager.post(address(known, "intention-undo", wish.id)).status_code == 422


def test_all_that_a_filter_shows_is_counted_summed_and_confirmed(manager: Client, known: Everything) -> None:
    asked = {"all": "1", "state": "pending"}
    page = manager.post(address(known, "commissions-approve"), asked).content
    assert "Approve 1 commission, 12.51 €?" in plain(page)
    seen = dict(re.findall(r'name="(number|sum)" value="(\d+)"', page.decode()))
    report_sale(known.program, external_id="20001", total="50.00", coupons=[known.coupon.code])
    changed = plain(manager.post(address(known, "commissions-approve"), asked | seen).content)
    assert "Meanwhile something changed" in changed
    assert "Approve 2 commissions" in changed
    assert not Intention.objects.exists()
    page = manager.post(address(known, "commissions-approve"), asked).content
    seen = dict(re.findall(r'name="(number|sum)" value="(\d+)"', page.decode()))
    assert manager.post(address(known, "commissions-approve"), asked | seen).status_code == 303
    assert len(Intention.objects.get().subjects) == 2
    none = manager.post(address(known, "commissions-approve"), {"all": "1", "state": "paid"})
    assert "Nothing here can be approved now." in plain(none.content)


def test_what_was_refused_says_why_on_the_page_of_the_intention(manager: Client, told: Everything) -> None:
    manager.post(address(told, "commissions-approve"), {"commission": told.commission.id, "back": "commission"})
    carried_out()
    assert "1 was refused: see why" in plain(manager.get(address(told, "commission", told.commission.id)).content)
    page = plain(manager.get(address(told, "intention", Intention.objects.get().id)).content)
    assert "Details of the click are still being looked up." in page


def test_declining_from_the_list_asks_why_and_tells_the_partner(manager: Client, known: Everything) -> None:
    chosen = {"commission": known.commission.id}
    assert "Decline 1 order, 12.51 €?" in plain(manager.post(address(known, "commissions-decline"), chosen).content)
    empty = chosen | {"code": "fraud", "reason": ""}
    assert manager.post(address(known, "commissions-decline"), empty).status_code == 422
    given = chosen | {"code": "fraud", "reason": "A stolen card.", "evidence": "Claim 77"}
    assert manager.post(address(known, "commissions-decline"), given).status_code == 303
    carried_out()
    page = plain(manager.get(address(known, "commission", known.commission.id)).content)
    assert "A stolen card." in page
    assert "Claim 77" in page
    assert "possible until" in page


def test_a_commission_is_approved_taken_back_and_talked_about_on_its_page(
    manager: Client, marlow: Organisation, known: Everything
) -> None:
    page = address(known, "commission", known.commission.id)
    assert "Approve now" in plain(manager.get(page).content)
    manager.post(address(known, "commissions-approve"), {"commission": known.commission.id, "back": "commission"})
    carried_out()
    assert "Take the approval back" in plain(manager.get(page).content)
    back = address(known, "approval-take-back", known.commission.id)
    assert manager.post(back, {"reason": "Too soon"}).status_code == 303
    assert state(known) == "held"
    assert "It is not approved." in plain(manager.post(back, {"reason": "Again"}).content)
    written = manager.post(address(known, "commission-answer", known.commission.id), {"body": "We look at it."})
    assert (written.status_code, messages_of(known.commission.id)[-1].body) == (303, "We look at it.")
    assert "Approve now" not in plain(client_of(marlow, Role.SALES).get(page).content)


def test_a_reply_waits_on_today_until_it_is_upheld_with_a_reason(manager: Client, known: Everything) -> None:
    decline_conversion(conversion=known.conversion, code="fraud", reason="Stolen", by=STORY, at=now())
    row = Commission.objects.select_related("agreement__program").get(pk=known.commission.id)
    reply(commission=row, body="It was my own mother.", by=STORY, at=now())
    today = plain(manager.get(address(known, "today"), {"kind": "reply"}).content)
    assert "Slow Mornings replied to the decline of order 10428" in today
    assert "It was my own mother." in today
    upheld = address(known, "conversion-uphold-decline", known.conversion.id)
    assert manager.post(upheld, {"reason": ""}).status_code == 422
    assert manager.post(upheld, {"reason": "The bank says otherwise."}).status_code == 303
    assert "replied to the decline" not in plain(manager.get(address(known, "today")).content)


def test_a_question_waits_on_today_until_it_is_answered(manager: Client, known: Everything) -> None:
    row = Commission.objects.select_related("agreement__program").get(pk=known.commission.id)
    reply(commission=row, body="When is this mine?", by=STORY, at=now() - SOON)
    assert "Slow Mornings asks about order 10428" in plain(manager.get(address(known, "today")).content)
    manager.post(address(known, "commission-answer", row.id), {"body": "In April."})
    assert "asks about order" not in plain(manager.get(address(known, "today")).content)


def test_today_offers_what_could_be_approved_and_shows_the_clocks(manager: Client, known: Everything) -> None:
    page = plain(manager.get(address(known, "today")).content)
    assert "Could be approved now" in page
    assert "How long things take" in page
    assert "From an order to its approval or decline" in page


@pytest.mark.parametrize(("kind", "filters"), [("receipt", {"aside": "1"}), ("correction", {"only": "aside"})])
def test_what_nobody_waits_for_is_set_aside_with_a_reason(
    manager: Client, told: Everything, kind: str, filters: dict[str, str]
) -> None:
    row = told.refused if kind == "receipt" else told.waiting
    assert address(told, kind, row.id) in manager.get(address(told, "today")).content.decode()
    aside = address(told, f"{kind}-aside", row.id)
    assert manager.post(aside, {"reason": " "}).status_code == 422
    assert manager.post(aside, {"reason": "A test of the shop."}).status_code == 303
    assert address(told, kind, row.id) not in manager.get(address(told, "today")).content.decode()
    assert address(told, kind, row.id) in manager.get(address(told, f"{kind}s"), filters).content.decode()
    assert "A test of the shop." in words_of(manager.get(address(told, kind, row.id)).content)
    manager.post(aside, {"again": "1"})
    assert not SetAside.objects.exists()
    assert address(told, kind, row.id) in manager.get(address(told, "today")).content.decode()
    if kind == "correction":
        waiting = manager.get(address(told, "corrections"), {"only": "waiting"}).content.decode()
        assert address(told, kind, row.id) in waiting
