"""Somebody with a phone follows every link of the demo: each kind of page opens, and none is wider than the screen."""

import re
from collections import deque
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from pytest_django import DjangoDbBlocker

from rapport.apps.conversions.models import Conversion
from rapport.apps.programs.models import Program
from rapport.flows.demo import cast
from rapport.kit.clock import now
from tests.make.road import report_correction, report_sale
from tests.support.browser import PHONE, watched_page
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

IDENTIFIER = re.compile(r"[a-z]{3}_[0-9a-z]{26}|(?<=/)v?[0-9]+(?=/)")
FILES = (".csv", ".json", ".pdf", ".php", ".png", ".svg", ".xml")
SETTLES_MS = 15_000
"""On a busy machine a page may be wider for a moment, until its own letters have come."""
MOST_PAGES = 200
LONG = "cs_live_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9"
FEWEST_KINDS = {"/console/": 50, "/portal/": 15}
"""Fewer would mean that the walk ended at its first door."""


@pytest.mark.parametrize(
    ("mail", "place"),
    [(cast.TEAM[0].email, "/console/"), (cast.PLAYERS[0].email, "/portal/")],
    ids=["owner", "partner"],
)
def test_every_kind_of_page_opens_and_fits_a_phone(
    browser: Browser, demo_rapport: RunningRapport, django_db_blocker: DjangoDbBlocker, mail: str, place: str
) -> None:
    with django_db_blocker.unblock(), connected_to(demo_rapport.database_url):
        report_long_numbers()
    context = browser.new_context(viewport=PHONE, color_scheme="dark", reduced_motion="reduce", has_touch=True)
    with watched_page(context) as page:
        sign_in(page, demo_rapport.web, mail=mail)
        kinds, faults = walk(page, demo_rapport.web, place)
    context.close()
    assert faults == []
    assert len(kinds) >= FEWEST_KINDS[place], sorted(kinds)


def report_long_numbers() -> None:
    """Report an order and a refund as a payment provider numbers them: words without an end."""
    program, at = Program.objects.get(slug=cast.SLUG), now() - timedelta(minutes=2)
    if Conversion.objects.filter(external_id=LONG).exists():
        return  # the other walk was here
    report_sale(program, at=at, external_id=LONG, total="10.00")
    report_correction(program, at=at, kind="refund", external_id=f"re_{LONG}", of=LONG, total="1.00")


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
            faults.append(f"{answer.status} {page.url} {protruding(page)}")
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


def protruding(page: Page) -> list[str]:
    """Return what on a page reaches beyond the screen."""
    found: list[str] = page.evaluate(
        """most => [...document.querySelectorAll('*')]
            .map(one => [one.tagName, one.className, one.getBoundingClientRect(), one.textContent.trim().slice(0, 40)])
            .filter(([, , place]) => place.right > most)
            .map(([tag, kind, place, text]) => `${tag}.${kind} to ${Math.round(place.right)}: ${text}`).slice(0, 20)""",
        PHONE["width"],
    )
    return found


def paths_on(page: Page, place: str) -> list[str]:
    """Return the paths under `place` that a page's links lead to; files and downloads stay where they are."""
    links = page.locator(f"a[href^='{place}']:not([download])").evaluate_all("all => all.map(one => one.href)")
    paths = [urlsplit(link).path for link in links]
    return [path for path in paths if not path.endswith(FILES) and "/files/" not in path and "/file/" not in path]
