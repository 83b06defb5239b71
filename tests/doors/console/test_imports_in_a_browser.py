"""The whole way of a file in a real browser with a real worker: look, choose, check, import, read the report."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker

from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person
from tests.make.road import make_program
from tests.support.browser import DESKTOP, PHONE, assert_accessible, take_shot
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

FILE = """Order,Date,Product,Quantity,Unit price,Customer
IMP-1,3/4/2026,MUG,2,12.50,anna
IMP-1,3/4/2026,TEA,1,4.20,anna
IMP-2,3/4/2026,TEA,much,4.20,ben
IMP-3,3/4/2026,TEA,3,4.20,carl
IMP-4,3/4/2026,TEA,1,4.20,dora
IMP-5,3/4/2026,TEA,1,4.20,emil
IMP-6,3/4/2026,TEA,1,4.20,fritz
IMP-7,3/4/2026,TEA,1,4.20,gerd
IMP-8,3/4/2026,TEA,1,4.20,hanna
IMP-9,3/4/2026,TEA,1,4.20,ida
C10,3/5/2026,TEA,-5,4.20,carl
"""


def fits(page: Page) -> None:
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), page.url
        assert_accessible(page)


def test_a_file_goes_all_the_way_in(
    page: Page,
    start_rapport: Callable[..., RunningRapport],
    django_db_blocker: DjangoDbBlocker,
    tmp_path: Path,
) -> None:
    shop = start_rapport()
    with django_db_blocker.unblock(), connected_to(shop.database_url):
        workspace = make_organisation()
        make_program(workspace)
        person = make_person(email="finance@example.com", password=PASSWORD)
        add_member(organisation_id=workspace.id, person_id=person.id, role=Role.FINANCE, by=STORY, at=NOON)
    page.goto(f"{shop.web}/accounts/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto(f"{shop.web}/console/")
    page.get_by_role("link", name="Import", exact=True).first.click()
    fits(page)
    take_shot(page, "import-list")
    path = tmp_path / "orders.csv"
    path.write_text(FILE)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Look into the file").click()
    expect(page.get_by_role("heading", name="How the file is read")).to_be_visible()
    fits(page)
    take_shot(page, "import-columns")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Say whether the day or the month stands first.").first).to_be_visible()
    page.locator("select[name=date_order]").select_option("month_first")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_role("button", name="Import it")).to_be_visible(timeout=30_000)
    page.emulate_media(color_scheme="dark")
    fits(page)
    take_shot(page, "import-checked")
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("heading", name="What it brought")).to_be_visible(timeout=30_000)
    fits(page)
    take_shot(page, "import-done")
    expect(page.get_by_text("“much” is no number")).to_be_visible()
    expect(
        page.get_by_text("No earlier sale of this product to this customer is known for 2 of the pieces.")
    ).to_be_visible()
