"""The cookie: the last eight clicks, newest first, whatever the visitor wrote into it."""

from hypothesis import given
from hypothesis import strategies as st

from rapport.wire import cookie

IDS = st.text("ABCXYZabcxyz0189_-", min_size=32, max_size=32)


def test_a_program_has_its_own_cookie() -> None:
    assert cookie.name_for("prg_01jd") == "rapport_prg_01jd"


@given(st.lists(IDS, unique=True, max_size=20))
def test_the_cookie_keeps_the_last_eight_clicks_newest_first(ids: list[str]) -> None:
    value = ""
    for click_id in ids:
        value = cookie.append(value, click_id)

    assert cookie.parse(value) == tuple(reversed(ids))[:8]


def test_a_click_repeated_is_kept_once_and_is_the_newest() -> None:
    first, second = "a" * 32, "b" * 32
    value = cookie.append(cookie.append(cookie.append("", first), second), first)

    assert cookie.parse(value) == (first, second)


@given(st.text(max_size=400))
def test_what_the_visitor_wrote_never_ends_in_a_broken_cookie(value: str) -> None:
    click_id = "c" * 32

    appended = cookie.append(value, click_id)

    assert cookie.parse(appended)[0] == click_id
    assert set(appended) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_one_cookie_is_found_among_others() -> None:
    header = 'a=1; rapport_prg_1="x.y" ;rapport_prg_12=z; broken'

    assert cookie.find(header, "rapport_prg_1") == "x.y"
    assert cookie.find(header, "rapport_prg_12") == "z"
    assert cookie.find(header, "rapport_prg_2") == ""
    assert cookie.find("", "a") == ""


def test_cookies_of_one_name_under_two_domains_are_all_found() -> None:
    header = 'rapport_prg_1=x; a=1; rapport_prg_1="y.z"; rapport_prg_12=no'
    assert cookie.find_all(header, "rapport_prg_1") == ["x", "y.z"]
    assert cookie.find_all(header, "b") == []
