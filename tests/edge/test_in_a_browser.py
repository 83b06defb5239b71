"""A small shop in a real browser, its tracking name beside it: what is kept when, and what arrives with the order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs
from playwright.sync_api import Page, expect

from rapport.edge.settings import EdgeSettings
from rapport.wire import clickid, cookie, linkbook
from rapport.wire.aliases import Alias
from rapport.wire.clickid import ClickId, Mark
from rapport.wire.events import PostbackEvent
from tests.edge.conftest import KEYS, NOW_MS, OTHER_PROGRAM, PROGRAM, RunningEdge, make_link, running
from tests.edge.test_pages import DIST, NAME
from tests.support.shop import serving

CLICK = clickid.mint(key=KEYS.keys[0], at_ms=NOW_MS - 1, link_number=5, marks=Mark(0), random=b"abcd")
LATER = clickid.mint(key=KEYS.keys[0], at_ms=NOW_MS - 1, link_number=5, marks=Mark(0), random=b"efgh")
FORM = '<form action="/buy"><input name="rpid"><input name="rapport_ref"></form>'
LINKS = '<a id="pay" href="https://buy.stripe.com/x">Pay</a><a id="till" data-rapport href="/till?a=1">Till</a>'


@dataclass
class Shop:
    """A running shop with its edge; `shown` holds the scripts on its pages."""

    edge: RunningEdge
    address: str
    tracking: str
    shown: dict[str, str]

    def tag(self, program: str = "prg_1", **data: str) -> str:
        """Return the line that a shop puts on its pages."""
        more = "".join(f' data-{name}="{value}"' for name, value in data.items())
        return f'<script src="{self.tracking}/t.js" data-program="{program}"{more} async></script>'

    def orders(self) -> list[PostbackEvent]:
        """Return the orders that were told."""
        return [event for event in self.edge.events() if isinstance(event, PostbackEvent)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Serve a shop at shop.localhost, with go.shop.localhost as its tracking name."""
    shown: dict[str, str] = {}

    with serving(lambda: f"<!doctype html><title>A shop</title>{shown['tags']}{FORM}{LINKS}") as host:
        program = structs.replace(PROGRAM, hosts=(host,), domains=("go.shop.localhost",))
        linkbook.publish(
            tmp_path / "linkbook",
            programs=[program, OTHER_PROGRAM],
            links=[make_link(destination=f"http://{host}/landing")],
            aliases=[Alias("prg_1", "?ref=anna", "abc")],
            keys=KEYS,
        )
        with running(tmp_path, EdgeSettings(data=tmp_path, port=0, metrics_port=0, assets=DIST)) as edge:
            made = Shop(edge, f"http://{host}", f"http://go.shop.localhost:{edge.edge.port}", shown)
            shown["tags"] = made.tag()
            yield made


def field(page: Page, name: str = "rpid") -> str:
    return page.locator(f"input[name={name}]").first.input_value()


def filled(page: Page) -> str:
    """Wait until the form holds a click id, and return it."""
    expect(page.locator("input[name=rpid]").first).to_have_value(re.compile("[A-Za-z0-9_-]{32}"))
    return field(page)


def kept(page: Page) -> dict[str, str]:
    return {one["name"]: one["value"] for one in page.context.cookies()}


def wait_for_cookies(page: Page, *names: str) -> None:
    """Wait until the browser keeps cookies of these names; of none, until it keeps no cookie at all."""
    for _ in range(100):
        if set(names) <= kept(page).keys() and (names or not kept(page)):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the browser keeps {sorted(kept(page))}")


def test_an_old_code_travels_as_a_click_and_nothing_is_stored_before_consent(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/?ref=anna")
    told = clickid.read(filled(page), keys=KEYS.by_number())
    assert isinstance(told, ClickId)
    assert (told.link_number, Mark.NO_CONSENT in told.marks) == (5, True)
    assert field(page, "rapport_ref") == "", "it travels as a click, not as a code"
    assert page.locator("#pay").get_attribute("href") == f"https://buy.stripe.com/x?client_reference_id={told.text}"
    assert page.locator("#till").evaluate("link => link.href") == f"{shop.address}/till?a=1&rpid={told.text}"
    assert kept(page) == {}
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_code_that_no_link_has_travels_as_the_code_that_it_is(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/?ref=summer10")
    expect(page.locator("input[name=rapport_ref]")).to_have_value("summer10")
    page.evaluate("rapport.consent(true)")
    wait_for_cookies(page, "rapport_ref")
    page.goto(f"{shop.address}/later")
    expect(page.locator("input[name=rapport_ref]")).to_have_value("summer10")


def test_after_consent_the_shop_s_own_server_keeps_it_and_the_order_finds_it(page: Page, shop: Shop) -> None:
    page.goto(f"{shop.address}/?rpid={CLICK}")
    filled(page)
    page.evaluate("rapport.consent(true)")
    page.wait_for_function("document.cookie.includes('rapport_click_prg_1')")
    wait_for_cookies(page, NAME)
    (own,) = [one for one in page.context.cookies() if one["name"] == NAME]
    assert (own["value"], own["httpOnly"], own["domain"]) == (CLICK, True, ".shop.localhost")
    page.goto(f"{shop.address}/later")
    assert filled(page) == CLICK
    page.context.clear_cookies(name="rapport_click_prg_1")
    page.goto(f"{shop.address}/thanks")
    page.wait_for_function("!!window.rapport")
    receipt = page.evaluate("rapport.sale({order_id: '10428', total: '128.92', currency: 'EUR'})")[0]["receipt"]
    (order,) = shop.orders()
    assert (order.receipt_id, order.auth, order.program_id) == (receipt, "none", "prg_1")
    assert order.params == {"order_id": "10428", "total": "128.92", "currency": "EUR", "click_ids": CLICK}


def test_consent_that_is_taken_back_takes_the_cookies_away(page: Page, shop: Shop) -> None:
    shop.shown["tags"] = shop.tag(consent="given")
    page.goto(f"{shop.address}/?rpid={CLICK}")
    wait_for_cookies(page, NAME)
    assert cookie.parse(kept(page)[NAME]) == (CLICK,)
    page.evaluate("rapport.consent(false)")
    wait_for_cookies(page)


TCF = """window.__tcfapi = (command, version, heard) => heard({eventStatus: 'tcloaded', gdprApplies: true,
purpose: {consents: {1: %s}}}, true)"""
GOOGLE = "window.dataLayer = []; (function () { dataLayer.push(arguments); })('consent', 'default', {ad_storage: '%s'})"
SIGNAL = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true});"


