"""Where visitors are led: to the program's hosts and nowhere else, with everything they brought."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.edge.destination import known_host, prepare, prepare_deep_link

HOSTS = frozenset(
    known_host(host) for host in ("shop.example", "localhost:9000", "münchen.example", "WWW.Shop.Example")
)
CLICK_ID = "c" * 32


def deep(url: str) -> str | None:
    """Return where a deep link leads, or nothing when it is refused."""
    destination = prepare_deep_link(url, hosts=HOSTS, parameter="rpid")
    return None if destination is None else destination.plain


ATTACKS = [
    "",
    " ",
    "/",
    "//",
    "/path",
    "path",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "\\\\evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:////shop.example@evil.example",
    "https:\\\\evil.example",
    "https:/\\evil.example",
    "http:\\evil.example",
    "https://evil.example",
    "HTTPS://EVIL.EXAMPLE",
    "https://evil.example/https://shop.example",
    "https://evil.example?https://shop.example",
    "https://evil.example#https://shop.example",
    "https://evil.example\\@shop.example",
    "https://evil.example\\.shop.example",
    "https://shop.example\\@evil.example",
    "https://shop.example\\.evil.example",
    "https://shop.example@evil.example",
    "https://shop.example:443@evil.example",
    "https://shop.example%40evil.example",
    "https://user@shop.example",
    "https://user:password@shop.example",
    "https://@shop.example",
    "https://:@shop.example",
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://shop.example.",
    "https://.shop.example",
    "https://shop..example",
    "https://-shop.example",
    "https://sub.shop.example",
    "https://shop.example%2eevil.example",
    "https://shop.example%00.evil.example",
    "https://shop.example\x00.evil.example",
    "https://shop%2eexample",
    "https://shop.example:8443",
    "https://shop.example:80",
    "http://shop.example:443",
    "https://shop.example:",
    "https://shop.example:0x1bb",
    "https://shop.example:443443",
    "https://shop.example:443:443",
    "https://localhost",
    "http://localhost:9001",
    "https://[::1]",
    "https://[shop.example]",
    "http://2130706433",
    "http://0x7f.1",
    "http://127.0.0.1",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://shop.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://shop.example/",
    "blob:https://shop.example/x",
    "view-source:https://shop.example",
    "intent://shop.example#Intent;scheme=https;end",
    "ws://shop.example",
    "mailto:a@shop.example",
    "https\t://shop.example",
    "ht\ntps://shop.example",
    "\thttps://shop.example",
    " https://shop.example",
    "https://shop.example ",
    "https://shop.example\r\nSet-Cookie: evil=1",
    "https://shop.example/\r\nX: 1",
    "https://shop.example/\npath",
    "https://shop.example/\tpath",
    "https://\tshop.example",
    "https://sh\top.example",
    "https://shop.example\t.evil.example",
    "https://shop.example\u3002evil.example",
    "https://evil.example\u2044.shop.example",
    "https://evil.example\uff0f.shop.example",
    "https://evil.example\uff1f.shop.example",
    "https://evil.example\uff03.shop.example",
    "https://evil.example\uff20shop.example",
    "https://ev\u0131l.example",
    "https://sh\u043ep.example",
    "https://xn--",
    "https://\u202eshop.example",
    "https://shop.example\u2028.evil.example",
    "https://" + "a" * 300,
    "https://\ud800",
    "https;//shop.example",
    "https//shop.example",
    "://shop.example",
    "?https://shop.example",
    "#https://shop.example",
    "https://?shop.example",
    "https://#shop.example",
    "https://shop.example<script>",
    "https://shop.example'",
    'https://shop.example"',
    "https://shop.example;evil.example",
    "https://shop.example,evil.example",
    "https://shop.example&evil.example",
    "https://shop.example|evil.example",
    "https://(shop.example)",
    "https://shop_example",
]


@pytest.mark.parametrize("url", ATTACKS)
def test_an_attack_leads_nowhere(url: str) -> None:
    assert deep(url) is None


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://shop.example", "https://shop.example"),
        ("http://shop.example/", "http://shop.example/"),
        ("HTTPS://Shop.Example/A", "https://shop.example/A"),
        ("https://www.shop.example/a", "https://www.shop.example/a"),
        ("https://shop.example:443/a", "https://shop.example/a"),
        ("http://shop.example:80/a", "http://shop.example/a"),
        ("http://localhost:9000/a", "http://localhost:9000/a"),
        ("https://münchen.example/straße?q=ü", "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://xn--mnchen-3ya.example/", "https://xn--mnchen-3ya.example/"),
        ("https://\uff53\uff48\uff4f\uff50.example/", "https://shop.example/"),
        ("https://shop.example?a=b", "https://shop.example?a=b"),
        ("https://shop.example#a", "https://shop.example#a"),
        ("https://shop.example/a?b=https://evil.example", "https://shop.example/a?b=https://evil.example"),
        ("https://shop.example/\\evil", "https://shop.example/%5Cevil"),
        ("https://shop.example//evil.example", "https://shop.example//evil.example"),
        ("https://shop.example/a@b", "https://shop.example/a@b"),
        ('https://shop.example/"<>', "https://shop.example/%22%3C%3E"),
        ("https://shop.example/%41%zz", "https://shop.example/%41%zz"),
    ],
)
def test_a_deep_link_to_a_known_host_is_kept_and_made_ascii(url: str, leads_to: str) -> None:
    assert deep(url) == leads_to


@given(st.text(max_size=60).map(lambda text: "https://" + text) | st.text(max_size=60))
def test_whatever_is_typed_leads_to_a_known_host_or_nowhere(url: str) -> None:
    destination = prepare_deep_link(url, hosts=HOSTS, parameter="rpid")

    if destination is not None:
        location = destination.with_click_id(CLICK_ID)
        assert urlsplit(location).netloc in HOSTS
        assert location.isascii()
        assert location.isprintable()
        assert " " not in location


PAIRS = st.lists(st.tuples(st.text("abc%20+ü", min_size=1, max_size=4), st.text("xyz=/?%", max_size=5)), max_size=5)


@given(pairs=PAIRS, fragment=st.text("abc/?&=", max_size=8))
def test_the_click_id_is_added_and_the_rest_of_the_query_stays(pairs: list[tuple[str, str]], fragment: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in pairs)
    url = f"https://shop.example/p?{query}" + (f"#{fragment}" if fragment else "")
    destination = prepare(url, parameter="rpid")
    assert destination is not None

    reached = urlsplit(destination.with_click_id(CLICK_ID))
    before = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    assert parse_qsl(reached.query, keep_blank_values=True) == [*before, ("rpid", CLICK_ID)]
    assert reached.fragment == fragment


def test_an_older_click_id_is_replaced_wherever_it_stands() -> None:
    destination = prepare("https://shop.example/?rpid=1&a=b&rp%69d=2&rpid#x?rpid=3", parameter="rpid")
    assert destination is not None

    assert destination.with_click_id("new") == "https://shop.example/?a=b&rpid=new#x?rpid=3"
    assert destination.plain == "https://shop.example/?a=b#x?rpid=3"


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example", "https://", "https://user@shop.example"])
def test_what_is_no_web_address_is_no_destination(url: str) -> None:
    assert prepare(url, parameter="rpid") is None


PARTS = ["a", "shop", "?", "&", "=", "#", "%41", "+", "rpid", "rpid=", "/", ".", "%72pid=1", "ä", "[", "~"]


@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join))
def test_the_short_way_and_the_long_way_agree(rest: str) -> None:
    """An own address that reads in one way skips the reading; a deep link to its host never does."""
    url = f"https://shop.example/{rest}"
    assert prepare(url, parameter="rpid") == prepare_deep_link(url, hosts=HOSTS, parameter="rpid")
