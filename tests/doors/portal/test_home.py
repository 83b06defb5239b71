"""The partner's first page: a pasted address becomes a link, and the money is told in three words."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Role
from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.tracking.models import Link
from tests.doors.portal.conftest import Partnership
from tests.make.identity import STORY, make_member, make_organisation
from tests.make.road import make_agreement, make_link, make_program
from tests.support.pages import words_of


def home(partnership: Partnership, name: str = "home") -> str:
    return reverse(f"portal:{name}", args=[partnership.agreement.id])


def paste(client: Client, partnership: Partnership, address: str) -> str:
    """Paste an address and return the words of the page that follows."""
    answer = client.post(home(partnership, "make-link"), {"address": address}, follow=True)
    return words_of(answer.content)


def test_a_pasted_address_becomes_a_link_with_its_code_to_scan(by_anna: Client, anna: Partnership) -> None:
    answer = by_anna.post(home(anna, "make-link"), {"address": "https://shop.example/robe?size=m#photos"})
    made = Link.objects.get(destination="https://shop.example/robe?size=m#photos")
    assert (answer.status_code, answer["Location"]) == (303, f"{home(anna)}?made={made.id}")
    page = by_anna.get(answer["Location"]).content.decode()
    assert f"/c/{made.code}" in page
    assert "QR code of" in page


def test_an_address_is_taken_without_its_scheme(by_anna: Client, anna: Partnership) -> None:
    paste(by_anna, anna, "  www.shop.example/robe ")
    assert Link.objects.filter(destination="https://www.shop.example/robe").exists()


def test_the_same_address_again_shows_the_link_it_made_before(by_anna: Client, anna: Partnership) -> None:
    for _time in range(2):
        paste(by_anna, anna, "https://shop.example/robe")
    assert Link.objects.filter(destination="https://shop.example/robe").count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "evil.example/https://shop.example/",
        "//evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example.evil.example/",
        "https://evil.example#@shop.example/",
        "https://shop.example\\@evil.example/",
        "https:///shop.example/",
        "javascript:alert(1)//shop.example",
        "data:text/html,hi",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\x00",
        "https://[::1",
        "https://shop.example:99999/",
        "ftp://shop.example/",
        "robe",
        "",
        "https://shop.example/" + "a" * 3000,
    ],
)
def test_an_address_that_leads_elsewhere_is_refused_and_stays_in_the_box(
    by_anna: Client, anna: Partnership, address: str
) -> None:
    answer = by_anna.post(home(anna, "make-link"), {"address": address})
    made = Link.objects.exclude(pk=anna.link.pk)
    # Nothing asked for is the landing page; everything else that is not of the shop is refused at the box.
    if address:
        assert answer.status_code == 422
        assert not made.exists()
        assert 'aria-invalid="true"' in answer.content.decode()
    else:
        assert made.get().destination == anna.program.landing_url


def test_a_link_to_the_shop_that_only_carries_another_address_is_fine(by_anna: Client, anna: Partnership) -> None:
    paste(by_anna, anna, "https://shop.example/?next=https://evil.example/")
    assert Link.objects.filter(destination="https://shop.example/?next=https://evil.example/").exists()


def test_the_money_is_told_in_three_words_with_its_dates(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(home(anna)).content)
    assert "waiting 12.51 € one sale, until" in words
    assert "yours 0.00 € what is approved stands here" in words
    assert "paid 0.00 € in all" in words
    assert "+12.51 €" in words
    assert "ANNA12" in words
    assert "You earn 12 % of every sale" in words


def test_a_suspended_partner_is_told_so_and_makes_no_links(by_anna: Client, anna: Partnership) -> None:
    suspend_agreement(agreement_id=anna.agreement.id, reason="A question.", by=STORY, at=anna.at)
    assert "This agreement is Suspended" in words_of(by_anna.get(home(anna)).content)
    assert "new links and codes need an active one" in paste(by_anna, anna, "https://shop.example/robe")


def test_a_partner_of_two_programs_chooses_and_one_of_none_is_told(by_anna: Client, anna: Partnership) -> None:
    assert by_anna.get("/portal/")["Location"] == home(anna)
    second = make_agreement(make_program(name="Second program"), organisation=anna.organisation)
    words = words_of(by_anna.get("/portal/").content)
    assert "Which program?" in words
    assert "Second program" in words
    assert reverse("portal:home", args=[second.id]) in by_anna.get(home(anna)).content.decode()
    nobody = Client()
    nobody.force_login(make_member(make_organisation("New"), Role.PARTNER))
    assert "You have no program yet" in words_of(nobody.get("/portal/").content)


def test_nothing_of_another_partner_is_shown(by_anna: Client, anna: Partnership) -> None:
    theirs = make_link(anna.rival, name="Secret campaign", at=anna.at - timedelta(hours=1))
    for name in ("home", "links", "commissions", "reports", "terms", "profile"):
        page = by_anna.get(home(anna, name)).content.decode()
        assert "Deal Otter" not in page
        assert theirs.code not in page
        assert "k-77" not in page
    assert by_anna.get(home(anna), {"made": theirs.id}).status_code == 200
    assert theirs.code not in by_anna.get(home(anna), {"made": theirs.id}).content.decode()
