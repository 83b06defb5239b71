"""Approve in bulk with undo; decline, the partner replies on the phone, the order is opened again and granted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rapport.flows.demo import cast
from tests.support.browser import PHONE, assert_accessible, take_shot, watched_page
from tests.support.server import RunningRapport

CARRIED_OUT_MS = 30_000


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce", has_touch=True)
    with watched_page(context) as page:
        yield page
    context.close()


def sign_in(page: Page, shop: RunningRapport, *, email: str) -> None:
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(cast.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()


def test_approve_undo_decline_reply_grant(demo_rapport: RunningRapport, page: Page, phone: Page) -> None:
    sign_in(page, demo_rapport, email=cast.TEAM[1].email)
    page.goto(f"{demo_rapport.web}/console/")
    page.get_by_role("navigation").get_by_role("link", name="Commissions").first.click()
    page.get_by_role("link", name="Pending").click()
    page.wait_for_url("**state=pending**")
    approve_by_keys_and_undo(page)
    order = decline_one_of_slow_mornings(page)
    sign_in(phone, demo_rapport, email="partner@demo.example")
    reply_on_the_phone(phone, demo_rapport, order=order)
    grant(page, demo_rapport, order=order)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("the decline was taken back")


def approve_by_keys_and_undo(page: Page) -> None:
    for key in "jxjxa":
        page.keyboard.press(key)
    expect(page.locator("#intended")).to_contain_text("Approving 2 commissions")
    assert_accessible(page)
    page.keyboard.press("z")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Withdrawn")
    page.go_back()
    page.reload()
    for key in "jxa":
        page.keyboard.press(key)
    expect(page.locator("#intended")).to_contain_text("Approved: 1 of 1.", timeout=CARRIED_OUT_MS)
    page.locator("#intended").get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Taken back")
    assert_accessible(page)
    take_shot(page, "approval-undone")


def decline_one_of_slow_mornings(page: Page) -> str:
    page.get_by_role("navigation").get_by_role("link", name="Commissions").first.click()
    page.get_by_role("link", name="Pending").click()
    page.wait_for_url("**state=pending**")
    row = page.locator("tbody tr", has_text="Slow Mornings").first
    order = row.locator("th .sub").inner_text().split()[-1]
    row.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Decline chosen").click()
    page.get_by_label("Code").select_option("fraud")
    page.get_by_label("Reason").fill("The card was reported stolen.")
    page.get_by_label("Evidence").fill("https://shop.example/claims/77")
    assert_accessible(page)
    page.get_by_role("button", name="Decline them").click()
    expect(page.locator("#intended")).to_contain_text("Declined: 1 of 1.", timeout=CARRIED_OUT_MS)
    return order


def reply_on_the_phone(phone: Page, shop: RunningRapport, *, order: str) -> None:
    phone.goto(f"{shop.web}/portal/")
    phone.get_by_role("link", name="Earnings").last.click()
    phone.get_by_role("link", name="Declined").click()
    phone.locator("tbody th a").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text(order)
    expect(phone.locator("main")).to_contain_text("You may reply below until")
    assert_accessible(phone)
    phone.get_by_label("Your words").fill("It was my own mother, who pays with that card.")
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("main")).to_contain_text("held until a person has looked at your reply")
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.evaluate("window.innerWidth")
    take_shot(phone, "reply-on-the-phone")


def grant(page: Page, shop: RunningRapport, *, order: str) -> None:
    page.goto(f"{shop.web}/console/")
    page.get_by_role("link", name=f"Slow Mornings replied to the decline of order {order}").click()
    expect(page.get_by_role("button", name="Uphold the decline")).to_be_visible()
    assert_accessible(page)
    page.locator("#undodeclineform-reason").fill("She is right.")
    page.get_by_role("button", name="Count the order again").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Slow Mornings earns")
