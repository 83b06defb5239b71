"""Rows of the page that says whether tracking is alive, and of what monitors ask."""

from datetime import timedelta

from rapport.apps.outages.actions import Concern, begin_outage, begin_trial
from rapport.apps.outages.models import OutageKind
from tests.doors.routes.rows.console import inside, program
from tests.doors.routes.table import TEAM, Row, everybody, team
from tests.make.identity import NOON, STORY
from tests.make.program_pages import Everything

RUNNERS = ("owner", "manager")
REPORTERS = (*RUNNERS, "finance")


def trial(story: Everything) -> str:
    """A test that was sent."""
    return begin_trial(program=story.program, link_id="lnk_1", total="1.00", by_monitor=False, by=STORY, at=NOON).id


def outage(story: Everything) -> str:
    """An outage of the API."""
    concern = Concern(OutageKind.ORDERS, story.program, "api")
    return begin_outage(concern, began_at=NOON - timedelta(hours=1), figures={}, by=STORY, at=NOON)[0].id


ROWS = (
    Row("health:healthz", "GET", everybody(), at=None),
    Row("console:alive", "GET", team(*TEAM), at=program),
    Row("console:trials", "GET", team(*TEAM), at=program),
    Row("console:trial-send", "POST", team(*RUNNERS, ok=303), at=program),
    Row("console:trial-refund", "POST", team(*RUNNERS, ok=303), at=inside("trial_id", trial)),
    Row("console:outage-repair", "POST", team(*REPORTERS, ok=303), at=inside("outage_id", outage)),
)
