"""An impression: a dot beside a banner, written down once per showing, and never an error for the page."""

from rapport.wire import clickid
from rapport.wire.clickid import ClickId, Mark
from rapport.wire.events import ImpressionEvent
from tests.edge.conftest import BROWSER, KEYS, RunningEdge


def shown(edge: RunningEdge) -> list[ImpressionEvent]:
    return [event for event in edge.events() if isinstance(event, ImpressionEvent)]


def test_a_showing_is_written_down_with_a_capsule_that_says_view(edge: RunningEdge) -> None:
    answer = edge.get("/i/abc.gif?sub1=top&creative=banner-1", referer="https://blog.example/a", sec_fetch_dest="image")
    assert (answer.status, answer.headers["content-type"], answer.body[:6]) == (200, "image/gif", b"GIF89a")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    (event,) = shown(edge)
    told = clickid.read(event.view_id, keys=KEYS.by_number())
    assert isinstance(told, ClickId)
    assert (told.marks, told.link_number, event.program_id) == (Mark.VIEW, 5, "prg_1")
    assert (event.subs, event.creative, event.referrer) == ({"sub1": "top"}, "banner-1", "https://blog.example/a")


def test_the_same_showing_asked_for_again_counts_once_and_browsers_keep_it_a_minute(edge: RunningEdge) -> None:
    answers = [edge.get("/i/abc.gif"), edge.get("/i/abc.gif"), edge.get("/i/abc.gif", user_agent=f"{BROWSER} two")]
    assert {answer.headers["cache-control"] for answer in answers} == {"private, max-age=60"}
    assert edge.metrics()["impressions_total"] == 2
    assert len(shown(edge)) == 2


def test_a_crawler_is_marked_and_an_unknown_code_gets_a_dot_all_the_same(edge: RunningEdge) -> None:
    assert edge.get("/i/abc.gif", user_agent="Googlebot/2.1").status == 200
    unknown = edge.get("/i/nobody.gif")
    assert (unknown.status, unknown.headers["content-type"]) == (404, "image/gif")
    (event,) = shown(edge)
    assert (Mark(event.marks), event.reason) == (Mark.VIEW | Mark.BOT, "bot_agent")
