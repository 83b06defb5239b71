"""Drives the system's Chromium like a visitor would, judges pages for accessibility and takes pictures of them."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

from tests.support.system import Missing

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "shots"
AXE = Path(__file__).with_name("axe.min.js")
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    # What is in order needs no report, and style sheets are read by the browser already.
    "resultTypes": ["violations"],
    "preload": False,
}

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 812}

# Nothing but the pages under test may use the network, and root may only run Chromium without its sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium per worker, with an empty profile."""
    program = shutil.which("chromium")
    if program is None:
        raise Missing("Chromium")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with no history; further visitors come from `browser.new_context()`."""
    context = browser.new_context(viewport=DESKTOP, locale="en-GB", reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A watched tab of a visitor with no history."""
    with watched_page(browser_context) as tab:
        yield tab


@contextmanager
def watched_page(context: BrowserContext) -> Iterator[Page]:
    """Open a tab in which no script may fail and the content security policy may have nothing to refuse."""
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.extend(_refusals(message)))
    yield tab
    assert faults == [], "\n".join(faults)


def assert_accessible(page: Page) -> None:
    """Judge the page as it stands with axe-core, against WCAG 2.2 A and AA."""
    # Evaluated through the debugger, so the page's own policy, which forbids foreign scripts, stays switched on.
    page.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
    result = page.evaluate("options => window.axe.run(document, options)", AXE_OPTIONS)
    problems = [_sentence(violation) for violation in result["violations"]]
    assert problems == [], f"{page.url} keeps people out:\n" + "\n".join(problems)


def take_shot(page: Page, name: str, *, full_page: bool = True) -> Path:
    """Take a picture into `build/shots/` and return where it lies; `name` is words and dashes."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"a shot is named in small letters, digits and dashes, not {name!r}")
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=full_page)
    return path


def _refusals(message: ConsoleMessage) -> list[str]:
    return [message.text] if "Content Security Policy" in message.text else []


def _sentence(violation: dict[str, Any]) -> str:
    places = ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']} at {places}"
