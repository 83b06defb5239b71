"""Finance enters a rate, an order in dollars is explained by it, and a partner is paid in dollars by two people."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.models import Role
from rapport.kit.clock import now
from tests.journeys.test_paying import (
    FINANCE,
    OWNER,
    PARTNER,
    REFERENCE,
    Shop,
    let_in,
    prepare,
    send_and_settle,
    signed_in,
)
from tests.make.identity import make_organisation
from tests.make.payouts import make_payable
from tests.make.road import make_agreement, make_program, report_sale
from tests.support.browser import PHONE, assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]


@pytest.fixture
def shop(start_rapport: Start, django_db_blocker: DjangoDbBlocker) -> Shop:
    """A program in euros that owes 120.00 to a partner, and three people."""
    running = start_rapport()
    with django_db_blocker.unblock(), connected_to(running.database_url):
        workspace = make_organisation("Marlow & Lind")
        agreement = make_agreement(make_program(workspace), name="Slow Mornings")
        for organisation, who, role in (
            (workspace, OWNER, Role.OWNER),
            (workspace, FINANCE, Role.FINANCE),
            (agreement.partner.organisation, PARTNER, Role.PARTNER),
        ):
            let_in(organisation, who, role)
        make_payable(agreement.program, agreement, order="A-1")
    return Shop(running, agreement, django_db_blocker)


def test_an_order_in_dollars_is_explained_and_a_partner_is_paid_in_dollars(browser: Browser, shop: Shop) -> None:
    with (
        signed_in(browser, shop, PARTNER, viewport=PHONE) as partner,
        signed_in(browser, shop, FINANCE) as finance,
        signed_in(browser, shop, OWNER) as owner,
    ):
        enter_rate(finance, shop)
        sell_in_dollars(owner, shop)
        wish_for_dollars(partner, shop)

        finance.goto(f"{shop.running.web}/console/")
        run, total = prepare(finance)
        owner.goto(run)
        expect(owner.locator("main")).to_contain_text("of which partners are sent 130.01 US$")
        owner.get_by_label("Write the total to approve it").fill(total)
        owner.get_by_label("Write what it sends in USD").fill("130.00")
        owner.get_by_role("button", name="Approve").click()
        expect(owner.get_by_text("This is not what the run sends in USD").first).to_be_visible()
        owner.get_by_label("Write the total to approve it").fill(total)
        owner.get_by_label("Write what it sends in USD").fill("130.01")
        assert_accessible(owner)
        take_shot(owner, "currencies-approve")
        owner.get_by_role("button", name="Approve").click()
        expect(owner.get_by_text("Approved. Make the file")).to_be_visible()
        send_and_settle(finance, run)

        partner.goto(f"{shop.portal}payouts/")
        expect(partner.get_by_text(REFERENCE)).to_be_visible()
        expect(partner.locator("main")).to_contain_text("sent as")
        assert_accessible(partner)
        take_shot(partner, "currencies-payouts-phone")
        partner.goto(f"{shop.portal}statement/")
        expect(partner.locator("main")).to_contain_text("130.01 USD for 120.00 EUR: 1 EUR = 1.0834 USD")


def enter_rate(finance: Page, shop: Shop) -> None:
    """Enter what a euro is worth in dollars today."""
    finance.goto(f"{shop.running.web}/console/settings/{shop.agreement.program.workspace_id}/rates/")
    expect(finance.get_by_text("No rate is known yet.")).to_be_visible()
    assert_accessible(finance)
    finance.get_by_label("One of this currency").select_option("EUR")
    finance.get_by_label("of this one").select_option("USD")
    finance.get_by_label("was worth").fill("1.0834")
    finance.get_by_role("button", name="Enter the rate").click()
    expect(finance.get_by_text("1.0834 USD")).to_be_visible()
    assert_accessible(finance)
    take_shot(finance, "currencies-rates")


def sell_in_dollars(owner: Page, shop: Shop) -> None:
    """Let the shop report an order in dollars, and look at it and at what it earns."""
    with shop.tables():
        code = f"C{shop.agreement.id[-12:]}".upper()
        program = shop.agreement.program
        taken = report_sale(program, external_id="U-1", currency="USD", total="100.00", coupons=[code], at=now())
        commission = Commission.objects.get(conversion=taken.conversion).id
    console = f"{shop.running.web}/console/{program.id}"
    owner.goto(f"{console}/conversions/{taken.conversion.id}/")
    expect(owner.locator("main")).to_contain_text("1 USD = 0.92302012 EUR (1 / 1.0834)")
    assert_accessible(owner)
    take_shot(owner, "currencies-order")
    owner.goto(f"{console}/commissions/{commission}/")
    expect(owner.locator("main")).to_contain_text("In the currency of the order")
    expect(owner.locator("main")).to_contain_text("11.076241 EUR")
    assert_accessible(owner)
    take_shot(owner, "currencies-explained")


def wish_for_dollars(partner: Page, shop: Shop) -> None:
    """Let the partner say to be paid in dollars."""
    partner.goto(f"{shop.portal}method/")
    partner.get_by_label("Another way, as agreed with the program").check()
    partner.get_by_label("Name of whoever is paid").fill("Anna Reuter")
    partner.get_by_label("What was agreed").fill("By cheque to the office")
    partner.get_by_label("Paid in").select_option("USD")
    partner.get_by_role("button", name="Keep").click()
    expect(partner.locator("main dl")).to_contain_text("USD")
    assert_accessible(partner)
