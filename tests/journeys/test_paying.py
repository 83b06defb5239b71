"""From what is due to the partner's statement on the phone: two runs by two people, a refund between them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import Agreement
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person
from tests.make.payouts import AFTER_HOLD, make_payable
from tests.make.road import make_agreement, make_program, report_correction
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot, watched_page
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]

OWNER, FINANCE, PARTNER = "owner@shop.example", "finance@shop.example", "anna@blog.example"
IBAN = "DE89 3704 0044 0532 0130 00"
REFERENCE = "BANK-4711"


@dataclass(frozen=True, slots=True)
class Shop:
    """A running installation with one program and one partner to whom 120.00 are due for order A-1."""

    running: RunningRapport
    agreement: Agreement
    blocker: DjangoDbBlocker

    @property
    def portal(self) -> str:
        """Return where the partner's earnings are."""
        return f"{self.running.web}/portal/{self.agreement.id}/commissions/"

    @contextmanager
    def tables(self) -> Iterator[None]:
        """Write to the tables of the running installation."""
        with self.blocker.unblock(), connected_to(self.running.database_url):
            yield


@pytest.fixture
def shop(start_rapport: Start, django_db_blocker: DjangoDbBlocker) -> Shop:
    running = start_rapport()
    with django_db_blocker.unblock(), connected_to(running.database_url):
        workspace = make_organisation("Marlow & Lind")
        agreement = make_agreement(make_program(workspace), name="Slow Mornings")
        let_in(workspace, OWNER, Role.OWNER)
        let_in(workspace, FINANCE, Role.FINANCE)
        let_in(agreement.partner.organisation, PARTNER, Role.PARTNER)
        make_payable(agreement.program, agreement, order="A-1")
    return Shop(running, agreement, django_db_blocker)


def let_in(organisation: Organisation, email: str, role: Role) -> None:
    person = make_person(email.partition("@")[0].title(), email=email, password=PASSWORD)
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=STORY, at=NOON)


def test_two_people_pay_a_partner_who_reads_it_on_the_phone_and_a_refund_is_netted(
    browser: Browser, shop: Shop
) -> None:
    with (
        signed_in(browser, shop, PARTNER, viewport=PHONE) as partner,
        signed_in(browser, shop, FINANCE) as finance,
        signed_in(browser, shop, OWNER) as owner,
    ):
        enter_method(partner, shop)
        assert pay(finance, owner) == "120.00"
        take_shot(finance, "payout-run")
        assert_accessible(finance)

        partner.goto(f"{shop.portal}payouts/")
        expect(partner.get_by_text(REFERENCE)).to_be_visible()
        assert_accessible(partner)
        partner.get_by_role("link", name="Statement").click()
        expect(partner.locator("main")).to_contain_text("−120.00")
        take_shot(partner, "statement-phone")
        assert_accessible(partner)

        with shop.tables():
            program = shop.agreement.program
            refund = {"kind": "refund", "external_id": "r-1", "total": "1000.00"}
            report_correction(program, at=NOON + AFTER_HOLD, of="A-1", **refund)
            make_payable(program, shop.agreement, total="3000.00", order="A-2")
            refunded = Commission.objects.get(conversion__external_id="A-1").id
        assert pay(finance, owner) == "240.00"
        partner.goto(f"{shop.portal}statement/")
        expect(partner.locator("main")).to_contain_text("−360.00")
        partner.goto(f"{shop.portal}{refunded}/")
        expect(partner.get_by_text("taken back with the order").first).to_be_visible()


def enter_method(partner: Page, shop: Shop) -> None:
    partner.goto(f"{shop.portal}method/")
    partner.get_by_label("Bank account with an IBAN (SEPA)").check()
    partner.get_by_label("Name of whoever is paid").fill("Anna Reuter")
    partner.locator("input[name=iban]").fill(IBAN)
    partner.get_by_label("Town").fill("Berlin")
    partner.get_by_label("Country", exact=True).fill("DE")
    partner.get_by_role("button", name="Keep").click()
    expect(partner.get_by_text("DE… 3000")).to_be_visible()
    assert_accessible(partner)


def pay(finance: Page, owner: Page) -> str:
    """Let two people carry a run to its end; return its total."""
    run, total = prepare(finance)
    owner.goto(run)
    owner.get_by_label("Write the total to approve it").fill(total)
    owner.get_by_role("button", name="Approve").click()
    expect(owner.get_by_text("Approved. Make the file")).to_be_visible()
    send_and_settle(finance, run)
    return total


@contextmanager
def signed_in(browser: Browser, shop: Shop, who: str, *, viewport: object = DESKTOP) -> Iterator[Page]:
    """Open the first page of somebody."""
    context = browser.new_context(viewport=viewport, locale="en-GB")  # type: ignore[arg-type]  # a size in pixels
    with watched_page(context) as page:
        page.goto(f"{shop.running.web}/accounts/login/")
        page.locator("input[name=login]").fill(who)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(re.compile("/(console|portal)/"))
        yield page
    context.close()


def prepare(finance: Page) -> tuple[str, str]:
    """Prepare a run and wait for the worker; return its address and its total as a page writes it."""
    finance.get_by_role("link", name="Payouts").first.click()
    finance.get_by_role("button", name="Prepare a run").click()
    finance.wait_for_url(re.compile("/payouts/run_"))
    run = finance.url
    expect(finance.get_by_text("Another person must approve it")).to_be_visible(timeout=20_000)
    assert_accessible(finance)
    figure = finance.locator("main .figure-large").inner_text()
    return run, re.sub(r"[^\d.,]", "", figure)


def send_and_settle(finance: Page, run: str) -> None:
    """Make the file, and take in that the bank paid everything."""
    finance.goto(run)
    finance.get_by_role("button", name="Make the file and mark as sent").click()
    with finance.expect_download() as started:
        finance.get_by_role("link", name="Download the file").click()
    rows = started.value.path().read_text(encoding="utf-8").splitlines()[1:]
    paid = [f"{row.partition(',')[0]},settled,{REFERENCE}" for row in rows]
    answer = "\n".join(["payout,outcome,reference", *paid])
    file = {"name": "answer.csv", "mimeType": "text/csv", "buffer": answer.encode()}
    finance.get_by_label("Answer of the bank").set_input_files(file)  # type: ignore[arg-type]  # a file by its parts
    finance.get_by_role("button", name="Take it in").click()
    expect(finance.get_by_text("Closed")).to_be_visible()
