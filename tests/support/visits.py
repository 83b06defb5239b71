"""Visits to the demo in a real browser: on a desk by day, on a phone by night, signed in or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from rapport.flows.demo import cast
from tests.support.browser import DESKTOP, PHONE, assert_accessible, watched_page
from tests.support.server import RunningRapport


@dataclass(frozen=True, slots=True)
class Eyes:
    """The same visitor twice: on a desk by day and on a phone by night."""

    desk: Page
    phone: Page

    def look_at(self, address: str) -> None:
        """Open a page on both; it keeps nobody out, and fits."""
        for page in (self.desk, self.phone):
            page.goto(address)
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is too wide"


@contextmanager
def visit(browser: Browser, shop: RunningRapport, *, email: str = "", phone: bool = False) -> Iterator[Page]:
    """Open a tab, signed in as somebody of the demo unless no address is given."""
    context = browser.new_context(
        viewport=PHONE if phone else DESKTOP,
        color_scheme="dark" if phone else "light",
        reduced_motion="reduce",
        has_touch=phone,
        locale="en-GB",
    )
    with watched_page(context) as page:
        if email:
            sign_in(page, shop, email=email)
        yield page
    context.close()


@contextmanager
def both_eyes(browser: Browser, shop: RunningRapport, *, email: str = "") -> Iterator[Eyes]:
    """Open a tab on a desk and one on a phone."""
    with (
        visit(browser, shop, email=email) as desk,
        visit(browser, shop, email=email, phone=True) as phone,
    ):
        yield Eyes(desk, phone)


def sign_in(page: Page, shop: RunningRapport, *, email: str) -> None:
    """Sign in as somebody of the demo and arrive at the first place."""
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(cast.PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