@pytest.mark.parametrize(
    ("before", "consent", "stored"),
    [
        (TCF % "true", "", True),
        (TCF % "false", "", False),
        (GOOGLE % "granted", "", True),
        (GOOGLE % "denied", "", False),
        ("", "given", True),
        (SIGNAL, "given", False),
        (SIGNAL + TCF % "true", "", False),
    ],
)
def test_banners_are_heard_and_the_browser_s_own_signal_outweighs_them(
    page: Page, shop: Shop, before: str, consent: str, stored: bool
) -> None:
    shop.shown["tags"] = shop.tag(consent=consent)
    page.add_init_script(before or "0")
    page.goto(f"{shop.address}/?rpid={CLICK}")
    filled(page)
    page.wait_for_load_state("networkidle")
    assert (NAME in kept(page), "rapport_click_prg_1" in kept(page)) == (stored, stored)


def test_where_cookies_are_blocked_the_address_is_enough(page: Page, shop: Shop) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setDocumentCookieDisabled", {"disabled": True})
    shop.shown["tags"] = shop.tag(consent="given")
    page.goto(f"{shop.address}/?rpid={CLICK}")
    assert filled(page) == CLICK
    page.evaluate("rapport.sale({order_id: '1', total: '5.00'})")
    assert [order.params["click_id"] for order in shop.orders()] == [CLICK]


def test_a_page_that_changes_without_loading_takes_the_newer_click_and_fills_what_came_later(
    page: Page, shop: Shop
) -> None:
    page.goto(f"{shop.address}/?rpid={CLICK}")
    filled(page)
    page.evaluate(f"history.pushState({{}}, '', '/product?rpid={LATER}')")
    form = '<form action="/bought"><input name="rpid"><button>Buy</button></form>'
    page.evaluate("form => { document.body.innerHTML = form }", form)
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url(f"**/bought?rpid={LATER}")


def test_without_the_script_the_click_still_stands_in_the_address(page: Page, shop: Shop) -> None:
    page.route("**/t.js", lambda route: route.abort())
    page.goto(f"{shop.tracking}/c/abc")
    page.wait_for_url("**/landing?rpid=*")
    assert field(page) == ""
    assert page.url == f"{shop.address}/landing?rpid={shop.edge.click().click_id}"


def test_two_programs_on_one_page_keep_their_own(page: Page, shop: Shop) -> None:
    linkbook.publish(
        shop.edge.data / "linkbook",
        programs=[structs.replace(OTHER_PROGRAM, hosts=(shop.address.removeprefix("http://"),))],
        keys=KEYS,
    )
    shop.edge.within(shop.edge.edge._station.refresh_book)
    other = shop.tag("prg_2", parameter="other", consent="given").replace("go.shop.localhost", "localhost")
    shop.shown["tags"] = shop.tag(consent="given") + other
    page.goto(f"{shop.address}/?rpid={CLICK}&other={LATER}")
    page.wait_for_function("window.rapport && rapport.all.length === 2")
    page.wait_for_load_state("networkidle")
    assert kept(page)["rapport_click_prg_1"] == CLICK
    assert kept(page)["rapport_click_prg_2"] == LATER
    page.evaluate("rapport.sale({order_id: '1', total: '5.00'})")
    assert sorted((one.program_id, one.params["click_id"]) for one in shop.orders()) == [
        ("prg_1", CLICK),
        ("prg_2", LATER),
    ]


def test_the_lines_of_the_manual_do_what_it_says(page: Page, shop: Shop) -> None:
    text = (Path(__file__).parents[2] / "docs" / "script.md").read_text(encoding="utf-8")
    lines = text.replace("https://go.shop.example", shop.tracking).replace("prg_…", "prg_1")
    tag, calls, image = (block.partition("\n")[2] for block in lines.split("```")[1::2])
    shop.shown["tags"] = tag + image
    page.goto(f"{shop.address}/?rpid={CLICK}")
    filled(page)
    page.evaluate(f"() => {{ {calls} }}")
    wait_for_cookies(page, NAME, "rapport_click_prg_1")
    page.wait_for_load_state("networkidle")
    assert [one.params["total"] for one in shop.orders()] == ["128.92", "128.92"]


def test_an_image_on_the_thank_you_page_tells_of_the_order(page: Page, shop: Shop) -> None:
    image = f'<img src="{shop.tracking}/px.gif?program=prg_1&order_id=9&total=7.00" alt="">'
    shop.shown["tags"] = shop.tag() + image
    page.context.add_cookies([{"name": NAME, "value": CLICK, "domain": ".shop.localhost", "path": "/"}])
    page.goto(f"{shop.address}/thanks")
    page.wait_for_load_state("networkidle")
    assert [order.params for order in shop.orders()] == [{"order_id": "9", "total": "7.00", "click_ids": CLICK}]
