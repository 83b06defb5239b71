"""The road of a click: every visitor is led on, and the journal says what the click is worth."""

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
import pytest

from rapport.edge.settings import EdgeSettings
from rapport.wire import clickid, linkbook
from rapport.wire.clickid import ClickId, Mark
from rapport.wire.events import ClickEvent
from tests.edge.conftest import (
    BROWSER,
    KEYS,
    NOW_MS,
    PROGRAM,
    Response,
    RunningEdge,
    make_link,
    running,
)


def click_id_of(response: Response) -> ClickId:
    """Return the verified click id of a redirect."""
    (text,) = parse_qs(urlsplit(response.location).query)["rpid"]
    read = clickid.read(text, keys=KEYS.by_number())
    assert isinstance(read, ClickId)
    return read


def test_a_visitor_is_led_to_the_product_with_a_click_id(edge: RunningEdge) -> None:
    response = edge.get("/c/abc")

    assert response.status == 302
    assert re.fullmatch(r"https://shop\.example/product\?x=1&rpid=[\w-]{32}#top", response.location)
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    click_id = click_id_of(response)
    assert (click_id.at_ms, click_id.link_number, click_id.marks) == (NOW_MS, 5, Mark(0))


def test_the_click_is_in_the_journal_with_all_that_was_said(edge: RunningEdge) -> None:
    response = edge.get(
        "/c/abc?sub1=blog&sub10=%C3%A9&placement=top&channel=mail&utm_source=x&sub11=other",
        referer="https://blog.example/post",
        accept_language="de-DE",
    )

    click = edge.click()
    assert click.click_id == click_id_of(response).text
    assert click.destination == response.location
    assert click.subs == {"sub1": "blog", "sub10": "é"}
    assert (click.placement, click.channel) == ("top", "mail")
    assert click.query == {"utm_source": "x", "sub11": "other"}
    assert (click.referrer, click.language) == ("https://blog.example/post", "de-DE")
    assert (click.user_agent, click.address) == (BROWSER, "127.0.0.1")
    assert (click.program_id, click.agreement_id, click.link_id) == ("prg_1", "agr_1", "lnk_abc")
    assert click.handed_out
    assert click.reason is None
    assert click.at_ms == NOW_MS


def test_the_link_brings_its_own_placement_and_channel(edge: RunningEdge) -> None:
    edge.publish(make_link("banner", placement="sidebar", channel="blog"))
    edge.get("/c/banner?channel=mail")

    click = edge.click()
    assert (click.placement, click.channel) == ("sidebar", "mail")


def test_an_older_click_id_in_the_destination_makes_room(edge: RunningEdge) -> None:
    edge.publish(make_link("old", destination="https://shop.example/?rpid=old&a=b&%72pid=older"))
    location = edge.get("/c/old").location

    assert re.fullmatch(r"https://shop\.example/\?a=b&rpid=[\w-]{32}", location)


def test_a_program_may_name_the_parameter(edge: RunningEdge) -> None:
    edge.publish(programs=(msgspec.structs.replace(PROGRAM, parameter="ref"),))

    assert re.search(r"\?x=1&ref=[\w-]{32}#top$", edge.get("/c/abc").location)


def test_the_cookie_remembers_the_click_for_the_program_s_window(edge: RunningEdge) -> None:
    response = edge.get("/c/abc")
    click_id = click_id_of(response).text

    assert response.headers["set-cookie"] == (
        f"rapport_prg_1={click_id}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
    )


def test_the_cookie_keeps_the_last_eight_clicks(edge: RunningEdge) -> None:
    ids: list[str] = []
    value = ""
    for _ in range(10):
        response = edge.get("/c/abc", cookie=f"other=1; rapport_prg_1={value}; rapport_prg_2=x")
        ids.append(click_id_of(response).text)
        value = response.headers["set-cookie"].partition(";")[0].partition("=")[2]

    assert value.split(".") == ids[:-9:-1]


def test_behind_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    settings = EdgeSettings(data=tmp_path, port=0, metrics_port=0, secure_cookies=True)
    with running(tmp_path, settings) as edge:
        assert edge.get("/c/abc").headers["set-cookie"].endswith("; SameSite=Lax; Secure")


