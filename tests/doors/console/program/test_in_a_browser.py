"""A program's own pages in a real browser: every page for everybody, the sentences that follow the form, no script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rapport.flows.demo import cast
from tests.support.browser import DESKTOP, take_shot
from tests.support.server import RunningRapport
from tests.support.visits import Eyes, both_eyes, sign_in

MANAGER = cast.TEAM[1].email


@pytest.fixture(scope="module")
def tom(browser: Browser, demo_rapport: RunningRapport) -> Iterator[Eyes]:
    """The manager of the demo."""
    with both_eyes(browser, demo_rapport, email=MANAGER) as eyes:
        yield eyes


@pytest.fixture
def program(tom: Eyes, demo_rapport: RunningRapport) -> str:
    """The address of the demo program."""
    tom.desk.goto(f"{demo_rapport.web}/console/")
    return tom.desk.url


@pytest.mark.parametrize("place", ["settings/", "terms/", "terms/yaml/", "terms/v1/", "integration/"])
def test_a_page_keeps_nobody_out(tom: Eyes, program: str, place: str) -> None:
    tom.look_at(f"{program}{place}")
    name = place.strip("/").replace("/", "-")
    take_shot(tom.desk, f"program-{name}-desk")
    take_shot(tom.phone, f"program-{name}-phone")


def test_the_form_of_a_new_program_keeps_nobody_out(tom: Eyes, demo_rapport: RunningRapport) -> None:
    tom.look_at(f"{demo_rapport.web}/console/new/")


def test_the_sentences_follow_the_form_while_it_is_written(tom: Eyes, program: str) -> None:
    tom.desk.goto(f"{program}terms/")
    reading = tom.desk.locator("#reading")
    tom.desk.get_by_label("How much").first.fill("15")
    expect(reading.locator("ins").first).to_have_text("15")
    tom.desk.get_by_label("How much").first.fill("a lot")
    expect(reading).to_contain_text("“a lot” is not a percentage.")
    tom.desk.get_by_label("How much").first.fill("12")
    tom.desk.get_by_label("Repeat purchases inside the window earn, too").uncheck()
    expect(reading).to_contain_text("not included")


def test_a_rule_asks_more_and_is_dragged_before_another(tom: Eyes, program: str) -> None:
    tom.desk.set_viewport_size({"width": 1440, "height": 2400})
    tom.desk.goto(f"{program}terms/")
    first = tom.desk.locator("#rule-0")
    first.get_by_label("Ask or bound more").select_option("category")
    first.get_by_role("button", name="Add to rule 1").click()
    first.get_by_label("Category").fill("Shoes")
    expect(tom.desk.locator("#reading")).to_contain_text("for products of the categories Shoes")
    tom.desk.get_by_role("button", name="Rule", exact=True).click()
    last = tom.desk.locator("fieldset.rule").last
    last.get_by_label("Every").fill("sale")
    last.get_by_label("Name of the rule").fill("rest")
    last.get_by_label("How much").fill("5")
    last.locator("[data-drag]").drag_to(tom.desk.locator("#rule-0 > legend"))
    expect(tom.desk.locator("#rule-0").get_by_label("Name of the rule")).to_have_value("rest")
    expect(tom.desk.locator("#reading")).to_contain_text("never reached")
    expect(tom.desk.locator("#rule-1").get_by_label("Category")).to_have_value("Shoes")
    tom.desk.set_viewport_size(DESKTOP)


def test_yaml_that_cannot_be_used_is_shown_with_its_lines(tom: Eyes, program: str) -> None:
    tom.desk.goto(f"{program}terms/yaml/")
    tom.desk.get_by_label("Terms", exact=True).fill("language: 1\nrules: []\n")
    tom.desk.get_by_role("button", name="Read it first").click()
    expect(tom.desk.get_by_text("Line 2")).to_be_visible()


def test_a_program_is_created_and_published_without_any_script(browser: Browser, demo_rapport: RunningRapport) -> None:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo_rapport, email=MANAGER)
    create(page, demo_rapport)
    expect(page.get_by_role("heading", level=1)).to_have_text("No terms are in force yet")
    write_a_rule_for_leads(page)
    page.get_by_role("button", name="Publish the kept draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Terms v1")
    expect(page.locator("main")).to_contain_text("5.00 EUR for every lead")
    context.close()


def create(page: Page, shop: RunningRapport) -> None:
    page.goto(f"{shop.web}/console/new/")
    page.get_by_label("Name", exact=True).fill("Wool partners")
    page.get_by_label("Landing page").fill("https://wool.example/")
    page.get_by_label("A careful start").check()
    page.get_by_role("button", name="Create the program").click()


def write_a_rule_for_leads(page: Page) -> None:
    page.get_by_role("button", name="Rule", exact=True).click()
    page.get_by_label("Every", exact=True).last.fill("lead")
    page.get_by_label("Pays").last.select_option("flat")
    page.get_by_label("How much").last.fill("5")
    page.get_by_role("button", name="Keep the draft").click()
