"""What a manager reads and decides about orders."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import CommissionState
from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Conversion, Door, HumanDecision
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.identity.models import Organisation, Role
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.doors.console.test_applications import words_of
from tests.make.identity import STORY
from tests.make.program_pages import Everything
from tests.make.road import make_agreement, make_click_id, make_link


def address(told: Everything, name: str, thing: str = "") -> str:
    return reverse(f"console:{name}", args=[told.program.id, thing or told.conversion.id])


def test_an_order_says_who_earns_how_much_and_why(manager: Client, told: Everything) -> None:
    page = words_of(manager.get(address(told, "conversion")).content)
    assert "Slow Mornings earns 12.51 € for order 10428" in page.replace("\xa0", " ")
    assert "It earns." in page
    assert "Linen pyjamas" in page


@pytest.mark.parametrize("text", ["10428", "k-77", "the click"])
def test_an_order_is_found_by_its_number_its_customer_and_its_click(
    manager: Client, told: Everything, text: str
) -> None:
    wanted = told.click_id if text == "the click" else text
    page = manager.get(reverse("console:conversions", args=[told.program.id]), {"q": wanted})
    assert address(told, "conversion") in page.content.decode()


def test_what_nobody_reported_is_not_found(manager: Client, told: Everything) -> None:
    page = manager.get(reverse("console:conversions", args=[told.program.id]), {"q": "nothing of the kind"})
    assert page.status_code == 200
    assert "Nothing was found." in words_of(page.content)


@pytest.mark.parametrize("address", ["/console/prg_%00/", "/console/?q=%00", "/console/prg_1/conversions/?q=a%00b"])
def test_an_invisible_character_in_an_address_is_a_bad_request(manager: Client, address: str) -> None:
    assert manager.get(address).status_code == 400


def test_filters_of_the_address_leave_the_rest_out(manager: Client, told: Everything) -> None:
    page = manager.get(reverse("console:conversions", args=[told.program.id]), {"only": "conflict", "state": "wizard"})
    assert address(told, "conversion", told.in_conflict.id) in page.content.decode()
    assert address(told, "conversion") not in page.content.decode()


def test_choosing_an_amount_settles_the_conflict(manager: Client, told: Everything) -> None:
    report = told.in_conflict.reports.get(total_minor=14800)
    given = {"report": report.id, "reason": "The file was right."}
    assert manager.post(address(told, "conversion-settle", told.in_conflict.id), given).status_code == 303
    told.in_conflict.refresh_from_db()
    assert (told.in_conflict.in_conflict, told.in_conflict.total_minor) == (False, 14800)


def test_an_amount_that_nobody_reported_cannot_be_chosen(manager: Client, told: Everything) -> None:
    given = {"report": "rpt_invented", "reason": "Because."}
    answer = manager.post(address(told, "conversion-settle", told.in_conflict.id), given)
    assert answer.status_code == 422
    assert "Because." in answer.content.decode()


def test_a_declined_order_pays_nobody_and_can_be_taken_back(manager: Client, told: Everything) -> None:
    given = {"code": "fraud", "reason": "Nine addresses, one card."}
    assert manager.post(address(told, "conversion-decline"), given).status_code == 303
    told.commission.refresh_from_db()
    assert (told.commission.state, told.commission.worth.minor) == (CommissionState.DECLINED, 0)
    assert "Nine addresses, one card." in words_of(manager.get(address(told, "conversion")).content)
    assert manager.post(address(told, "conversion-undo-decline"), {"reason": "It was a hotel."}).status_code == 303
    told.commission.refresh_from_db()
    assert told.commission.worth.minor == 1251


def test_a_code_that_is_none_of_ours_declines_nothing(manager: Client, told: Everything) -> None:
    answer = manager.post(address(told, "conversion-decline"), {"code": "mood", "reason": "I felt so."})
    assert answer.status_code == 422
    assert not HumanDecision.objects.exists()


def test_sales_read_orders_and_decide_nothing(marlow: Organisation, told: Everything) -> None:
    sales = client_of(marlow, Role.SALES)
    page = sales.get(address(told, "conversion")).content.decode()
    assert address(told, "conversion-decline") not in page
    assert sales.post(address(told, "conversion-decline"), {"code": "fraud", "reason": "x"}).status_code == 403


def test_a_correction_says_which_order_it_waits_for(manager: Client, told: Everything) -> None:
    page = words_of(manager.get(address(told, "correction", told.waiting.id)).content)
    assert "Refund r-1 of order 99999" in page
    assert "Its order has not been reported" in page


def test_a_refused_postback_says_what_was_wrong(manager: Client, told: Everything) -> None:
    page = words_of(manager.get(address(told, "receipt", told.refused.id)).content)
    assert "total: Give an amount such as 12.50." in page
    found = manager.get(reverse("console:receipts", args=[told.program.id]), {"id": told.refused.id})
    assert address(told, "receipt", told.refused.id) in found.content.decode()


def test_an_order_that_only_a_page_told_says_so_and_a_person_may_confirm_it(manager: Client, told: Everything) -> None:
    program = told.program
    click = make_click_id(make_link(make_agreement(program, name="Pages alone")), at=now() - timedelta(minutes=5))
    given = ConversionInput(kind="sale", external_id="P-1", currency="EUR", total="100.00", click_ids=(click,))
    offer = load_offer(program.id)
    read = read_conversion(given, frame=offer.frame, received_at=now(), confirmed=False)
    take_conversions([read], offer=offer, door=Door.SCRIPT, by=STORY, at=now())
    order = Conversion.objects.get(external_id="P-1")
    words = words_of(manager.get(address(told, "conversion", order.id)).content)
    assert "No server of the merchant has confirmed this order, or who brought it, yet." in words
    assert "named by nothing confirmed" in words
    listed = manager.get(reverse("console:conversions", args=[program.id]), {"state": "reported"})
    assert "P-1" in words_of(listed.content)
    decided = {"hold": "unconfirmed", "reason": "Seen in the shop"}
    assert manager.post(address(told, "conversion-lift", order.id), decided).status_code == 303
    order.refresh_from_db()
    assert order.state == "confirmed"
