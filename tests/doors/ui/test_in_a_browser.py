"""In a real browser: every frame is accessible in both themes and sizes, and the small scripts do what they say."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support.browser import DESKTOP, PHONE, assert_accessible

FRAMES = ("portal/", "public/", "focus/")


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    """Paper and ink."""
    return "light" if request.param == "light" else "dark"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def viewport(request: pytest.FixtureRequest) -> ViewportSize:
    """A desk and a hand."""
    return DESKTOP if request.param == DESKTOP else PHONE


def test_nobody_is_kept_out(
    browser: Browser, design_pages: str, theme: Literal["light", "dark"], viewport: ViewportSize
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    # The page of all components is judged once per theme and once per size: it holds a hundred times what others do.
    whole = ("",) if (theme == "light") == (viewport == DESKTOP) else ()
    for name in (*whole, *FRAMES):
        page.goto(f"{design_pages}/design/{name}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    context.close()


def test_the_theme_is_switched_and_remembered(page: Page, design_pages: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{design_pages}/design/focus/")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between paper and ink").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_a_list_is_walked_with_keys_and_the_keys_can_be_switched_off(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("k")
    expect(page.locator("[data-current]")).to_contain_text("Sleep Atlas wants to join")
    page.keyboard.press("?")
    page.get_by_label("Keys of one letter are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("[data-current]")).to_contain_text("Sleep Atlas wants to join")


def test_letters_typed_into_a_field_are_only_letters(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/")
    page.get_by_label("Your name").fill("")
    page.get_by_label("Your name").press_sequentially("jkx?")
    expect(page.get_by_label("Your name")).to_have_value("jkx?")
    expect(page.locator("#all-keys")).to_be_hidden()


def test_the_summary_of_a_refused_form_takes_the_focus(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/")
    expect(page.locator("[data-error-summary]")).to_be_focused()


def test_a_copy_button_copies_and_says_so(page: Page, design_pages: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{design_pages}/design/portal/")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://go.marlowlind.example/c/7kq2m"


def test_dialogs_and_menus_open_and_close(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/")
    page.get_by_role("button", name="Open a dialog").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#decline")).to_be_hidden()
    page.locator("summary", has_text="More").click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Explain").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-list")).to_be_hidden()


def test_a_piece_that_is_refused_says_why_and_changes_nothing(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/focus/")
    ask(page, "hx-get", "/nowhere/")
    expect(page.locator("[data-toasts] > [data-toast]")).to_contain_text("Nothing is kept at this address")
    expect(page.locator("#asked")).to_have_text("ask")


def test_a_refused_form_is_swapped_in_and_its_token_was_accepted(page: Page, design_pages: str) -> None:
    page.goto(f"{design_pages}/design/focus/")
    ask(page, "hx-post", "/design/")
    expect(page.locator("#asked [data-error-summary]")).to_be_visible()


def test_the_menu_of_a_phone_needs_no_script(browser: Browser, design_pages: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{design_pages}/design/")
    page.locator(".menu-open").click()
    expect(page.get_by_role("link", name="Portal")).to_be_visible()
    page.locator(".menu-close").click()
    expect(page.locator(".side-bar")).to_be_hidden()
    expect(page.locator("[data-theme-switch]").first).to_be_hidden()
    context.close()


def ask(page: Page, attribute: str, address: str) -> None:
    """Put a button of htmx on the page and press it."""
    page.evaluate(
        """([attribute, address]) => {
            const button = document.createElement("button");
            button.id = "asked";
            button.textContent = "ask";
            button.setAttribute(attribute, address);
            document.querySelector("main").append(button);
            window.htmx.process(button);
            button.click();
        }""",
        [attribute, address],
    )
