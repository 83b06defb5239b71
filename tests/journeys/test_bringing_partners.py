"""Fifty-five partners come along: by file, invited through a real mail server, one of them in from a phone."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.programs.models import Program
from rapport.kit.clock import now
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person
from tests.make.road import make_program, report_sale
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.mail import MailServer, listening
from tests.support.server import RunningRapport

PARTNERS = 55
LIMIT_SECONDS = 300
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"}
HEAD = "Partner,Email,Segment,Language,Rate,Codes,Old link,Balance,Note,IBAN"


def lines() -> list[str]:
    """Return the partners of the old system; the first has everything, two are one by their account."""
    found = [
        "Slow Mornings,anna@slow.example,blogger,en,15 %,ANNA10,?ref=anna,120.50,Unpaid of May,DE89370400440532013000",
        "Mornings Shop,shop@mornings.example,,,,SHOP,,,,DE89370400440532013000",
    ]
    found += [f"Partner {n},p{n}@partner{n}.example,niche,en,,CODE{n},/go/p{n},,," for n in range(PARTNERS - 1)]
    return [*found, "Nobody,no mail,niche,,,,,,,"]


@pytest.mark.drill(seconds=60)
def test_partners_of_another_system_come_along_and_one_is_in_within_five_minutes(
    page: Page,
    browser: Browser,
    start_rapport: Callable[..., RunningRapport],
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> None:
    with listening() as post:
        shop = start_rapport(RAPPORT_SMTP_URL=post.url)
        with django_db_blocker.unblock(), connected_to(shop.database_url):
            workspace = make_organisation()
            program = make_program(workspace)
            person = make_person(email="owner@example.com", password=PASSWORD)
            add_member(organisation_id=workspace.id, person_id=person.id, role=Role.OWNER, by=STORY, at=NOON)
        began = time.monotonic()
        _sign_in(page, shop)
        _bring(page, shop, program, tmp_path / "partners.csv")
        _look_at_invitations(page, shop, program, post)
        with django_db_blocker.unblock(), connected_to(shop.database_url):
            report_sale(program, external_id="o1", total="100.00", coupons=["ANNA10"], at=now())
            held = Commission.objects.get()
            assert (held.accrued_minor, held.holds) == (1_500, ["terms_not_accepted"])
        link = _accept_on_a_phone(browser, shop, post)
        _follow(shop, link)
        assert time.monotonic() - began < LIMIT_SECONDS
        with django_db_blocker.unblock(), connected_to(shop.database_url):
            held.refresh_from_db()
            assert (held.accrued_minor, held.holds, held.state) == (1_500, [], "pending")
            assert Agreement.objects.filter(state=AgreementState.ACTIVE).count() == 1
            assert Agreement.objects.filter(state=AgreementState.PROPOSED).count() == PARTNERS - 1
        page.goto(f"{shop.web}/console/{program.id}/invitations/?state=accepted")
        expect(page.get_by_role("link", name="Slow Mornings")).to_be_visible()


def _sign_in(page: Page, shop: RunningRapport) -> None:
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill("owner@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


def _fits(page: Page, *, name: str) -> None:
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url
        assert_accessible(page)
        take_shot(page, f"{name}-{viewport['width']}")


def _bring(page: Page, shop: RunningRapport, program: Program, path: Path) -> None:
    path.write_text("\n".join([HEAD, *lines()]) + "\n")
    page.goto(f"{shop.web}/console/{program.id}/imports/?subject=partners")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Look into the file").click()
    expect(page.get_by_role("heading", name="How the file is read")).to_be_visible()
    _fits(page, name="partners-columns")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name="Import it")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Give a mail address such as name@example.com.")).to_be_visible()
    expect(page.get_by_text("merges them")).to_be_visible()
    _fits(page, name="partners-checked")
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("heading", name="What it brought")).to_be_visible(timeout=120_000)
    _fits(page, name="partners-brought")


def _look_at_invitations(page: Page, shop: RunningRapport, program: Program, post: MailServer) -> None:
    deadline = time.monotonic() + 120
    while len(post.taken) < PARTNERS and time.monotonic() < deadline:
        time.sleep(0.2)
    assert len(post.taken) == PARTNERS
    assert len({envelope.rcpt_tos[0] for envelope in post.taken}) == PARTNERS
    page.goto(f"{shop.web}/console/{program.id}/invitations/")
    expect(page.get_by_role("link", name=re.compile("^Sent 55"))).to_be_visible()
    _fits(page, name="invitations")


def _accept_on_a_phone(browser: Browser, shop: RunningRapport, post: MailServer) -> str:
    """Come in by the address in the mail, read the terms and accept; return the link that the partner is shown."""
    context = browser.new_context(viewport=PHONE, locale="en-GB", reduced_motion="reduce")
    try:
        phone = context.new_page()
        phone.goto(shop.web + _address_in(post, "anna@slow.example"))
        expect(phone.get_by_text("You earn 15 % of every sale")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert_accessible(phone)
        take_shot(phone, "partners-invitation-375")
        phone.get_by_role("button", name="Accept these terms and come in").click()
        expect(phone.get_by_text("ANNA10").first).to_be_visible()
        assert_accessible(phone)
        take_shot(phone, "partners-home-375")
        found = re.search(r"https?://[^\s\"<]+/c/[A-Za-z0-9_-]+", phone.content())
        assert found
        return found[0]
    finally:
        context.close()


def _address_in(post: MailServer, recipient: str) -> str:
    [envelope] = [one for one in post.taken if one.rcpt_tos == [recipient]]
    message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body
    text = body.get_content()
    assert "ANNA10" in text
    found = re.search(r"https?://\S+/invitations/\S+", text)
    assert found
    return urlsplit(found[0]).path


def _follow(shop: RunningRapport, link: str) -> None:
    """Follow the new link, and the old ones that are on the web since years: all of them lead to the shop."""
    code = link.rsplit("/", 1)[1]
    for path in (f"/c/{code}", "/?ref=anna", "/?ref=ANNA&utm_source=blog", "/go/p7"):
        answer = httpx.get(shop.edge + path, headers=BROWSER, follow_redirects=False, timeout=10)
        assert answer.status_code == 302, path
        assert answer.headers["location"].startswith("https://shop.example/?rpid="), path
    assert httpx.get(f"{shop.edge}/go/nobody", headers=BROWSER, timeout=10).status_code == 404


@pytest.fixture(autouse=True)
def _wide(page: Page) -> None:
    page.set_viewport_size(DESKTOP)
