"""Is tracking alive, in a real browser: press the button, see the test arrive, take it back; desk and phone."""

from playwright.sync_api import Page, expect

from tests.doors.console.test_in_a_browser import assert_fits, desk, phone
from tests.support.browser import assert_accessible, take_shot

__all__ = ["desk", "phone"]


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
