"""Somebody with a phone follows every link of the demo: each kind of page opens, and none is wider than the screen."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from rapport.flows.demo import cast
from tests.support.browser import PHONE, watched_page
from tests.support.server import RunningRapport

IDENTIFIER = re.compile(r"[a-z]{3}_[0-9a-z]{26}|(?<=/)v?[0-9]+(?=/)")
FILES = (".csv", ".json", ".pdf", ".php", ".png", ".svg", ".xml")
SETTLES_MS = 2_000
"""On a busy machine a page may be wider for a moment, until its own letters have come."""
MOST_PAGES = 200
FEWEST_KINDS = {"/console/": 50, "/portal/": 15}
"""Fewer would mean that the walk ended at its first door."""


@pytest.mark.parametrize(
    ("mail", "place"),
    [(cast.TEAM[0].email, "/console/"), (cast.PLAYERS[0].email, "/portal/")],
    ids=["owner", "partner"],
)
def test_every_kind_of_page_opens_and_fits_a_phone(
    browser: Browser, demo_rapport: RunningRapport, mail: str, place: str
) -> None:
    context = browser.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce", has_touch=True)
    with watched_page(context) as page:
        sign_in(page, demo_rapport.web, mail=mail)
        kinds, faults = walk(page, demo_rapport.web, place)
    context.close()
    assert faults == []
    assert len(kinds) >= FEWEST_KINDS[place], sorted(kinds)


def sign_in(page: Page, web: str, *, mail: str) -> None:
    page.goto(f"{web}/accounts/login/")
    page.locator("input[name=login]").fill(mail)
    page.locator("input[name=password]").fill(cast.PASSWORD)
    page.locator("main button[type=submit]").first.click()


def walk(page: Page, web: str, place: str) -> tuple[set[str], list[str]]:
    """Follow links under `place`, one of each kind; return the kinds and what was wrong with their pages."""
    ahead, kinds, faults = deque([place]), {place}, list[str]()
    for _ in range(MOST_PAGES):
        if not ahead:
            return kinds, faults
        answer = page.goto(f"{web}{ahead.popleft()}")
        assert answer is not None
        if answer.status >= 400 or not fits(page):
            faults.append(f"{answer.status} {page.url}")
        for path in paths_on(page, place):
            if (kind := IDENTIFIER.sub("…", path)) not in kinds:
                kinds.add(kind)
                ahead.append(path)
    raise AssertionError(f"more than {MOST_PAGES} kinds of pages: {sorted(kinds)}")


def fits(page: Page) -> bool:
    """Say whether a page is no wider than the screen once it has settled."""
    try:
        page.wait_for_function(
            "most => document.documentElement.scrollWidth <= most", arg=PHONE["width"], timeout=SETTLES_MS
        )
    except PlaywrightTimeout:
        return False
    return True


def paths_on(page: Page, place: str) -> list[str]:
    """Return the paths under `place` that a page's links lead to; files and downloads stay where they are."""
    links = page.locator(f"a[href^='{place}']:not([download])").evaluate_all("all => all.map(one => one.href)")
    paths = [urlsplit(link).path for link in links]
    return [path for path in paths if not path.endswith(FILES) and "/files/" not in path and "/file/" not in path]