@pytest.mark.parametrize(
    ("headers", "mark", "reason"),
    [
        ({"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, Mark.BOT, "bot_agent"),
        ({"user_agent": ""}, Mark.BOT, "empty_agent"),
        ({"sec_purpose": "prefetch;prerender"}, Mark.FRAMED, "prefetch"),
        ({"purpose": "prefetch"}, Mark.FRAMED, "prefetch"),
        ({"x_moz": "prefetch"}, Mark.FRAMED, "prefetch"),
        ({"sec_fetch_dest": "iframe"}, Mark.FRAMED, "framed"),
        ({"sec_fetch_dest": "image"}, Mark.FRAMED, "subresource"),
        ({"sec_fetch_dest": "empty"}, Mark.FRAMED, "subresource"),
        ({"user_agent": "", "sec_fetch_dest": "iframe"}, Mark.BOT | Mark.FRAMED, "empty_agent"),
    ],
)
def test_who_is_no_visitor_is_marked_and_led_on_without_a_cookie(
    edge: RunningEdge, headers: dict[str, str], mark: Mark, reason: str
) -> None:
    response = edge.get("/c/abc", **headers)

    assert response.status == 302
    assert click_id_of(response).marks == mark
    assert "set-cookie" not in response.headers
    assert edge.metrics()[f'clicks_total{{reason="{reason}"}}'] == 1
    click = edge.click()
    assert (click.marks, click.reason) == (mark, reason)


def test_a_head_request_is_answered_like_a_click_and_marked(edge: RunningEdge) -> None:
    response = edge.get("/c/abc", method="HEAD")

    assert response.status == 302
    assert click_id_of(response).marks == Mark.BOT
    assert edge.click().reason == "head_request"


def test_a_page_of_its_own_is_an_ordinary_click(edge: RunningEdge) -> None:
    assert click_id_of(edge.get("/c/abc", sec_fetch_dest="document")).marks == Mark(0)


@pytest.mark.parametrize(
    ("query", "headers", "required", "cookie"),
    [
        ("", {}, False, True),
        ("?consent=0", {}, False, False),
        ("", {"sec_gpc": "1"}, False, False),
        ("?consent=1", {"sec_gpc": "1"}, False, True),
        ("", {}, True, False),
        ("?consent=1", {}, True, True),
    ],
)
def test_without_consent_there_is_no_cookie_but_still_a_click_id(
    edge: RunningEdge, query: str, headers: dict[str, str], required: bool, cookie: bool
) -> None:
    edge.publish(programs=(msgspec.structs.replace(PROGRAM, consent_required=required),))
    response = edge.get(f"/c/abc{query}", **headers)

    assert ("set-cookie" in response.headers) is cookie
    assert click_id_of(response).marks == (Mark(0) if cookie else Mark.NO_CONSENT)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"active": False}, "link_inactive"),
        ({"starts_ms": NOW_MS + 1}, "link_not_started"),
        ({"ends_ms": NOW_MS}, "link_ended"),
        ({"full_until_ms": NOW_MS + 1}, "link_full"),
        ({"ends_ms": NOW_MS, "full_until_ms": NOW_MS + 1}, "link_ended"),
    ],
)
def test_a_closed_link_leads_to_the_fallback_without_a_click_id(
    edge: RunningEdge, changes: dict[str, object], reason: str
) -> None:
    edge.publish(make_link("closed", **changes))
    response = edge.get("/c/closed?to=https://shop.example/deep")

    assert (response.status, response.location) == (302, "https://shop.example/welcome")
    assert "set-cookie" not in response.headers
    click = edge.click()
    assert click.reason == reason
    assert not click.handed_out
    assert isinstance(clickid.read(click.click_id, keys=KEYS.by_number()), ClickId)


def test_a_link_is_open_from_its_first_to_before_its_last_millisecond(edge: RunningEdge) -> None:
    edge.publish(make_link("now", starts_ms=NOW_MS, ends_ms=NOW_MS + 1))

    assert click_id_of(edge.get("/c/now")).at_ms == NOW_MS


