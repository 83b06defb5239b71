"""The tax pages of finance in a real browser: what is asked for, one partner's papers, a form handed in, the lists."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from rapport.flows.demo import cast
from tests.make.taxes import PDF
from tests.support.browser import take_shot
from tests.support.server import RunningRapport
from tests.support.visits import Eyes, both_eyes

FINANCE = next(one for one in cast.TEAM if one.role == "finance")


@pytest.fixture(scope="module")
def mara(browser: Browser, demo_rapport: RunningRapport) -> Iterator[Eyes]:
    """Somebody of finance, on a desk and on a phone."""
    with both_eyes(browser, demo_rapport, email=FINANCE.email) as eyes:
        yield eyes


@pytest.fixture
def program(mara: Eyes, demo_rapport: RunningRapport) -> str:
    """The address of the program's pages."""
    mara.desk.goto(f"{demo_rapport.web}/console/")
    mara.desk.get_by_role("navigation").get_by_role("link", name="Payouts").first.click()
    return mara.desk.url.removesuffix("payouts/")


PLACES = (
    *("taxes/", "taxes/settings/?preset=us", "taxes/year-end/", "taxes/invoices/", "payouts/debts/"),
    "payouts/",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_page_keeps_nobody_out(mara: Eyes, program: str, place: str) -> None:
    mara.look_at(f"{program}{place}")
    name = place.partition("?")[0].strip("/").replace("/", "-")
    take_shot(mara.desk, f"console-{name}-desk")
    take_shot(mara.phone, f"console-{name}-phone")


def test_papers_are_entered_for_a_partner_with_errors_at_their_fields(mara: Eyes, program: str) -> None:
    page = mara.desk
    page.goto(f"{program}taxes/")
    page.locator("main tbody th a").first.click()
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("A company or another legal person").check()
    page.get_by_label("Full legal name").fill("Slow Mornings GmbH")
    page.get_by_label("Street and number").fill("Ringstr. 4")
    page.get_by_label("Town").fill("Berlin")
    page.get_by_label("VAT id").fill("DE136695977")
    form = page.locator("form").filter(has=page.get_by_label("VAT id"))
    form.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("This is not a VAT id of DE").first).to_be_visible()
    expect(page.get_by_label("Full legal name")).to_have_value("Slow Mornings GmbH")
    page.get_by_label("VAT id").fill("DE136695976")
    form.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Form and check digits")).to_be_visible()
    page.get_by_label("W-8BEN-E", exact=True).check()
    page.get_by_label("Signed on").fill("2026-02-03")
    page.get_by_label("File").set_input_files({"name": "w8.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Hand it in").click()
    expect(page.get_by_role("link", name="W-8BEN-E")).to_be_visible()
    mara.look_at(page.url)
    take_shot(page, "console-tax-papers-desk")
    take_shot(mara.phone, "console-tax-papers-phone")
    page.get_by_role("link", name="W-8BEN-E").click()
    mara.look_at(page.url)
    take_shot(page, "console-tax-form-desk")
    with page.expect_download() as download:
        page.get_by_role("button", name="Open the file").click()
    assert download.value.path().read_bytes() == PDF
