"""The public page in a real browser, with script and without."""

import json
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from rapport.flows.demo import cast
from tests.support.browser import DESKTOP, assert_accessible, take_shot
from tests.support.server import RunningRapport
from tests.support.visits import both_eyes


@pytest.mark.parametrize("place", ["", "/thanks", "?amount=85.77", "?amount=much"])
def test_a_page_keeps_nobody_out(browser: Browser, demo_rapport: RunningRapport, place: str) -> None:
    with both_eyes(browser, demo_rapport) as visitor:
        visitor.look_at(f"{demo_rapport.web}/p/{cast.SLUG}{place}")
        if not place:
            take_shot(visitor.desk, "public-program-desk")
            take_shot(visitor.phone, "public-program-phone")


def test_whoever_sent_a_postback_looks_at_its_receipt(browser: Browser, demo_rapport: RunningRapport) -> None:
    token = json.loads((demo_rapport.data / "secrets" / "demo.json").read_text())["token"]
    said = {"token": token, "external_id": "try-1", "total": "12.50", "test": "1", "coupon": "NOBODYS"}
    with both_eyes(browser, demo_rapport) as sender:
        receipt = sender.desk.request.get(f"{demo_rapport.edge}/pb", params=said).json()["receipt"]
        sender.look_at(f"{demo_rapport.web}/receipts?id={receipt}")
        take_shot(sender.phone, "receipt-asked-phone")
        for page in (sender.desk, sender.phone):
            open_receipt(page, token)
            expect(page.locator("main")).to_contain_text("no partner has the code NOBODYS")
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "too wide"
        take_shot(sender.desk, "receipt-desk")
        take_shot(sender.phone, "receipt-phone")


def open_receipt(page: Page, token: str) -> None:
    """Ask until the worker has looked at what came."""
    heading = page.get_by_role("heading", level=1, name="This postback")
    until = monotonic() + 60
    while monotonic() < until and not heading.is_visible():
        page.get_by_label("The program’s postback token").fill(token)
        page.get_by_role("button", name="Show it").click()
        page.wait_for_timeout(1_000)
    expect(heading).to_have_text("This postback: Taken")


def test_somebody_joins_without_any_script(browser: Browser, demo_rapport: RunningRapport) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_rapport.web}/p/{cast.SLUG}")
    page.get_by_label("An order, net of tax and shipping").fill("85.77")
    page.get_by_role("button", name="Reckon").click()
    expect(page.locator("#example")).to_contain_text("10.29")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Read the terms and accept them to join.").first).to_be_visible()
    fill_in(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("your application has arrived")
    context.close()


def fill_in(page: Page) -> None:
    page.get_by_label("Your name").fill("Clara Halm")
    page.get_by_label("Mail address").fill("clara@studiohalm.example")
    page.get_by_label("Name of your site, shop or firm").fill("Studio Halm Two")
    page.get_by_label("Where you would show us").fill("studiohalm.example")
    page.get_by_label("How you would promote us").fill("Stories about slow mornings.")
    page.get_by_label("I accept terms").check()