def test_a_full_link_opens_by_itself_in_the_millisecond_in_which_its_day_ends(edge: RunningEdge) -> None:
    edge.publish(make_link("again", full_until_ms=NOW_MS))

    assert click_id_of(edge.get("/c/again")).at_ms == NOW_MS


def test_a_full_link_leads_to_its_own_fallback_and_is_counted_and_written_down(edge: RunningEdge) -> None:
    edge.publish(make_link("full", full_until_ms=NOW_MS + 1, fallback_url="https://shop.example/sold-out"))

    assert edge.get("/c/full").location == "https://shop.example/sold-out"
    assert edge.metrics()['clicks_total{reason="link_full"}'] == 1
    click = edge.click()
    assert (click.reason, click.handed_out, click.destination) == ("link_full", False, "https://shop.example/sold-out")


def test_a_paused_program_leads_to_its_fallback(edge: RunningEdge) -> None:
    edge.publish(programs=(msgspec.structs.replace(PROGRAM, state="paused"),))

    assert edge.get("/c/abc").location == "https://shop.example/welcome"
    assert edge.click().reason == "program_closed"


def test_a_closed_link_of_a_program_without_fallback_shows_a_kind_page(edge: RunningEdge) -> None:
    edge.publish(make_link("closed", active=False, program_id="prg_2"))
    response = edge.get("/c/closed")

    assert response.status == 200
    assert b"resting" in response.body
    assert edge.click().destination == ""


def test_a_link_without_a_usable_address_leads_to_the_fallback(edge: RunningEdge) -> None:
    edge.publish(make_link("odd", destination="javascript:alert(1)"))

    assert edge.get("/c/odd").location.startswith("https://shop.example/welcome?rpid=")


@pytest.mark.parametrize("code", ["nothing", "", "a/b", "%00", "x" * 600])
def test_an_unknown_code_shows_a_small_page_when_there_are_several_programs(edge: RunningEdge, code: str) -> None:
    response = edge.get(f"/c/{code}")

    assert response.status == 404
    assert b"<script" not in response.body
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert edge.metrics()['clicks_total{reason="unknown_code"}'] == 1
    assert edge.events() == []


def test_an_unknown_code_leads_to_the_only_program(tmp_path: Path) -> None:
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    with running(tmp_path) as edge:
        assert edge.get("/c/nothing").location == "https://shop.example/welcome"


def test_a_link_whose_program_is_not_in_the_book_is_unknown(edge: RunningEdge) -> None:
    edge.publish(make_link("lost", program_id="prg_9"))

    assert edge.get("/c/lost").status == 404


def test_a_deep_link_to_the_program_s_own_host_is_followed(edge: RunningEdge) -> None:
    wish = quote("https://shop.example/other?a=b&c=d#part", safe="")
    location = edge.get(f"/c/abc?to={wish}").location

    assert re.fullmatch(r"https://shop\.example/other\?a=b&c=d&rpid=[\w-]{32}#part", location)


def test_a_foreign_deep_link_leads_to_the_fallback_and_still_counts(edge: RunningEdge) -> None:
    response = edge.get("/c/abc?to=https://evil.example/")

    assert response.location.startswith("https://shop.example/welcome?rpid=")
    assert edge.click().reason == "foreign_deep_link"


def test_a_foreign_deep_link_of_a_program_without_fallback_leads_to_the_product(edge: RunningEdge) -> None:
    edge.publish(make_link("other", program_id="prg_2"))

    assert edge.get("/c/other?to=https://evil.example/").location.startswith("https://shop.example/product?")


def test_no_field_reaches_the_headers(edge: RunningEdge) -> None:
    payloads = ["%0d%0aSet-Cookie:%20evil=1", "%0aX:%201", "%E5%98%8A%E5%98%8DX:1", "%00", "%C2%85X:1", "%ff%0d"]
    for payload in payloads:
        for field in ("sub1", "placement", "channel", "to", "anything", "consent"):
            response = edge.get(f"/c/abc?{field}={payload}")

            assert response.status == 302
            assert set(response.headers) <= {
                *("location", "cache-control", "referrer-policy", "x-robots-tag"),
                *("set-cookie", "content-length", "date"),
            }
            assert "evil" not in response.headers.get("set-cookie", "")
    clicks = [event for event in edge.events() if isinstance(event, ClickEvent)]
    texts = [text for click in clicks for text in (*click.subs.values(), click.placement, click.channel)]
    assert all(text.isprintable() for text in texts)


