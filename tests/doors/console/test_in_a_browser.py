"""The program pages in a real browser, with the demo program: on a desk by day, on a phone by night."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rapport.flows.demo import cast
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot, watched_page
from tests.support.server import RunningRapport

MAIN = (
    "Today",
    "Applications",
    "Conversions",
    "Commissions",
    "Partners",
    "Links and codes",
    "Clicks",
    "Payouts",
    "Ledger",
    "Receipts",
    "Jobs",
)
"""Places of the side bar."""

DEEPER = ("Applications", "Conversions", "Commissions", "Partners", "Links and codes")
"""Places whose first row leads to a page of its own."""


def signed_in(page: Page, shop: RunningRapport) -> Page:
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill(cast.TEAM[1].email)
    page.locator("input[name=password]").fill(cast.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.goto(f"{shop.web}/console/")
    return page


@pytest.fixture(scope="module")
def desk(browser: Browser, demo_rapport: RunningRapport) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")
    with watched_page(context) as page:
        yield signed_in(page, demo_rapport)
    context.close()


@pytest.fixture(scope="module")
def phone(browser: Browser, demo_rapport: RunningRapport) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce", has_touch=True)
    with watched_page(context) as page:
        yield signed_in(page, demo_rapport)
    context.close()


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url


@pytest.mark.parametrize("place", MAIN)
def test_a_place_keeps_nobody_out(desk: Page, phone: Page, place: str) -> None:
    desk.get_by_role("navigation").get_by_role("link", name=place).first.click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(desk)
    phone.goto(desk.url)
    assert_accessible(phone)
    assert_fits(phone)


@pytest.mark.parametrize("place", DEEPER)
def test_a_row_leads_to_a_page_that_keeps_nobody_out(desk: Page, phone: Page, place: str) -> None:
    desk.get_by_role("navigation").get_by_role("link", name=place).first.click()
    desk.locator("main tbody th a").first.click()
    expect(desk.locator("main .trail, main nav")).not_to_have_count(0)
    assert_accessible(desk)
    phone.goto(desk.url)
    assert_accessible(phone)
    assert_fits(phone)


def test_clicks_are_watched_as_they_come(desk: Page, phone: Page, demo_rapport: RunningRapport) -> None:
    desk.goto(f"{demo_rapport.web}/console/")
    desk.get_by_role("navigation").get_by_role("link", name="Clicks").first.click()
    take_shot(desk, "clicks")
    phone.goto(desk.url)
    take_shot(phone, "clicks-phone")
    desk.get_by_role("link", name="Live", exact=True).click()
    expect(desk.get_by_role("heading", level=1, name="Clicks just now")).to_be_visible()
    with desk.expect_response(lambda answer: answer.url.endswith("/clicks/live/")):
        pass  # the page asks for the piece of it again by itself
    expect(desk.get_by_role("cell", name="a person").first).to_be_visible()
    assert_accessible(desk)
    phone.goto(desk.url)
    assert_accessible(phone)
    assert_fits(phone)
    take_shot(phone, "clicks-live-phone")


def test_people_of_each_day_fit_a_desk_and_a_phone(desk: Page, phone: Page, demo_rapport: RunningRapport) -> None:
    desk.goto(f"{demo_rapport.web}/console/")
    desk.get_by_role("navigation").get_by_role("link", name="Clicks").first.click()
    desk.get_by_role("link", name="People per day", exact=True).click()
    expect(desk.get_by_role("heading", level=1, name="People per day")).to_be_visible()
    assert_accessible(desk)
    take_shot(desk, "clicks-people")
    phone.goto(desk.url)
    assert_accessible(phone)
    assert_fits(phone)
    take_shot(phone, "clicks-people-phone")


def test_an_applicant_is_approved_from_the_queue(desk: Page, demo_rapport: RunningRapport) -> None:
    desk.goto(f"{demo_rapport.web}/console/")
    waiting = desk.locator("article", has_text="wants to join")
    before = waiting.count()
    name = waiting.first.get_by_role("heading").inner_text().removesuffix(" wants to join")
    waiting.first.get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(name)
    expect(desk.get_by_text(f"{name} is a partner now")).to_be_visible()
    desk.goto(f"{demo_rapport.web}/console/")
    expect(waiting).to_have_count(before - 1)


def test_a_conflict_is_settled_at_the_order(desk: Page, demo_rapport: RunningRapport) -> None:
    desk.goto(f"{demo_rapport.web}/console/")
    desk.get_by_role("link", name="was reported with different amounts").click()
    desk.get_by_role("radio").first.check()
    desk.get_by_label("Reason").first.fill("The file of the shop was right.")
    desk.get_by_role("button", name="This amount is true").click()
    expect(desk.get_by_text("This amount counts from now on.")).to_be_visible()
    expect(desk.get_by_text("Amount chosen")).to_be_visible()
