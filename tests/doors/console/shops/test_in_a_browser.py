"""Each kind of shop connected in a real browser with a real worker, against its simulator: from form to commission."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.programs.models import Program
from rapport.apps.shops.providers.shopify.simulator import ShopifySimulator
from rapport.apps.shops.providers.simulating import Sent, serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.kit.clock import now
from tests.make.identity import PASSWORD, STORY, make_organisation, make_person
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

Simulator = StripeSimulator | WooCommerceSimulator | ShopifySimulator

SAMPLE = '{"event": "order.paid", "data": {"order": {"id": 7, "total": "50.00"}, "currency": "EUR", "rpid": "x"}}'


@dataclass
class World:
    """A running installation with a program, an owner who is signed in, and shops to connect."""

    rapport: RunningRapport
    program: Program
    click: str
    shops: dict[str, tuple[Simulator, str]]


@pytest.fixture
def world(
    page: Page, start_rapport: Callable[..., RunningRapport], django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    simulators: dict[str, Simulator] = {
        "stripe": StripeSimulator(),
        "woocommerce": WooCommerceSimulator(),
        "shopify": ShopifySimulator(throttled=1),
    }
    with ExitStack() as running:
        shops = {name: (one, running.enter_context(serve(one.answer))) for name, one in simulators.items()}
        hosts = ",".join(urlsplit(address).netloc for _one, address in shops.values())
        rapport = start_rapport(RAPPORT_LOOPBACK_HOSTS=hosts)
        with django_db_blocker.unblock(), connected_to(rapport.database_url):
            workspace = make_organisation()
            program = make_program(workspace)
            agreement = make_agreement(program)
            make_coupon(agreement, "ANNA12")
            click = make_click_id(make_link(agreement), at=now() - timedelta(hours=1))
            person = make_person(email="owner@example.com", password=PASSWORD)
            add_member(organisation_id=workspace.id, person_id=person.id, role=Role.OWNER, by=STORY, at=now())
        page.goto(f"{rapport.web}/accounts/login/")
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda address: "/accounts/" not in address)
        yield World(rapport, program, click, shops)


def fits(page: Page) -> None:
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url
        assert_accessible(page)


def connect(page: Page, world: World, words: str, **fields: str) -> str:
    """Connect a shop by its form; return the address of its messages."""
    page.goto(f"{world.rapport.web}/console/{world.program.id}/shops/")
    page.get_by_role("link", name=words, exact=True).click()
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("heading", name="Last deliveries")).to_be_visible()
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible(timeout=30_000)
    shop_id = page.url.rstrip("/").rsplit("/", 1)[1]
    return f"{world.rapport.web}/hooks/{shop_id}/"


def send(address: str, simulator: Simulator, sent: Sent) -> httpx.Response:
    return httpx.post(address, content=sent.body, headers=simulator.headers(sent, at=now()), timeout=30)


def earned(page: Page, amount: str) -> None:
    """Wait until the first delivery was taken, follow it to its order, and read what is earned there."""
    told = page.locator("table a[href*='/conversions/']")
    for _ in range(60):
        if told.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    told.first.click()
    expect(page.get_by_text(amount).first).to_be_visible()


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page it leads to, which may be the same: only then may it be loaded again."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def reload_until(page: Page, words: str) -> None:
    """Look again until the words are there; what was pressed before must have led to its page, see `press`."""
    for _ in range(60):
        page.reload()
        if page.get_by_text(words, exact=True).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{words} is not to be seen at {page.url}")


def buy(simulator: Simulator, *, at: datetime, click: str) -> Sent:
    match simulator:
        case StripeSimulator():
            simulator.buy(10_000, at=at, click_id=click)
        case WooCommerceSimulator() | ShopifySimulator():
            simulator.order("100.00", at=at, click_id=click)
    return simulator.sent[-1]


CONNECTIONS: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "stripe": ("Stripe", lambda address: {"key": "rk_live_simulated", "address": address}),
    "woocommerce": (
        "WooCommerce",
        lambda address: {"address": address, "key": "ck_simulated", "secret": "cs_simulated"},
    ),
    "shopify": (
        "Shopify",
        lambda address: {"address": address, "key": "shpat_simulated", "signing_secret": "shpss_simulated"},
    ),
}


def look_at_all(page: Page, world: World, hook: str) -> None:
    """Look at every page of a shop, on a phone and on a desk, by day and by night."""
    shops = f"{world.rapport.web}/console/{world.program.id}/shops/"
    shop = hook.replace("/hooks/", f"/console/{world.program.id}/shops/")
    for name, address in {"list": shops, "one": shop, "all": f"{shop}deliveries/", "share": f"{shops}share/"}.items():
        page.goto(address)
        fits(page)
        take_shot(page, f"shops-{name}")
    page.emulate_media(color_scheme="dark")
    page.goto(shop)
    fits(page)
    page.get_by_role("link", name="Last compared").click()
    fits(page)
    take_shot(page, "shops-comparison-dark")


@pytest.mark.drill(seconds=60)
def test_each_kind_of_shop_is_connected_and_its_first_order_earns(page: Page, world: World) -> None:
    for kind in CONNECTIONS:
        hook = first_order_earns(kind, page, world)
        if kind == "stripe":
            compare_and_repair(page, world, hook)
            look_at_all(page, world, hook)
            page.emulate_media(color_scheme="light")


def first_order_earns(kind: str, page: Page, world: World) -> str:
    """Connect a shop by its form, let an order arrive twice, and follow it to what is earned."""
    words, fields = CONNECTIONS[kind]
    simulator, address = world.shops[kind]
    page.goto(f"{world.rapport.web}/console/{world.program.id}/shops/connect/{kind}/")
    fits(page)
    take_shot(page, f"shops-connect-{kind}")
    hook = connect(page, world, words, code_percent="10", **fields(address))
    if isinstance(simulator, WooCommerceSimulator):  # it is given a secret by us; the others have their own
        simulator.secret = simulator.webhooks[0]["secret"]
        assert {one["delivery_url"] for one in simulator.webhooks} == {hook}
    order = buy(simulator, at=now(), click=world.click)
    answers = [send(hook, simulator, order) for _ in range(2)]
    assert [(one.status_code, one.text) for one in answers] == [(200, "kept\n"), (200, "known\n")]
    assert httpx.post(hook, content=order.body, headers={"x-shopify-topic": "orders/create"}).status_code == 401
    reload_until(page, "Works in the shop")
    take_shot(page, f"shops-{kind}")
    earned(page, "12.00")
    take_shot(page, f"shops-{kind}-order")
    return hook


def compare_and_repair(page: Page, world: World, hook: str) -> None:
    """Lose a message, find the order by the shop's own list, repair it, and see the share of partners."""
    simulator, _address = world.shops["stripe"]
    buy(simulator, at=now() - timedelta(hours=2), click=world.click)  # before the click: nobody earns from it
    page.goto(hook.replace("/hooks/", f"/console/{world.program.id}/shops/"))
    press(page, "Compare now")
    reload_until(page, "There, not here")
    take_shot(page, "shops-comparison")
    page.get_by_role("button", name="Repair all").click()
    expect(page.get_by_text("Repaired", exact=True)).to_be_visible()
    page.goto(f"{world.rapport.web}/console/{world.program.id}/shops/share/")
    expect(page.get_by_role("heading", name="Partners bring 50")).to_be_visible()


