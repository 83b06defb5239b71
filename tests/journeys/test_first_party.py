"""From a partner's old code on a shop's page to money that waits for its word; another system's postback beside it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import KeyScope
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.actions import change_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.kit.clock import now
from tests.journeys.test_running import waited
from tests.make.identity import PASSWORD, STORY, make_api_key, make_organisation, make_person
from tests.make.road import make_agreement, make_click_id, make_link, make_program
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot, watched_page
from tests.support.databases import connected_to
from tests.support.server import RunningRapport
from tests.support.shop import serving

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.fixture
def running(
    start_rapport: Callable[..., RunningRapport], django_db_blocker: DjangoDbBlocker
) -> Iterator[RunningRapport]:
    """An installation, with this process connected to its database as a further door."""
    started = start_rapport()
    with django_db_blocker.unblock(), connected_to(started.database_url):
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a person: the browser's own name says that nobody sits before it, and such clicks earn nothing."""
    context = browser.new_context(viewport=DESKTOP, user_agent=PERSON, reduced_motion="reduce")
    with watched_page(context) as tab:
        yield tab
    context.close()


@pytest.mark.drill(seconds=60)
def test_an_old_code_earns_once_the_shop_confirms_what_its_page_told(page: Page, running: RunningRapport) -> None:
    workspace = make_organisation()
    agreement = make_agreement(make_program(workspace))
    program = agreement.program
    make_link(agreement, code="anna")
    key = {"Authorization": f"Bearer {make_api_key(workspace, KeyScope.CONVERSIONS_WRITE).secret}"}

    told = sale_of_the_page(page, running, agreement)
    receipt = waited("its receipt", lambda: asked(running, f"/api/v1/receipts/{told}", key))
    assert (receipt["state"], receipt["authentic"]) == ("taken", False)
    assert (Conversion.objects.get().state, Commission.objects.get().holds) == ("reported", ["unconfirmed"])

    order = {"program": program.id, "kind": "sale", "external_id": "1", "currency": "EUR", "total": "100.00"}
    answer = httpx.post(f"{running.web}/api/v1/conversions", json=order, headers=key, timeout=30)
    assert (answer.status_code, answer.json()["taken"]) == (200, "added")
    assert Commission.objects.get().holds == ["unconfirmed"], "the shop has not said who brought it"
    click = Conversion.objects.get().clicks.get().click_id
    answer = httpx.post(
        f"{running.web}/api/v1/conversions", json=order | {"click_ids": [click]}, headers=key, timeout=30
    )
    assert (answer.status_code, answer.json()["taken"]) == (200, "added")
    commission = Commission.objects.get()
    assert (commission.state, commission.holds, commission.accrued_minor) == ("pending", [], 1200)

    person = make_person(email="owner@example.com", password=PASSWORD)
    add_member(organisation_id=workspace.id, person_id=person.id, role=Role.OWNER, by=STORY, at=now())
    choose_everflow(page, running, agreement)
    token = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=now()).shown_once
    click = make_click_id(make_link(agreement), at=now() - timedelta(hours=1))
    line = {"verification_token": token, "transaction_id": click, "event_id": "0", "amount": "50.00", "order_id": "2"}
    taken = waited("a new token is known", lambda: asked(running, f"/pb?{urlencode(line)}", {}, at=running.edge))
    receipt = waited("its receipt", lambda: asked(running, f"/api/v1/receipts/{taken['receipt']}", key))
    assert (receipt["state"], receipt["authentic"], receipt["warnings"]) == ("taken", True, [])
    assert Commission.objects.get(conversion__external_id="2").accrued_minor == 600


def sell_at(program: Program, host: str) -> Program:
    """Let the program's shop stand at a host of this machine, where browsers let pages speak with it."""
    known = {name: getattr(program, name) for name in ("name", "slug", "currency", "zone", "landing_url")}
    given = ProgramInput(**known, hosts=(*program.hosts, host))
    return change_program(program_id=program.id, given=given, by=STORY, at=now())


def sale_of_the_page(page: Page, running: RunningRapport, agreement: Agreement) -> str:
    """Come to the shop by an old code, let its page tell of an order, and return the receipt's id."""
    tag = f'<script src="{running.edge}/t.js" data-program="{agreement.program_id}" async></script>'
    with serving(lambda: f'<!doctype html><title>A shop</title>{tag}<form><input name="rpid"></form>') as host:
        sell_at(agreement.program, host)
        for _ in range(60):  # until the edge knows the link and the shop's host
            page.goto(f"http://{host}/?ref=Anna")
            page.wait_for_load_state("networkidle")
            if page.locator("input[name=rpid]").input_value():
                break
            page.wait_for_timeout(250)
        receipts = page.evaluate("rapport.sale({order_id: '1', total: '100.00', currency: 'EUR'})")
    return str(receipts[0]["receipt"])


def choose_everflow(page: Page, running: RunningRapport, agreement: Agreement) -> None:
    """Choose the names of another system on its page, look at it by day and by night, and try its line."""
    page.goto(f"{running.web}/accounts/login/")
    page.locator("input[name=login]").fill("owner@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto(f"{running.web}/console/{agreement.program_id}/settings/postbacks/")
    page.locator("[name=profile]").select_option("everflow")
    page.locator("[name=names]").fill("adv1 = customer_id")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("are read this way")).to_be_visible()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("An order.")).to_be_visible()
    for viewport, scheme in ((PHONE, "dark"), (DESKTOP, "light")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its words
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url
        assert_accessible(page)
        take_shot(page, f"postbacks-{scheme}")
    page.goto(f"{running.web}/console/{agreement.program_id}/integration/")
    assert_accessible(page)
    take_shot(page, "integration")


def asked(running: RunningRapport, path: str, headers: dict[str, str], *, at: str = "") -> dict[str, object]:
    """Return the JSON that an address answers with, empty while it does not answer well."""
    answer = httpx.get(f"{at or running.web}{path}", headers=headers, timeout=30)
    return dict(answer.json()) if answer.status_code == 200 else {}
