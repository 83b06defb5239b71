"""Links and codes for partners, made and ended by the team."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.tracking.models import Coupon, Link, LinkCap, LinkLimits
from rapport.domain.caps import FOR_GOOD_MS, Cap
from rapport.domain.days import day_of
from rapport.kit.clock import from_ms, now, to_ms
from tests.doors.console.test_applications import words_of
from tests.make.program_pages import Everything


def address(told: Everything, name: str, *things: str) -> str:
    return reverse(f"console:{name}", args=[told.program.id, *things])


def test_a_link_is_made_for_a_partner_and_shown_to_share(manager: Client, told: Everything) -> None:
    given = {
        "agreement": told.agreement.id,
        "destination": "https://shop.example/linen",
        "name": "Linen",
        "code": "linen-2026",
        "sub1": "sunday",
    }
    answer = manager.post(address(told, "link-new"), given, follow=True)
    assert "/c/linen-2026?sub1=sunday" in words_of(answer.content)
    assert Link.objects.get(code="linen-2026").subs == {"sub1": "sunday"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("destination", "https://evil.example/"),
        ("destination", "javascript:alert(1)"),
        ("destination", "https://shop.example@evil.example/"),
        ("code", "x!"),
        ("agreement", "agr_invented"),
        ("placement", "p" * 65),
    ],
)
def test_a_link_that_cannot_be_is_refused_at_its_field(
    manager: Client, told: Everything, field: str, value: str
) -> None:
    given = {"agreement": told.agreement.id, "name": "Keep me", field: value}
    answer = manager.post(address(told, "link-new"), given)
    assert answer.status_code == 422
    assert "Keep me" in answer.content.decode()
    assert Link.objects.count() == 1


def test_a_paused_link_says_so_and_leads_on_again(manager: Client, told: Everything) -> None:
    page = address(told, "link", told.link.id)
    manager.post(address(told, "link-switch", told.link.id), {"active": "0"})
    assert "Paused" in words_of(manager.get(page).content)
    manager.post(address(told, "link-switch", told.link.id), {"active": "1"})
    assert "Leads on" in words_of(manager.get(page).content)


def test_the_qr_code_is_a_file_for_print(manager: Client, told: Everything) -> None:
    answer = manager.get(address(told, "link-qr", told.link.id))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "image/svg+xml",
        f'attachment; filename="{told.link.code}.svg"',
    )
    assert b"<svg" in answer.content


def test_a_code_counts_whole_days_of_the_programs_zone(manager: Client, told: Everything) -> None:
    given = {"agreement": told.agreement.id, "code": "berta10", "starts_on": "2026-07-01", "ends_on": "2026-07-31"}
    assert manager.post(address(told, "coupon-new"), given).status_code == 303
    coupon = Coupon.objects.get(code="BERTA10")
    assert coupon.starts_at.isoformat() == "2026-06-30T22:00:00+00:00"
    assert coupon.ends_at is not None
    assert coupon.ends_at.isoformat() == "2026-07-31T22:00:00+00:00"


def test_a_code_that_another_partner_has_is_refused(manager: Client, told: Everything) -> None:
    answer = manager.post(address(told, "coupon-new"), {"agreement": told.agreement.id, "code": "anna12"})
    assert answer.status_code == 422


def test_a_code_ends_when_somebody_says_so(manager: Client, told: Everything) -> None:
    assert manager.post(address(told, "coupon-end", told.coupon.id)).status_code == 303
    assert "Ended" in words_of(manager.get(address(told, "links")).content)


@pytest.mark.parametrize("days", [{"ends_on": "9999-12-31"}, {"starts_on": "0001-01-01"}])
def test_a_code_for_a_day_without_moments_is_refused(manager: Client, told: Everything, days: dict[str, str]) -> None:
    given = {"agreement": told.agreement.id, "code": "FOREVER", **days}
    assert manager.post(address(told, "coupon-new"), given).status_code == 422
    assert not Coupon.objects.filter(code="FOREVER").exists()


def test_a_link_is_limited_and_the_limits_stand_on_its_page(manager: Client, told: Everything) -> None:
    given = {"starts_on": "2026-05-01", "ends_on": "2026-05-31", "fallback_url": "https://shop.example/next"}
    answer = manager.post(address(told, "link-limits", told.link.id), given, follow=True)

    assert "https://shop.example/next" in words_of(answer.content)
    limits = LinkLimits.objects.get(link=told.link)
    zone = ZoneInfo(told.program.zone)
    assert limits.starts_at == datetime(2026, 5, 1, tzinfo=zone)
    assert limits.ends_at == datetime(2026, 6, 1, tzinfo=zone), "the last day counts whole"
    form = manager.get(address(told, "link-limits", told.link.id)).content.decode()
    assert 'value="2026-05-31"' in form


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("ends_on", {"starts_on": "2026-05-02", "ends_on": "2026-05-01"}),
        ("clicks_per_day", {"clicks_per_day": "0"}),
        ("clicks_per_day", {"clicks_per_day": "2.5"}),
        ("clicks_per_day", {"clicks_per_day": "9" * 30}),
        ("clicks_in_total", {"clicks_in_total": "many"}),
        ("clicks_in_total", {"clicks_per_day": "3", "clicks_in_total": "2"}),
        ("fallback_url", {"fallback_url": "https://evil.example/"}),
        ("fallback_url", {"fallback_url": "https://shop.example/{nobody}"}),
    ],
)
def test_limits_that_cannot_be_are_refused_at_their_field(
    manager: Client, told: Everything, field: str, given: dict[str, str]
) -> None:
    answer = manager.post(address(told, "link-limits", told.link.id), given)
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert not answer.context["form"].non_field_errors()
    assert not LinkLimits.objects.exists()
    assert not LinkCap.objects.exists()


def test_a_cap_stands_on_the_links_page_and_a_full_link_says_so_there_and_in_the_list(
    manager: Client, told: Everything
) -> None:
    given = {"clicks_per_day": "20", "clicks_in_total": "300"}
    page = words_of(manager.post(address(told, "link-limits", told.link.id), given, follow=True).content)
    assert "20 a day, 300 in total" in page
    assert "Leads on" in page
    form = manager.get(address(told, "link-limits", told.link.id)).content.decode()
    assert 'value="20"' in form
    assert 'value="300"' in form

    today = day_of(to_ms(now()), told.program.zone)
    counted = {"clicks_in_total": 31, "clicks_of_day": 20, "day": today}
    LinkCap.objects.update(full_until=now() + timedelta(hours=1), own_per_day=20, **counted)
    page = words_of(manager.get(address(told, "link", told.link.id)).content)
    assert "20 today, 31 in total" in page
    assert "Full until" in page
    assert "The partner’s own cap 20 a day" in page
    assert "full today" in words_of(manager.get(address(told, "links")).content)
    LinkCap.objects.update(full_until=from_ms(FOR_GOOD_MS), day=today - timedelta(days=1))
    assert "0 today, 31 in total" in words_of(manager.get(address(told, "link", told.link.id)).content)
    assert "Full until" not in words_of(manager.get(address(told, "link", told.link.id)).content)
    assert ", full" in words_of(manager.get(address(told, "links")).content)


def test_a_link_is_made_with_a_cap(manager: Client, told: Everything) -> None:
    given = {"agreement": told.agreement.id, "code": "few-2026", "clicks_in_total": "5"}
    assert manager.post(address(told, "link-new"), given).status_code == 303
    cap = LinkCap.objects.get(link__code="few-2026")
    assert (cap.by_program, cap.by_partner) == (Cap(in_total=5), Cap())


def test_reserved_words_and_unknown_macros_are_refused_at_their_fields(manager: Client, told: Everything) -> None:
    given = {"agreement": told.agreement.id, "code": "Login", "destination": "https://shop.example/?x={brand}"}
    answer = manager.post(address(told, "link-new"), given)
    assert answer.status_code == 422
    assert "Nothing is known of brand" in words_of(answer.content)
    assert "This word is kept" in words_of(answer.content)
