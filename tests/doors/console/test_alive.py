"""The page that says whether tracking is alive, and where else it is said: on Today, in the portal, by API."""

from datetime import timedelta

import pytest
from django.test import Client

from rapport.apps.conversions.models import Receipt
from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import KeyScope
from rapport.apps.outages.actions import (
    Concern,
    begin_outage,
    begin_trial,
    end_outage,
    note_look,
    note_outage_repaired,
    note_trial,
)
from rapport.apps.outages.models import Outage, OutageKind
from rapport.apps.record.errors import BadInput
from rapport.flows.alive.machine import LOOK
from rapport.flows.alive.trials import send_refund_through
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.doors.console.test_money_pages import address, plain
from tests.make.identity import STORY, make_api_key, make_member
from tests.make.program_pages import Everything
from tests.make.road import report_sale

HOUR = timedelta(hours=1)
FIGURES = {"source": "API", "seen": 0, "minutes": 30, "least": 4}


def silence(told: Everything) -> Outage:
    """Let the orders of the API stop an hour ago."""
    concern = Concern(OutageKind.ORDERS, told.program, "api")
    return begin_outage(concern, began_at=now() - HOUR, figures=FIGURES, by=STORY, at=now())[0]


def full_disk() -> None:
    """Let the disk of the installation be full."""
    begin_outage(Concern(OutageKind.JOURNAL), began_at=now() - HOUR, figures={}, by=STORY, at=now())


def test_when_all_is_well_the_page_says_so(manager: Client, told: Everything) -> None:
    page = plain(manager.get(address(told, "alive")).content)
    assert "Tracking is alive" in page
    assert "Nothing was tried yet." in page
    assert "Something is out of order" not in page


def test_an_outage_stands_on_its_page_and_on_today_until_it_is_over(manager: Client, told: Everything) -> None:
    silence(told)
    sentence = "API: 0 orders in 30 minutes. At this hour of the week at least 4 are usual."
    page = plain(manager.get(address(told, "alive")).content)
    assert "Something is out of order" in page
    assert "Too few orders arrive" in page
    assert f"{sentence} Look whether the shop still sends its orders." in page
    assert sentence in plain(manager.get(address(told, "today")).content)

    end_outage(Concern(OutageKind.ORDERS, told.program, "api"), ended_at=now(), by=STORY, at=now())
    page = plain(manager.get(address(told, "alive")).content)
    assert "Tracking is alive" in page
    assert "Past outages" in page
    assert sentence not in plain(manager.get(address(told, "today")).content)


def test_what_concerns_the_machine_is_told_to_those_who_look_after_it(manager: Client, told: Everything) -> None:
    full_disk()
    words = "The edge cannot write"
    assert words in plain(manager.get(address(told, "today")).content)
    assert words not in plain(client_of(told.program.workspace, Role.SALES).get(address(told, "today")).content)


def test_a_worker_that_looks_no_more_is_missed_on_today(manager: Client, told: Everything) -> None:
    note_look(name=LOOK, data={}, at=now() - HOUR)
    assert "Nobody looks after tracking: no worker runs." in plain(manager.get(address(told, "today")).content)
    note_look(name=LOOK, data={}, at=now())
    assert "Nobody looks" not in plain(manager.get(address(told, "today")).content)


@pytest.mark.parametrize(
    ("language", "lasts", "repaired"),
    [
        (
            "en",
            "Fewer orders arrive from the shop than usual.",
            "7 were taken in later and count",
        ),
        ("de", "Aus dem Shop kommen weniger Bestellungen als üblich.", "7 wurden nachgeholt"),
    ],
)
def test_partners_read_one_line_about_it(told: Everything, language: str, lasts: str, repaired: str) -> None:
    outage = silence(told)
    full_disk()
    person = make_member(told.agreement.partner.organisation, Role.PARTNER)
    person.language = language
    person.save()
    partner = Client()
    partner.force_login(person)
    home = f"/portal/{told.agreement.id}/"
    page = plain(partner.get(home).content)
    assert page.count(lasts) == 1

    end_outage(Concern(OutageKind.ORDERS, told.program, "api"), ended_at=now(), by=STORY, at=now())
    numbers = [str(number) for number in range(7)]
    note_outage_repaired(outage_id=outage.id, numbers=numbers, problems=(), by=STORY, at=now())
    page = plain(partner.get(home).content)
    assert lasts not in page
    assert page.count(repaired) == 1


def test_tests_are_told_by_api(told: Everything) -> None:
    workspace = told.program.workspace
    key = make_api_key(workspace, KeyScope.CONVERSIONS_WRITE, at=now()).secret
    client = Client(headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "once"})
    sent = [
        client.post("/api/v1/trials", {"program": told.program.id}, content_type="application/json") for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [202, 202]
    assert sent[0].json() == sent[1].json()
    [trial] = client.get(f"/api/v1/programs/{told.program.id}/trials").json()
    assert (trial["order_arrived"], trial["click_recorded"], trial["would_earn"]) == (False, False, "")


def test_a_test_that_never_arrived_cannot_be_taken_back(told: Everything) -> None:
    trial = begin_trial(program=told.program, link_id="lnk_1", total="1.00", by_monitor=False, by=STORY, at=now())
    with pytest.raises(BadInput, match="nothing to take back"):
        send_refund_through(trial, by=STORY, at=now())


def test_tests_do_not_bury_the_orders(manager: Client, told: Everything) -> None:
    tested = report_sale(told.program, external_id="a-test-order", total="10.00", test=True).conversion
    listed = address(told, "conversions")
    assert tested.external_id not in plain(manager.get(listed).content)
    assert tested.external_id in plain(manager.get(f"{listed}?only=test").content)
    assert tested.external_id in plain(manager.get(f"{listed}?q=a-test-order").content)

    [receipt] = Receipt.objects.filter(program_id=told.program.id)[:1]
    trial = begin_trial(program=told.program, link_id="lnk_1", total="1.00", by_monitor=True, by=STORY, at=now())
    assert receipt.id in manager.get(address(told, "receipts")).content.decode()
    note_trial(trial, order_receipt=receipt.id)
    assert receipt.id not in manager.get(address(told, "receipts")).content.decode()
    assert receipt.id in manager.get(f"{address(told, 'receipts')}?id={receipt.id}").content.decode()
