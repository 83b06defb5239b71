"""What pages of shops ask the edge: the script, the click of an old code, a cookie after consent, an order to hold."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from rapport.edge.pace import A_MINUTE, MINUTE_MS, Pace
from rapport.edge.settings import EdgeSettings
from rapport.wire import clickid, linkbook
from rapport.wire.aliases import Alias
from rapport.wire.clickid import ClickId, Mark
from rapport.wire.events import ClickEvent, PostbackEvent
from tests.edge.conftest import KEYS, NOW_MS, OTHER_PROGRAM, PROGRAM, Response, RunningEdge, make_link, running

DIST = Path(linkbook.__file__).parents[1] / "static" / "dist"
SHOP = "https://www.shop.example"
FETCH = {"origin": SHOP, "sec_fetch_dest": "empty", "sec_fetch_mode": "cors"}
OLD = clickid.mint(key=KEYS.keys[0], at_ms=NOW_MS - 1, link_number=5, marks=Mark(0), random=b"abcd")
NAME = "rapport_prg_1"


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[RunningEdge]:
    """An edge with an old address `?ref=anna` of the program, the shop's tracking name, and the built script."""
    entry = structs.replace(PROGRAM, domains=("go.shop.example",))
    linkbook.publish(
        tmp_path / "linkbook",
        programs=[entry, OTHER_PROGRAM],
        links=[make_link()],
        aliases=[Alias("prg_1", "?ref=anna", "abc")],
        keys=KEYS,
    )
    with running(tmp_path, EdgeSettings(data=tmp_path, port=0, metrics_port=0, assets=DIST)) as run:
        yield run


def click(edge: RunningEdge, more: str = "", **headers: str) -> Response:
    return edge.get(f"/page/click?program=prg_1{more}", **{**FETCH, **headers})


def told(response: Response) -> str:
    assert response.status == 200, response.body
    return str(json.loads(response.body)["click"])


def test_an_old_code_at_the_shop_becomes_a_click_without_a_cookie(pages: RunningEdge) -> None:
    answer = click(pages, "&name=ref&value=Anna&referrer=https%3A%2F%2Fblog.example%2F&sub1=top")
    found = clickid.read(told(answer), keys=KEYS.by_number())
    assert isinstance(found, ClickId)
    assert (found.link_number, found.marks) == (5, Mark.NO_CONSENT)
    assert "set-cookie" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == SHOP
    event = pages.click()
    assert (event.click_id, event.reason, event.referrer) == (found.text, None, "https://blog.example/")
    assert event.subs == {"sub1": "top"}


def test_after_consent_the_shop_s_own_name_keeps_the_last_eight_clicks(pages: RunningEdge) -> None:
    answer = click(pages, f"&consent=1&click={OLD}", host="go.shop.example", cookie=f"{NAME}=x; {NAME}=")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{NAME}={OLD}; Domain=shop.example; Max-Age=31536000; Path=/; HttpOnly")
    again = click(pages, "&consent=1&name=ref&value=anna", host="go.shop.example", cookie=f"{NAME}={OLD}")
    assert again.headers["set-cookie"].startswith(f"{NAME}={told(again)}.{OLD};")
    later = click(pages, "", host="go.shop.example", cookie=f"{NAME}={OLD}")
    assert (told(later), "set-cookie" in later.headers) == (OLD, False), "no word about consent changes nothing"


def test_under_our_own_name_the_cookie_is_that_name_s_alone(pages: RunningEdge) -> None:
    assert "Domain" not in click(pages, f"&consent=1&click={OLD}").headers["set-cookie"]


def test_a_refusal_takes_the_cookie_away(pages: RunningEdge) -> None:
    answer = click(pages, "&consent=0", cookie=f"{NAME}={OLD}")
    assert answer.headers["set-cookie"].startswith(f"{NAME}=; Max-Age=0")
    assert "set-cookie" not in click(pages, "&consent=0").headers


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        ("", {"origin": "https://evil.example"}),
        ("", {"origin": "https://shop.example.evil.example"}),
        ("", {"origin": "null"}),
        ("&program=prg_2", {"host": "go.shop.example", "origin": "https://other.example"}),
        ("", {"host": "nobody.example"}),
    ],
)
def test_pages_of_other_hosts_are_told_nothing(pages: RunningEdge, more: str, headers: dict[str, str]) -> None:
    asked = f"/page/click?{more or 'program=prg_1'}&name=ref&value=anna"
    answer = pages.get(asked, **{**FETCH, **headers})
    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers
    assert pages.events() == []


def test_codes_and_clicks_of_nobody_become_nothing(pages: RunningEdge) -> None:
    for more in ("", "&name=ref&value=nobody", "&name=&value=anna", "&click=forged", f"&click={OLD[:-1]}_"):
        answer = click(pages, f"{more}&consent=1")
        assert (told(answer), "set-cookie" in answer.headers) == ("", False), more
    assert pages.events() == []