def test_a_forged_cookie_cannot_reach_the_headers(edge: RunningEdge) -> None:
    response = edge.get("/c/abc", cookie='rapport_prg_1="x; Domain=evil.example"')

    assert re.fullmatch(r"rapport_prg_1=[\w-]{32}; Max-Age=.*", response.headers["set-cookie"])


def test_long_fields_are_shortened_and_many_are_left_out(edge: RunningEdge) -> None:
    many = "&".join(f"f{number}=1" for number in range(50))
    edge.get(f"/c/abc?sub1={'s' * 1000}&{many}", user_agent=f"Mozilla/5.0 {'x' * 4000}")

    click = edge.click()
    assert len(click.subs["sub1"]) == 255
    assert len(click.query) == 20
    assert len(click.user_agent) == 2048


def test_a_link_of_eight_kilobytes_is_followed(edge: RunningEdge) -> None:
    path = "p" * 8_000

    assert edge.get(f"/c/abc?to=https://shop.example/{path}").location.startswith(f"https://shop.example/{path}?rpid=")


def test_other_methods_are_refused(edge: RunningEdge) -> None:
    response = edge.get("/c/abc", method="POST")

    assert response.status == 405
    assert response.headers["allow"] == "GET, HEAD"


def test_a_book_published_later_is_picked_up_without_a_restart(tmp_path: Path) -> None:
    with running(tmp_path) as edge:
        assert edge.get("/c/abc").status == 404
        edge.publish(make_link(), programs=(PROGRAM,))
        assert edge.get("/c/abc").status == 302
        edge.publish(replace_destination(make_link(), "https://shop.example/new"))
        assert edge.get("/c/abc").location.startswith("https://shop.example/new?rpid=")


def replace_destination(link: linkbook.LinkEntry, destination: str) -> linkbook.LinkEntry:
    """Return the link with another address."""
    return msgspec.structs.replace(link, destination=destination)


def test_a_visit_that_calls_itself_a_test_is_led_on_and_carries_the_mark(edge: RunningEdge) -> None:
    answer = edge.get("/c/abc?rptest=1&sub1=x")

    assert "rptest" not in answer.location
    click = edge.click()
    assert click.marks == Mark.TEST
    assert click.query == {}


def test_only_the_agreed_word_makes_a_test(edge: RunningEdge) -> None:
    edge.get("/c/abc?rptest=0")

    assert edge.click().marks == 0


def test_macros_are_filled_with_what_is_known_of_the_visit(edge: RunningEdge) -> None:
    destination = "https://shop.example/{channel}?s={sub1}&p={placement}&c={click_id}&a={partner}&utm_content={sub2}"
    edge.publish(make_link("mac", destination=destination, placement="side bar"))

    location = edge.get("/c/mac?sub1=a%26b%3Dc&channel=mail").location

    click_id = parse_qs(urlsplit(location).query)["rpid"][0]
    assert location == (
        f"https://shop.example/mail?s=a%26b%3Dc&p=side%20bar&c={click_id}&a=agr_1&utm_content=&rpid={click_id}"
    )
    assert edge.click().destination == location


def test_names_of_other_systems_are_taken_for_ours(edge: RunningEdge) -> None:
    wish = "https%3A%2F%2Fshop.example%2Fshoes"
    location = edge.get(f"/c/abc?clickref=blog&aff_sub2=top&chan=mail&ued={wish}&utm_source=x").location

    assert location.startswith("https://shop.example/shoes?rpid=")
    click = edge.click()
    assert (click.subs, click.channel, click.query) == (
        {"sub1": "blog", "sub2": "top"},
        "mail",
        {"utm_source": "x"},
    )


def test_outside_its_time_a_link_leads_to_a_fallback_of_its_own(edge: RunningEdge) -> None:
    edge.publish(make_link("old", ends_ms=NOW_MS, fallback_url="https://shop.example/next-sale"))

    assert edge.get("/c/old").location == "https://shop.example/next-sale"
    assert not edge.click().handed_out
