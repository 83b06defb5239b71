"""Tags of a program: every destination gets them that has no parameter of the name."""

from urllib.parse import quote

import msgspec
import pytest

from rapport.edge.destination import prepare, prepare_deep_link, ready_tags
from tests.edge.conftest import NOW_MS, PROGRAM, RunningEdge, make_link

TAGS = (("utm_source", "partners & friends"), ("utm_campaign", "{placement}"), ("utm_content", "{link}-{sub1}"))
SAID = "utm_source=partners%20%26%20friends&utm_campaign=side&utm_content=lnk_abc-a%26b"


@pytest.fixture
def tagged(edge: RunningEdge) -> RunningEdge:
    """An edge whose program has tags."""
    edge.publish(make_link(placement="side"), programs=(msgspec.structs.replace(PROGRAM, tags=TAGS),))
    return edge


def test_the_destination_of_a_link_gets_them_filled(tagged: RunningEdge) -> None:
    location = tagged.get("/c/abc?sub1=a%26b").location

    click = tagged.click()
    assert location == f"https://shop.example/product?x=1&{SAID}&rpid={click.click_id}#top"
    assert click.destination == location


@pytest.mark.parametrize("name", ["utm_source", "utm%5Fsource"])
def test_a_destination_that_has_one_keeps_its_own(tagged: RunningEdge, name: str) -> None:
    tagged.publish(make_link(destination=f"https://shop.example/?{name}=mine", placement="side"))

    location = tagged.get("/c/abc?sub1=a%26b").location

    assert location.startswith(f"https://shop.example/?{name}=mine&utm_campaign=side&utm_content=lnk_abc-a%26b&rpid=")


def test_a_deep_link_gets_them_and_keeps_what_a_visitor_put_in_braces(tagged: RunningEdge) -> None:
    wish = quote("https://shop.example/other?a={sub1}&utm_campaign=theirs#part", safe="")

    location = tagged.get(f"/c/abc?to={wish}&sub1=one").location

    said = "utm_source=partners%20%26%20friends&utm_content=lnk_abc-one"
    click_id = tagged.click().click_id
    assert location == (f"https://shop.example/other?a=%7Bsub1%7D&utm_campaign=theirs&{said}&rpid={click_id}#part")


def test_fallbacks_of_links_get_them_and_unknown_codes_none(tagged: RunningEdge) -> None:
    own = make_link("own", ends_ms=NOW_MS, fallback_url="https://shop.example/next", placement="side")
    tagged.publish(own, make_link("old", ends_ms=NOW_MS))

    assert tagged.get("/c/own").location == f"https://shop.example/next?{SAID}".replace("abc-a%26b", "own-")
    assert tagged.get("/c/old").location.startswith("https://shop.example/welcome?utm_source=partners%20")
    foreign = tagged.get("/c/abc?to=https://evil.example/&sub1=a%26b").location
    assert foreign.startswith(f"https://shop.example/welcome?{SAID}&rpid=")
    assert "utm" not in tagged.get("/c/nobody").headers.get("location", "")


def test_a_template_that_is_taken_away_is_gone(tagged: RunningEdge) -> None:
    tagged.publish(programs=(PROGRAM,))

    assert tagged.get("/c/abc").location.startswith("https://shop.example/product?x=1&rpid=")


def test_the_click_id_s_own_parameter_is_never_a_tag() -> None:
    ready = prepare("https://shop.example/", parameter="utm_term", tags=ready_tags((("utm_term", "x"),)))

    assert ready is not None
    assert ready.with_click_id("c") == "https://shop.example/?utm_term=c"


def test_without_macros_there_is_nothing_to_fill() -> None:
    tags = ready_tags((("utm_source", "partners"),))
    own = prepare("https://shop.example/", parameter="rpid", tags=tags)
    deep = prepare_deep_link(
        "https://shop.example/{sub1}", hosts=frozenset({"shop.example"}), parameter="rpid", tags=tags
    )

    assert own is not None
    assert deep is not None
    assert not own.has_macros
    assert not deep.has_macros
    assert deep.plain == "https://shop.example/%7Bsub1%7D?utm_source=partners"