def test_a_code_of_ours_does_as_well_and_another_program_s_does_not(pages: RunningEdge) -> None:
    pages.publish(make_link("theirs", link_number=6, program_id="prg_2"))
    assert told(click(pages, "&name=ref&value=ABC"))
    assert told(click(pages, "&name=ref&value=theirs")) == ""


def test_a_framed_page_a_crawler_and_a_closed_link_are_seen_as_such(pages: RunningEdge) -> None:
    click(pages, "&name=ref&value=anna&framed=1&consent=1")
    click(pages, "&name=ref&value=anna&consent=1", user_agent="Googlebot/2.1")
    pages.publish(make_link(active=False))
    assert told(click(pages, "&name=ref&value=anna&consent=1")) == ""
    reasons = [(Mark(event.marks), event.reason) for event in pages.events() if isinstance(event, ClickEvent)]
    assert reasons == [(Mark.FRAMED, "framed"), (Mark.BOT, "bot_agent"), (Mark(0), "link_inactive")]


def test_an_order_of_a_page_is_written_down_as_unproven_with_the_browser_s_clicks(pages: RunningEdge) -> None:
    body = b"program=prg_1&order_id=10428&total=128.92&token=guess"
    headers = {"content_type": "application/x-www-form-urlencoded", "cookie": f"{NAME}={OLD}"}
    answer = pages.post("/page/sale", body, **{**FETCH, **headers})
    assert answer.headers["access-control-allow-origin"] == SHOP
    event = pages.postback()
    assert json.loads(answer.body) == {"receipt": event.receipt_id}
    assert event.auth == "none"
    assert event.params == {"order_id": "10428", "total": "128.92", "click_ids": OLD}


def test_an_image_tells_of_an_order_too(pages: RunningEdge) -> None:
    address = f"/px.gif?program=prg_1&order_id=1&total=5.00&rpid={OLD}"
    for headers in ({"referer": f"{SHOP}/thanks"}, {}):
        answer = pages.get(address, **headers)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert pages.get(address, referer="https://evil.example/").status == 403
    assert pages.get("/px.gif?program=prg_9&order_id=1").status == 403
    assert pages.get("/px.gif?program=prg_1&order_id=1&order_id=2").status == 400
    assert pages.metrics()['postbacks_total{outcome="foreign_page"}'] == 2
    events = [event for event in pages.events() if isinstance(event, PostbackEvent)]
    assert [event.params["rpid"] for event in events] == [OLD, OLD]


def test_what_a_page_tells_unreadably_is_answered_so_that_it_can_read_why(pages: RunningEdge) -> None:
    answer = pages.post("/page/sale", b"program=prg_1&a=1&a=2", **FETCH, content_type="text/xml")
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (400, SHOP)
    assert pages.get("/page/sale", method="OPTIONS", origin=SHOP).status == 405


def test_one_address_may_tell_so_many_orders_in_a_minute(pages: RunningEdge) -> None:
    told = [pages.get(f"/px.gif?program=prg_1&order_id={number}").status for number in range(A_MINUTE + 1)]
    assert told == [200] * A_MINUTE + [429]
    assert pages.metrics()['postbacks_total{outcome="too_many"}'] == 1


def test_addresses_and_minutes_are_counted_apart() -> None:
    pace = Pace(a_minute=1)
    told = [("a", 0), ("a", MINUTE_MS - 1), ("b", 1), ("a", MINUTE_MS)]
    allowed = [pace.allows(address, program_id="prg_1", at_ms=at_ms) for address, at_ms in told]
    assert allowed == [True, False, True, True]


def test_all_addresses_of_one_household_are_one_caller() -> None:
    pace = Pace(a_minute=1)
    told = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"]
    allowed = [pace.allows(address, program_id="prg_1", at_ms=0) for address in told]
    assert allowed == [True, False, True, True, False, True]


def test_a_program_is_told_no_more_than_so_many_orders_in_a_minute_by_however_many_callers() -> None:
    pace = Pace(a_minute=1, program_a_minute=2)
    told = [("a", "prg_1"), ("a", "prg_1"), ("b", "prg_1"), ("c", "prg_1"), ("d", "prg_2")]
    allowed = [pace.allows(address, program_id=program, at_ms=0) for address, program in told]
    assert allowed == [True, False, True, False, True], "who is refused uses up nothing"
    assert pace.allows("c", program_id="prg_1", at_ms=MINUTE_MS)


def test_the_script_is_served_packed_and_known_again(pages: RunningEdge) -> None:
    plain, packed = pages.get("/t.js"), pages.get("/t.js", accept_encoding="br, gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["content-type"].startswith("text/javascript")
    known = pages.get("/t.js", if_none_match=plain.headers["etag"])
    assert (known.status, known.body) == (304, b"")
    assert len(packed.body) <= 2_048
