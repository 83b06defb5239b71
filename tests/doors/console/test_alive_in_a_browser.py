"""Is tracking alive, in a real browser: press the button, see the test arrive, take it back; desk and phone."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.outages.actions import Concern, begin_outage
from rapport.apps.outages.models import Outage, OutageKind
from rapport.apps.programs.models import Program
from rapport.kit.clock import now
from tests.doors.console.test_in_a_browser import assert_fits, desk, phone
from tests.make.identity import STORY
from tests.support.browser import assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

__all__ = ["desk", "phone"]

HOUR = timedelta(hours=1)


def test_a_test_is_sent_seen_and_taken_back(desk: Page, phone: Page) -> None:
    desk.get_by_role("navigation").get_by_role("link", name="Is tracking alive?").first.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Tracking is alive")
    assert_accessible(desk)
    desk.get_by_role("button", name="Send a test click and order").click()
    newest = desk.locator("#trials tbody tr").first
    expect(newest.get_by_role("link", name="arrived")).to_be_visible(timeout=30_000)
    expect(newest.get_by_role("link", name="in the lake")).to_be_visible(timeout=30_000)
    assert_accessible(desk)
    take_shot(desk, "alive-desk")

    newest.get_by_role("button", name="Send").click()
    expect(desk.locator("#trials tbody")).to_contain_text("Taken back or changed", timeout=30_000)
    phone.goto(desk.url)
    assert_accessible(phone)
    take_shot(phone, "alive-phone")
    assert_fits(phone)


def test_an_alarm_keeps_nobody_out(
    desk: Page, phone: Page, demo_rapport: RunningRapport, django_db_blocker: DjangoDbBlocker
) -> None:
    program_id = desk.url.split("/console/")[1].split("/")[0]
    figures = {"source": "Shop of Marlow & Lind", "seen": 0, "minutes": 30, "least": 4}
    with django_db_blocker.unblock(), connected_to(demo_rapport.database_url):
        concern = Concern(OutageKind.ORDERS, Program.objects.get(pk=program_id), "postback")
        outage, _ = begin_outage(concern, began_at=now() - HOUR, figures=figures, by=STORY, at=now())
    try:
        for page, name in ((desk, "desk"), (phone, "phone")):
            for place in ("", "alive/"):
                page.goto(f"{demo_rapport.web}/console/{program_id}/{place}")
                expect(page.get_by_text("Shop of Marlow & Lind: 0 orders in 30 minutes").first).to_be_visible()
                assert_accessible(page)
                assert_fits(page)
                take_shot(page, f"alarm-{name}-{'alive' if place else 'today'}")
    finally:
        with django_db_blocker.unblock(), connected_to(demo_rapport.database_url):
            Outage.objects.filter(pk=outage.pk).delete()  # others share this installation
