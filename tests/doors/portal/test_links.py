"""A partner's links: made with everything that can be said, counted, paused, resumed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.tracking.actions import limit_link
from rapport.apps.tracking.inputs import LimitsInput
from rapport.apps.tracking.models import Link, LinkCap, LinkLimits
from rapport.domain.caps import FOR_GOOD_MS, Cap
from rapport.kit.clock import from_ms, now
from tests.doors.portal.conftest import Partnership
from tests.make.identity import STORY
from tests.support.pages import words_of


def address(partnership: Partnership, name: str, *more: str) -> str:
    return reverse(f"portal:{name}", args=[partnership.agreement.id, *more])


def test_a_link_is_made_with_placement_channel_and_sub_ids(by_anna: Client, anna: Partnership) -> None:
    given = {
        "destination": "shop.example/robe",
        "name": "Robe of May",
        "placement": "sidebar",
        "channel": "blog",
        "sub1": "may",
        "sub10": " late ",
    }
    answer = by_anna.post(address(anna, "link-new"), given)
    made = Link.objects.get(name="Robe of May")
    assert (answer.status_code, answer["Location"]) == (303, address(anna, "link", made.id))
    assert (made.destination, made.placement, made.channel) == ("https://shop.example/robe", "sidebar", "blog")
    assert made.subs == {"sub1": "may", "sub10": "late"}
    words = words_of(by_anna.get(answer["Location"]).content)
    assert "Robe of May" in words
    assert "sub10 late" in words
    assert f"/i/{made.code}.gif?sub1=may&amp;sub10=late" in words, "a banner is pasted with its dot"


def test_a_link_gets_a_word_of_its_own_and_a_time(by_anna: Client, anna: Partnership) -> None:
    given = {
        "code": "Anna-May",
        "starts_on": "2026-05-01",
        "ends_on": "2026-05-31",
        "fallback_url": "shop.example/next",
    }
    answer = by_anna.post(address(anna, "link-new"), given, follow=True)
    made = Link.objects.get(code="anna-may")
    assert made.limits.fallback_url == "https://shop.example/next"
    assert made.limits.starts_at
    assert made.limits.ends_at == made.limits.starts_at + timedelta(days=31)
    words = words_of(answer.content)
    assert "/c/anna-may" in words
    assert "shop.example/next" in words

    again = by_anna.post(address(anna, "link-new"), {"code": "anna-may", "name": "Kept"})
    assert again.status_code == 422
    assert "id_code_error" in again.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "login"),
        ("code", "a b"),
        ("starts_on", "1066-10-14"),
        ("fallback_url", "https://evil.example/"),
        ("destination", "https://shop.example/{brand}"),
        ("destination", "https://evil.example/"),
        ("destination", "https://shop.example/\x00"),
        ("name", "n" * 121),
        ("placement", "a\x07b"),
        ("channel", "c" * 65),
        ("sub1", "s" * 251),
        ("sub3", "a\nb"),
    ],
)
def test_what_cannot_be_used_is_named_at_its_field_and_nothing_is_lost(
    by_anna: Client, anna: Partnership, field: str, value: str
) -> None:
    before = Link.objects.count()
    answer = by_anna.post(address(anna, "link-new"), {"name": "Kept", "sub2": "kept-too", field: value})
    assert answer.status_code == 422
    assert Link.objects.count() == before
    page = answer.content.decode()
    assert f"id_{field}_error" in page
    assert "kept-too" in page


def test_the_time_of_a_link_is_changed_later(by_anna: Client, anna: Partnership) -> None:
    page = address(anna, "link-limits", anna.link.id)
    assert page in by_anna.get(address(anna, "link", anna.link.id)).content.decode()
    given = {"starts_on": "2026-05-01", "ends_on": "2026-05-31", "fallback_url": "shop.example/next"}
    words = words_of(by_anna.post(page, given, follow=True).content)
    assert "keeps to it within seconds" in words
    limits = LinkLimits.objects.get(link=anna.link)
    assert limits.fallback_url == "https://shop.example/next"
    assert limits.starts_at
    assert limits.ends_at == limits.starts_at + timedelta(days=31)
    assert 'value="2026-05-31"' in by_anna.get(page).content.decode()

    by_anna.post(page, {})
    limits = LinkLimits.objects.get(link=anna.link)
    assert (limits.starts_at, limits.ends_at, limits.fallback_url) == (None, None, "")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("ends_on", {"starts_on": "2026-05-02", "ends_on": "2026-05-01"}),
        ("clicks_per_day", {"clicks_per_day": "-1"}),
        ("clicks_in_total", {"clicks_per_day": "3", "clicks_in_total": "2"}),
        ("fallback_url", {"fallback_url": "https://evil.example/"}),
        ("fallback_url", {"fallback_url": "https://shop.example/{nobody}"}),
        ("fallback_url", {"fallback_url": "https://shop.example/\x00"}),
    ],
)
def test_a_time_that_cannot_be_is_named_at_its_field(
    by_anna: Client, anna: Partnership, field: str, given: dict[str, str]
) -> None:
    for page in (address(anna, "link-limits", anna.link.id), address(anna, "link-new")):
        answer = by_anna.post(page, given)
        assert answer.status_code == 422
        assert f"id_{field}_error" in answer.content.decode()
        assert not answer.context["form"].non_field_errors()
    assert not LinkLimits.objects.exists()


def test_a_partner_caps_its_link_within_what_the_program_allows(by_anna: Client, anna: Partnership) -> None:
    limit_link(link_id=anna.link.id, given=LimitsInput(clicks_per_day=50), by=STORY, at=now())
    page = address(anna, "link-limits", anna.link.id)
    assert "The program allows at most: 50 a day." in words_of(by_anna.get(page).content)
    wider = by_anna.post(page, {"clicks_per_day": "51"})
    assert wider.status_code == 422
    assert "id_clicks_per_day_error" in wider.content.decode()

    words = words_of(by_anna.post(page, {"clicks_per_day": "20"}, follow=True).content)
    assert "Clicks, at most 20 a day" in words
    cap = LinkCap.objects.get(link=anna.link)
    assert (cap.by_program, cap.by_partner) == (Cap(per_day=50), Cap(per_day=20))
    assert 'value="20"' in by_anna.get(page).content.decode()
    words = words_of(by_anna.post(page, {}, follow=True).content)
    assert "Clicks, at most 50 a day" in words, "taken away, the program's holds"


def test_a_partner_sees_until_when_its_link_is_full(by_anna: Client, anna: Partnership) -> None:
    by_anna.post(address(anna, "link-limits", anna.link.id), {"clicks_per_day": "20"})
    LinkCap.objects.update(full_until=now() + timedelta(hours=1))
    assert "full until" in words_of(by_anna.get(address(anna, "link", anna.link.id)).content)
    assert "full today" in words_of(by_anna.get(address(anna, "links")).content)
    LinkCap.objects.update(full_until=from_ms(FOR_GOOD_MS))
    assert "State full" in words_of(by_anna.get(address(anna, "link", anna.link.id)).content)
    LinkCap.objects.update(full_until=now() - timedelta(hours=1))
    assert "leads on" in words_of(by_anna.get(address(anna, "link", anna.link.id)).content)


def test_a_partner_makes_a_link_with_a_cap(by_anna: Client, anna: Partnership) -> None:
    by_anna.post(address(anna, "link-new"), {"code": "few-2026", "clicks_in_total": "5"})
    assert LinkCap.objects.get(link__code="few-2026").by_partner == Cap(in_total=5)


def test_the_list_shows_every_link_with_its_clicks(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(address(anna, "links")).content)
    assert "Ten linen pyjamas" in words
    assert f"/c/{anna.link.code}?sub1=may" in words


def test_many_links_are_paged(by_anna: Client, anna: Partnership) -> None:
    for number in range(51):
        by_anna.post(address(anna, "make-link"), {"address": f"https://shop.example/p/{number}"})
    first = by_anna.get(address(anna, "links")).content.decode()
    assert "1 to 50 of 52" in words_of(first.encode())
    second = by_anna.get(address(anna, "links"), {"page": "2"})
    assert "51 to 52 of 52" in words_of(second.content)
    assert by_anna.get(address(anna, "links"), {"page": "x"}).status_code == 200


def test_a_link_is_paused_and_resumed(by_anna: Client, anna: Partnership) -> None:
    switch = address(anna, "link-switch", anna.link.id)
    words = words_of(by_anna.post(switch, {"active": "no"}, follow=True).content)
    assert "earns nothing until you resume it" in words
    anna.link.refresh_from_db()
    assert not anna.link.active
    words = words_of(by_anna.post(switch, {"active": "yes"}, follow=True).content)
    assert "leads on again" in words
    anna.link.refresh_from_db()
    assert anna.link.active
