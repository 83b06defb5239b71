"""A running installation works by itself: links reach the edge, clicks the lake, postbacks the books."""

import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Receipt
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.kit.clock import now
from rapport.lake.questions import lake_at
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_link, make_program
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

T = TypeVar("T")

WITHIN_S = 30
"""A bound for a crowded machine; on one with room each step takes a second or two."""


@pytest.fixture
def running(
    start_rapport: Callable[..., RunningRapport], django_db_blocker: DjangoDbBlocker
) -> Iterator[RunningRapport]:
    """An installation, with this process connected to its database as a further door."""
    started = start_rapport()
    with django_db_blocker.unblock(), connected_to(started.database_url):
        yield started


def test_a_link_a_click_and_a_postback_find_their_way(running: RunningRapport) -> None:
    at = now()
    program = make_program(at=at)
    link = make_link(make_agreement(program, at=at), at=at)
    token = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=at).shown_once

    landing = waited("a new link leads on", lambda: landing_of(running, f"/c/{link.code}"))
    click_id = parse_qs(urlsplit(landing).query)["rpid"][0]

    told = {"token": token, "order_id": "1", "amount": "100.00", "rpid": click_id}
    assert waited("a new token is known", lambda: status_of(running, f"/pb?{urlencode(told)}") == 200)
    receipt = waited("its receipt", Receipt.objects.first)
    commission = waited("its commission", Commission.objects.first)
    assert (receipt.state, commission.agreement_id, commission.accrued_minor) == ("taken", link.agreement_id, 1200)
    waited("the click in the lake", lambda: lake_at(running.data / "lake").click(click_id))


def waited(what: str, ask: Callable[[], T | None], *, within_s: float = WITHIN_S) -> T:
    """Ask until there is an answer."""
    started_s = time.monotonic()
    while not (answer := ask()):
        assert time.monotonic() < started_s + within_s, f"{what}: not within {within_s} s"
        time.sleep(0.05)
    return answer


def landing_of(running: RunningRapport, path: str) -> str:
    """Return where the edge leads with a click id, or nothing while it does not know the link."""
    connection = HTTPConnection(urlsplit(running.edge).netloc, timeout=10)
    connection.request("GET", path, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0"})
    landing = connection.getresponse().getheader("Location", "")
    connection.close()
    return landing if "rpid=" in landing else ""


def status_of(running: RunningRapport, path: str) -> int:
    """Return the status of the edge's answer."""
    connection = HTTPConnection(urlsplit(running.edge).netloc, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status
