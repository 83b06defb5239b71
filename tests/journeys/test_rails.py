"""The rails as people see them: a partner types an account on the phone, finance sets up PayPal and pays by it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.providers.paypal.simulator import Simulator, serving
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person
from tests.make.payouts import ACCOUNTS, make_account, make_approved_run, make_payable, make_rail_method
from tests.make.road import make_agreement, make_program
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot, watched_page
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]
FINANCE, PARTNER = "finance@shop.example", "anna@blog.example"


@pytest.fixture
def paypal() -> Iterator[tuple[Simulator, str]]:
    known = ACCOUNTS[MethodKind.PAYPAL]
    simulator = Simulator(client_id=known["client_id"], secret=known["secret"])
    with serving(simulator) as address:
        yield simulator, address


def let_in(organisation: Organisation, email: str, role: Role) -> None:
    person = make_person(email.partition("@")[0].title(), email=email, password=PASSWORD)
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=STORY, at=NOON)


def an_owed_program(workspace: Organisation) -> Agreement:
    """Owe money on every rail, a run approved; return the agreement of a partner who has not said how to be paid."""
    program = make_program(workspace, currency="USD")
    for kind in (MethodKind.IBAN, MethodKind.ACH):
        make_account(program, kind)
    for kind in (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL, MethodKind.WISE, MethodKind.MANUAL):
        agreement = make_agreement(program, name=f"{kind.label} partner")
        make_rail_method(agreement.partner.organisation, kind)
        make_payable(program, agreement)
    make_approved_run(program)
    return make_agreement(program, name="Slow Mornings")


@contextmanager
def signed_in(browser: Browser, web: str, who: str, **how: object) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", **how)  # type: ignore[arg-type]  # a size in pixels, a colour scheme
    with watched_page(context) as page:
        page.goto(f"{web}/accounts/login/")
        page.locator("input[name=login]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(re.compile("/(console|portal)/"))
        yield page
    context.close()


def test_a_partner_types_an_account_and_finance_pays_by_every_rail(
    browser: Browser, paypal: tuple[Simulator, str], start_rapport: Start, django_db_blocker: DjangoDbBlocker
) -> None:
    simulator, address = paypal
    running = start_rapport(RAPPORT_PAYPAL_SANDBOX_URL=address)
    with django_db_blocker.unblock(), connected_to(running.database_url):
        workspace = make_organisation("Marlow & Lind")
        agreement = an_owed_program(workspace)
        let_in(workspace, FINANCE, Role.FINANCE)
        let_in(agreement.partner.organisation, PARTNER, Role.PARTNER)
    payouts = f"{running.web}/console/{agreement.program_id}/payouts/"
    with signed_in(browser, running.web, PARTNER, viewport=PHONE) as partner:
        type_an_account(partner, f"{running.web}/portal/{agreement.id}/commissions/method/")
    with signed_in(browser, running.web, FINANCE, viewport=DESKTOP) as finance:
        set_up_paypal(finance, f"{payouts}settings/")
        pay_by_every_rail(finance, payouts)
        assert simulator.paid_minor() == 12_000
        run = finance.url
    for scheme in ("light", "dark"):
        for name, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            with signed_in(browser, running.web, FINANCE, viewport=viewport, color_scheme=scheme) as page:
                page.goto(run)
                take_shot(page, f"rails-run-{name}-{scheme}")
                assert_accessible(page)
                page.goto(f"{payouts}settings/paypal/")
                take_shot(page, f"rails-paypal-{name}-{scheme}")
                assert_accessible(page)


def type_an_account(partner: Page, address: str) -> None:
    """Only the fields of the chosen way and currency are there, on a page of 375 pixels."""
    partner.goto(address)
    expect(partner.get_by_label("IBAN", exact=True)).to_be_visible()
    expect(partner.get_by_label("Account number")).to_be_hidden()
    partner.get_by_label("By Wise, to a bank account in another currency").check()
    partner.get_by_label("Currency of the account").select_option("GBP")
    expect(partner.get_by_label("IBAN", exact=True)).to_be_hidden()
    take_shot(partner, "rails-method-phone")
    assert_accessible(partner)
    partner.get_by_label("Name of whoever is paid").fill("Anna Reuter")
    partner.get_by_label("A person").check()
    partner.get_by_label("Number of the bank").fill("23-14")
    partner.get_by_label("Account number").fill("28821822")
    partner.get_by_role("button", name="Keep").click()
    expect(partner.locator(".field-error", has_text="such as 231470.")).to_be_visible()
    partner.get_by_label("Number of the bank").fill("23-14-70")
    partner.get_by_role("button", name="Keep").click()
    expect(partner.get_by_text("… 1822")).to_be_visible()


def set_up_paypal(finance: Page, address: str) -> None:
    finance.goto(address)
    take_shot(finance, "rails-settings")
    assert_accessible(finance)
    finance.get_by_role("link", name="set it up").click()
    finance.get_by_label("Sandbox: PayPal plays").check()
    finance.get_by_label("Client ID").fill(ACCOUNTS[MethodKind.PAYPAL]["client_id"])
    finance.get_by_label("Secret").fill(ACCOUNTS[MethodKind.PAYPAL]["secret"])
    finance.get_by_role("button", name="Keep").click()
    finance.get_by_role("button", name="Try it").click()
    expect(finance.get_by_text("PayPal knows these credentials.")).to_be_visible()


def pay_by_every_rail(finance: Page, address: str) -> None:
    finance.goto(address)
    finance.locator("main table a[href*='/payouts/run_']").first.click()
    finance.wait_for_url(re.compile("/payouts/run_"))
    take_shot(finance, "rails-before")
    assert_accessible(finance)
    finance.get_by_role("button", name="Send by PayPal now").click()
    expect(finance.get_by_text("It goes out now.")).to_be_visible()
    for _ in range(4):
        finance.get_by_role("button", name="Make the file and mark as sent").first.click()
        expect(finance.get_by_text("The file is ready.").first).to_be_visible()
    expect(finance.get_by_role("button", name="Make the file and mark as sent")).to_have_count(0)
    for _ in range(60):
        finance.reload()
        if finance.get_by_text("Taken by the provider").count():
            break
        finance.wait_for_timeout(500)
    expect(finance.get_by_text("Taken by the provider")).to_be_visible()