@pytest.mark.drill(seconds=15)
def test_anything_that_sends_json_is_connected_by_a_sample(page: Page, world: World) -> None:
    page.goto(f"{world.rapport.web}/console/{world.program.id}/shops/connect/json/")
    page.locator("[name=name]").fill("Our own shop")
    page.locator("[name=sample]").fill(SAMPLE)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator("[name=number]")).to_have_value("data.order.id")
    expect(page.locator("[name=click_id]")).to_have_value("data.rpid")
    fits(page)
    take_shot(page, "shops-connect-json")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible(timeout=30_000)
    hook, secret = (page.locator("figure.code code").nth(position).inner_text() for position in (0, 1))
    body = f'{{"event": "order.paid", "data": {{"order": {{"id": 8, "total": "100.00"}}, "rpid": "{world.click}"}}}}'
    answer = httpx.post(hook, content=body, headers={"x-webhook-secret": secret}, timeout=30)
    assert (answer.status_code, answer.text) == (200, "kept\n")
    earned(page, "12.00")
    page.go_back()
    page.locator("table a[href*='/deliveries/']").first.click()
    fits(page)
    take_shot(page, "shops-delivery")
    press(page, "Run again")
    reload_until(page, "Known already")


PAGE = """<!doctype html><title>A shop</title>
<script>window.Shopify = {routes: {root: "/a-shop/"}};</script>
<script src="/t.js" data-consent="given" defer></script>
<form action="/buy"><input name="rpid"><input name="attributes[rapport_ref]"></form>
<a href="https://buy.stripe.com/test">Pay</a>"""


def test_the_script_keeps_a_click_and_hands_it_to_cart_forms_and_payment_links(page: Page, world: World) -> None:
    told: list[Any] = []
    shop = f"{world.rapport.web}/a-shop"

    def cart(route: Any) -> None:  # noqa: ANN401 - playwright's route
        told.append(route.request.post_data_json)
        route.fulfill(status=200, body="{}", content_type="application/json")

    page.route(f"{shop}/**", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route(f"{shop}/cart/update.js", cart)
    page.goto(f"{shop}/?rpid={world.click}&ref=anna")
    expect(page.locator("input[name=rpid]")).to_have_value(world.click)
    page.wait_for_function("sessionStorage.getItem('rapport')")  # the cart has answered
    page.goto(f"{shop}/later")
    expect(page.locator("input[name=rpid]")).to_have_value(world.click)
    expect(page.locator("input[name='attributes[rapport_ref]']")).to_have_value("anna")
    assert page.locator("a").get_attribute("href") == f"https://buy.stripe.com/test?client_reference_id={world.click}"
    assert page.evaluate("[rapport.clickId, rapport.ref]") == [world.click, "anna"]
    assert told == [{"attributes": {"rpid": world.click, "rapport_ref": "anna"}}], "one telling for one cart"
    page.goto(f"{shop}/?rpid=%22%3E%3Cscript%3E")
    assert page.evaluate("window.rapport.clickId") == world.click
