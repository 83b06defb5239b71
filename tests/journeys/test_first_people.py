"""From the address in the terminal to a team; and a partner who comes in by a mailed code."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.make.identity import PASSWORD
from tests.support.browser import PHONE, assert_accessible, take_shot, watched_page
from tests.support.server import RunningRapport


def test_the_first_owner_begins_and_a_teammate_joins(
    start_rapport: Callable[..., RunningRapport], page: Page, browser: Browser
) -> None:
    rapport = start_rapport()
    begin(page, address=printed_address(rapport))
    invite(page, rapport, email="bo@marlow.example")
    for place in ("Team", "API keys", "Organisation", "Audit trail", "Outbox"):
        page.get_by_role("link", name=place, exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(place)
        assert_accessible(page)
        take_shot(page, f"settings-{place.lower().replace(' ', '-')}")
    page.get_by_role("link", name="invites you").click()
    mailed = re.search(r"http://\S+/invitations/\S+", page.inner_text("main"))
    assert mailed
    telephone = browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce")
    with watched_page(telephone) as tab:
        join(tab, address=mailed[0])
        come_back(tab, rapport, email="bo@marlow.example")
    telephone.close()


def test_a_partner_signs_in_to_the_demo_by_a_code_from_its_outbox(demo_rapport: RunningRapport, page: Page) -> None:
    page.goto(f"{demo_rapport.web}/accounts/login/code/")
    assert_accessible(page)
    page.locator("input[name=email]").fill("partner@demo.example")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/code/confirm/")
    reader = page.context.new_page()
    reader.goto(f"{demo_rapport.web}/outbox/")
    code = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", reader.inner_text("main"))
    reader.close()
    assert code
    page.locator("input[name=code]").fill(code[0])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/portal/**")


def printed_address(rapport: RunningRapport) -> str:
    found = re.search(r"/start/[\w-]+", rapport.log())
    assert found, rapport.log()
    return rapport.web + found[0]


def begin(page: Page, *, address: str) -> None:
    page.goto(address)
    assert_accessible(page)
    take_shot(page, "begin")
    page.get_by_label("Name of your organisation").fill("Marlow & Lind")
    page.get_by_label("Your name").fill("Ines Krüger")
    page.get_by_label("Mail address").fill("ines@marlow.example")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("too short")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/console/**")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not possible")


def invite(page: Page, rapport: RunningRapport, *, email: str) -> None:
    page.goto(f"{rapport.web}/console/settings/")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Role").select_option("finance")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("table", name="Invitations that wait")).to_contain_text(email)


def join(tab: Page, *, address: str) -> None:
    tab.goto(address)
    assert_accessible(tab)
    take_shot(tab, "join-phone")
    tab.get_by_label("Your name").fill("Bo Lind")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Join").click()
    tab.wait_for_url("**/console/**")


def come_back(tab: Page, rapport: RunningRapport, *, email: str) -> None:
    """Sign out and in again."""
    tab.goto(f"{rapport.web}/account/")
    tab.get_by_role("button", name="Sign out").click()
    tab.goto(f"{rapport.web}/accounts/login/")
    assert_accessible(tab)
    tab.locator("input[name=login]").fill(email)
    tab.locator("input[name=password]").fill(PASSWORD)
    tab.locator("main button[type=submit]").first.click()
    tab.wait_for_url("**/console/**")
