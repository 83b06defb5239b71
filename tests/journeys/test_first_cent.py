"""The first explained cent: follow a link, report an order, read why the partner earns, refund half, see the mirror."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from rapport.flows.demo import cast
from rapport.flows.demo.hints import CLICK_ID
from tests.support.browser import DESKTOP, watched_page
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
"""The visitor's browser says what people's browsers say: headless ones declare themselves, and bots earn nothing."""

MANAGER = cast.TEAM[1].email
PARTNER = cast.PLAYERS[0].email
EARNED = "12.51"  # 12 % of 104.22 is 12.5064
LEFT = "6.25"  # 12 % of the 52.11 that stay is 6.2532
MIRROR = "6.26"


@pytest.fixture
def shop(start_rapport: Start) -> RunningRapport:
    """An installation as `make run` leaves it on a fresh machine."""
    return start_rapport("--demo")


def test_a_click_becomes_an_explained_commission_and_its_refund_a_mirror(
    browser: Browser, shop: RunningRapport
) -> None:
    click_id = follow(browser, printed(shop, shop.edge))
    _first, after_click, refund = [line for line in shop.log().splitlines() if "curl -X POST" in line]

    taken = run_line(after_click.replace(CLICK_ID, click_id))
    commission = taken["conversion"]["commissions"][0]
    assert (taken["taken"], commission["amount"]) == ("new", EARNED)

    told = told_alike(browser, shop, commission)
    assert told.amount == EARNED
    assert told.entries[-1].endswith(f"Commission expense → Accrued API key {EARNED} €")

    back = run_line(refund)
    assert back["conversion"]["commissions"][0]["amount"] == LEFT

    told = told_alike(browser, shop, commission)
    assert told.amount == LEFT
    assert told.entries[-1].endswith(f"Accrued → Commission expense API key {MIRROR} €")


def printed(shop: RunningRapport, beginning: str) -> str:
    """Return the printed address that begins like this."""
    found = re.search(rf"^\s*({re.escape(beginning)}/c/\S+)", shop.log(), re.MULTILINE)
    assert found, shop.log()
    return found[1]


def follow(browser: Browser, address: str) -> str:
    """Follow a partner's link as a visitor and return the click id that the shop finds in its address."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", user_agent=PERSON)
    with watched_page(context) as page:
        page.goto(address)
        click_id = parse_qs(urlsplit(page.url).query)["rpid"][0]
        expect(page.locator("#click-id")).to_have_text(click_id)
    context.close()
    return click_id


def run_line(line: str) -> dict[str, Any]:
    """Run a printed line as it stands, as a person would in a terminal, and return what the API answered."""
    done = subprocess.run(["sh", "-c", line], capture_output=True, check=True, timeout=30)
    answer: dict[str, Any] = json.loads(done.stdout)
    assert shlex.split(line)[0] == "curl"
    return answer


@dataclass(frozen=True, slots=True)
class Told:
    """What the page says: the amount in its heading, every figure, every entry in the books."""

    amount: str
    figures: list[str]
    entries: list[str]


def told_alike(browser: Browser, shop: RunningRapport, commission: dict[str, Any]) -> Told:
    """Read the explanation as the manager and as the partner, who must be told the same."""
    console = urlsplit(commission["explain"]).path
    portal = reverse("portal:commission", args=(commission["agreement"], commission["id"]))
    manager = told_to(MANAGER, browser, shop, path=console)
    partner = told_to(PARTNER, browser, shop, path=portal)
    assert manager == partner
    return manager


def told_to(who: str, browser: Browser, shop: RunningRapport, *, path: str) -> Told:
    """Sign in and read the page that explains the commission."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")
    with watched_page(context) as page:
        page.goto(f"{shop.web}/accounts/login/?next={path}")
        page.locator("input[name=login]").fill(who)
        page.locator("input[name=password]").fill(cast.PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(f"**{path}")
        told = read_page(page)
    context.close()
    return told


def read_page(page: Page) -> Told:
    """Return what the page says, with its spaces made plain."""
    heading = page.get_by_role("heading", level=1).inner_text()
    amount = re.search(r"\d+\.\d\d", heading)
    assert amount, heading
    rows = page.get_by_role("table", name="Entries of this commission").get_by_role("row")
    return Told(
        amount=amount[0],
        figures=[plain(text) for text in page.locator("main .figure").all_inner_texts()],
        entries=[plain(text) for text in rows.all_inner_texts()],
    )


def plain(text: str) -> str:
    """Return a text with single ordinary spaces."""
    return " ".join(text.split())
