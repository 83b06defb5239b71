"""A link with a cap on a running installation: visitors are led on until it is reached, then to the fallback."""

from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rapport.apps.record.models import AuditRow
from rapport.apps.tracking.actions import limit_link
from rapport.apps.tracking.inputs import LimitsInput
from rapport.apps.tracking.models import Link, LinkCap
from rapport.kit.clock import now
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from tests.journeys.test_running import waited
from tests.journeys.tracked import tracking
from tests.make.identity import STORY
from tests.support.databases import FreshDatabase
from tests.support.roles import Roles

CAP = 3
SOLD_OUT = "https://shop.example/sold-out"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture
def running(fresh_database: FreshDatabase, tmp_path: Path) -> Iterator[tuple[Roles, Link]]:
    """Edge and worker as processes of their own, and a link whose cap is three clicks a day."""
    with tracking(tmp_path / "data", fresh_database.url) as (roles, known):
        link = Link.objects.get(code=known["click_path"].rpartition("/")[2])
        given = LimitsInput(clicks_per_day=CAP, fallback_url=SOLD_OUT)
        limit_link(link_id=link.id, given=given, by=STORY, at=now())
        yield roles, link


def test_a_full_link_leads_to_its_fallback_and_a_wider_cap_lets_it_lead_on(running: tuple[Roles, Link]) -> None:
    roles, link = running
    waited("the cap's way to the worker", lambda: LinkCap.objects.filter(counted_upto__gte=0).exists())
    assert "rpid=" in visit(roles, link, agent=ROBOT)

    landings = [visit(roles, link, agent=person(number)) for number in range(CAP)]

    assert all("rpid=" in landing for landing in landings), "every click before the cap leads on"
    waited("the cap's way to the edge", lambda: visit(roles, link, agent=ROBOT) == SOLD_OUT)
    assert visit(roles, link, agent=person(CAP)) == SOLD_OUT
    told = AuditRow.objects.get(action="link.full", subject=link.id)
    assert (told.actor_kind, told.data["clicks_of_day"]) == ("system", CAP)

    lake = Lake(roles.data / "lake")
    waited("the click in the lake", lambda: any(row.reason == "link_full" for row in lake.latest(EVERYTHING, limit=99)))
    limit_link(link_id=link.id, given=LimitsInput(clicks_per_day=CAP + 9), by=STORY, at=now())
    waited("the link open again", lambda: "rpid=" in visit(roles, link, agent=ROBOT))


def person(number: int) -> str:
    """Return the browser of somebody else."""
    return f"Mozilla/5.0 (X11; Linux x86_64; rv:{130 + number}.0) Gecko/20100101 Firefox/{130 + number}.0"


def visit(roles: Roles, link: Link, *, agent: str) -> str:
    """Follow the link and return where it leads."""
    connection = HTTPConnection("127.0.0.1", roles.port, timeout=10)
    try:
        connection.request("GET", f"/c/{link.code}", headers={"User-Agent": agent})
        return connection.getresponse().getheader("Location", "")
    finally:
        connection.close()
