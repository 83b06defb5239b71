"""The portal in a real browser: every page for everybody, and the few things a partner does there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from rapport.flows.demo import cast
from tests.support.browser import take_shot
from tests.support.server import RunningRapport
from tests.support.visits import Eyes, both_eyes


@pytest.fixture(scope="module")
def anna(browser: Browser, demo_rapport: RunningRapport) -> Iterator[Eyes]:
    """The partner of the demo; both tabs stand on the home page."""
    with both_eyes(browser, demo_rapport, email=cast.PLAYERS[0].email) as eyes:
        yield eyes


@pytest.fixture
def home(anna: Eyes, demo_rapport: RunningRapport) -> str:
    """The address of the partner's home."""
    anna.desk.goto(f"{demo_rapport.web}/portal/")
    return anna.desk.url


PLACES = (
    *("", "links/", "links/new/", "commissions/", "reports/", "terms/", "profile/"),
    *("commissions/payouts/", "commissions/method/", "commissions/statement/"),
    *("commissions/taxes/", "commissions/invoices/"),
)


@pytest.mark.parametrize("place", PLACES)
def test_a_page_keeps_nobody_out(anna: Eyes, home: str, place: str) -> None:
    anna.look_at(f"{home}{place}")
    name = place.strip("/").replace("/", "-") or "home"
    take_shot(anna.desk, f"portal-{name}-desk")
    take_shot(anna.phone, f"portal-{name}-phone")


def test_the_page_of_a_link_and_of_a_commission_keep_nobody_out(anna: Eyes, home: str) -> None:
    for place in ("links/", "commissions/"):
        anna.desk.goto(f"{home}{place}")
        anna.desk.locator("main tbody th a").first.click()
        anna.look_at(anna.desk.url)


def test_a_pasted_address_becomes_a_link_to_copy(anna: Eyes, home: str, demo_rapport: RunningRapport) -> None:
    anna.phone.goto(home)
    anna.phone.get_by_label("Address of any product").fill(f"{demo_rapport.web}/demo-shop/robe/")
    anna.phone.get_by_role("button", name="Make").click()
    expect(anna.phone.get_by_text("Made just now.")).to_be_visible()
    expect(anna.phone.get_by_role("img", name=re.compile("QR code of"))).to_be_visible()
    expect(anna.phone.get_by_role("button", name="Copy", exact=True).first).to_be_visible()


def test_an_address_of_another_shop_is_refused_beside_the_box(anna: Eyes, home: str) -> None:
    anna.phone.goto(home)
    anna.phone.get_by_label("Address of any product").fill("https://evil.example/robe")
    anna.phone.get_by_role("button", name="Make").click()
    expect(anna.phone.get_by_text("may not lead to evil.example")).to_be_visible()
    expect(anna.phone.get_by_label("Address of any product")).to_have_value("https://evil.example/robe")


def test_the_days_of_a_report_can_be_read_as_a_table_on_a_phone(anna: Eyes, home: str) -> None:
    anna.phone.goto(f"{home}reports/?days=90")
    anna.phone.get_by_text("As a table").click()
    assert anna.phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
