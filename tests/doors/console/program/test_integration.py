"""How a shop connects: lines with the real ids, secrets shown once, a test order that is booked nowhere."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.models import Entry
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import PostbackSecret
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link
from tests.support.pages import words_of


def at(program: Program, name: str = "integration", *more: str) -> str:
    return reverse(f"program:{name}", args=[program.id, *more])


def test_the_lines_carry_the_real_program(manager: Client, program: Program) -> None:
    answer = manager.get(at(program))
    words = words_of(answer.content)
    assert f'"program": "{program.id}"' in words
    assert "/api/v1/conversions" in words
    assert "/pb?token=pbt_…" in words
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("way", "prefix"), [("token", "pbt_"), ("hmac", "whsec_")])
def test_a_secret_is_shown_once_and_kept_as_its_digest(
    manager: Client, program: Program, way: str, prefix: str
) -> None:
    shown = manager.post(at(program), {"way": way}).context["issued"].shown_once
    assert shown.startswith(prefix)
    secret = PostbackSecret.objects.get()
    assert secret.digest == hashlib.sha256(shown.encode()).hexdigest()
    later = manager.get(at(program)).content.decode()
    assert shown not in later
    assert secret.prefix in later


def test_a_secret_is_revoked_and_stays_listed(manager: Client, program: Program) -> None:
    manager.post(at(program), {"way": "token"})
    secret = PostbackSecret.objects.get()
    words = words_of(manager.post(at(program, "postback-revoke", secret.id), follow=True).content)
    assert "are refused from now on" in words
    assert "Revoked" in words


def test_an_odd_way_issues_nothing(manager: Client, program: Program) -> None:
    for way in ("", "wizard"):
        assert manager.post(at(program), {"way": way}).status_code == 422
    assert not PostbackSecret.objects.exists()


def test_a_test_order_shows_who_would_earn_and_books_nothing(manager: Client, program: Program) -> None:
    agreement = make_agreement(program)
    click_id = make_click_id(make_link(agreement))
    given = {"total": "100.00", "kind": "sale", "click_id": click_id, "coupon": ""}
    answer = manager.post(at(program, "send-test"), given)
    conversion = Conversion.objects.get()
    assert conversion.test
    assert (answer.status_code, answer["Location"]) == (
        303,
        reverse("console:conversion", args=[program.id, conversion.id]),
    )
    assert "booked nowhere" in words_of(manager.get(answer["Location"]).content)
    assert not Commission.objects.filter(accrued_minor__gt=0).exists()
    assert not Entry.objects.filter(postings_count__gt=0).exists()


def test_a_test_order_by_code_arrives_too(manager: Client, program: Program) -> None:
    make_coupon(make_agreement(program), "ANNA12")
    given = {"total": "100.00", "kind": "sale", "click_id": "", "coupon": "anna12"}
    assert manager.post(at(program, "send-test"), given).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("total", ""),
        ("total", "-5"),
        ("total", "1,50"),
        ("kind", "lead"),
        ("kind", "Not a kind"),
        ("click_id", "c" * 129),
        ("click_id", "a\x07b"),
        ("coupon", "a\x07b"),
    ],
)
def test_a_test_order_that_cannot_be_read_says_why_at_its_field(
    manager: Client, program: Program, field: str, value: str
) -> None:
    given = {"total": "100.00", "kind": "sale", "click_id": "", "coupon": ""} | {field: value}
    answer = manager.post(at(program, "send-test"), given)
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert not Conversion.objects.exists()
