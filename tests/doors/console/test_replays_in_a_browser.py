"""A draft is tried on the past in a real browser with a real worker, read on a phone, kept, and shown by a link."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.programs.actions import save_draft
from rapport.domain.terms import presets
from rapport.kit.clock import now
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

ORDERS = 8


def fits(page: Page) -> None:
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url
        assert_accessible(page)


def sold() -> None:
    """Two partners with orders of the last days, and a draft that pays more."""
    workspace = make_organisation()
    program = make_program(workspace)
    clicks = [
        make_click_id(make_link(make_agreement(program, name=name)), at=now() - timedelta(days=9))
        for name in ("Slow Mornings", "Frau Morgen")
    ]
    for number in range(ORDERS):
        basket = [{"product": "TEA", "price": "10.00", "cost": "4.00"}, {"product": "POT", "price": "20.00"}]
        at = now() - timedelta(days=1 + number % 5)
        told = {"external_id": f"A-{number}", "total": "30.00", "lines": basket}
        report_sale(program, at=at, click_ids=[clicks[number % 2]], **told)
    rules = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "15"}}]
    save_draft(program_id=program.id, document={**presets()[0].document, "rules": rules}, by=STORY, at=now())
    person = make_person(email="owner@example.com", password=PASSWORD)
    add_member(organisation_id=workspace.id, person_id=person.id, role=Role.OWNER, by=STORY, at=NOON)


def test_a_draft_is_tried_kept_and_shown(
    page: Page, browser: Browser, start_rapport: Callable[..., RunningRapport], django_db_blocker: DjangoDbBlocker
) -> None:
    shop = start_rapport()
    with django_db_blocker.unblock(), connected_to(shop.database_url):
        sold()
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill("owner@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.get_by_role("link", name="Terms", exact=True).first.click()
    page.get_by_role("link", name="Try on the past").first.click()
    fits(page)
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="Together")).to_be_visible(timeout=60_000)
    for tab in ("By partner", "By product", "By month", "Cash calendar", "Orders that move most"):
        page.get_by_role("link", name=tab).click()
        fits(page)
    take_shot(page, "replay")
    page.get_by_role("button", name="Keep with the draft").click()
    expect(page.get_by_text("Kept with the draft as its reason.")).to_be_visible()
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#share code").first.inner_text().strip()
    reader = browser.new_context(viewport=PHONE, locale="de-DE").new_page()
    reader.goto(link)
    expect(reader.get_by_text("Partner 1").first).to_be_visible()
    assert "Slow Mornings" not in reader.content()
    assert_accessible(reader)
    page.get_by_role("link", name="Terms", exact=True).first.click()
    expect(page.get_by_text("Tried on the past before it was decided")).to_be_visible()
    fits(page)
