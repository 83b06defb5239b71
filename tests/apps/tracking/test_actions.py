"""Links, codes, keys and secrets: what makes a visit or a postback ours."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

import pytest

from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import Announcement
from rapport.apps.tracking.actions import (
    KEY_NUMBERS,
    create_coupon,
    create_link,
    end_coupon,
    ensure_click_key,
    issue_postback_secret,
    revoke_click_key,
    revoke_postback_secret,
    rotate_click_key,
    switch_link,
)
from rapport.apps.tracking.errors import AgreementNotActive, CodeTaken, EndsBeforeStart, HostNotAllowed
from rapport.apps.tracking.inputs import CouponInput, LinkInput
from rapport.apps.tracking.keys import secret_of
from rapport.apps.tracking.models import ClickKey, Link, PostbackWay
from rapport.apps.tracking.queries import (
    address_of,
    click_keys,
    coupons_by_code,
    coupons_of_program,
    links_of,
    links_of_program,
)
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_link, make_program

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def agreement() -> Agreement:
    """An active agreement of an open program whose shop is shop.example."""
    return make_agreement(make_program())


class TestLinks:
    """A link leads to the program's own hosts and keeps its code for ever."""

    def test_it_leads_to_the_landing_page_unless_it_says_where(self, agreement: Agreement) -> None:
        assert make_link(agreement).destination == "https://shop.example/"
        deep = make_link(agreement, destination="https://www.shop.example/silk?x=1")
        assert deep.destination == "https://www.shop.example/silk?x=1"

    def test_the_same_wish_gets_the_same_link(self, agreement: Agreement) -> None:
        wish: dict[str, Any] = {"placement": "header", "subs": {"sub1": "spring"}}
        first = make_link(agreement, name="Spring", **wish)
        assert make_link(agreement, **wish) == first
        assert make_link(agreement, placement="header") != first
        assert make_link(agreement, name="Autumn", **wish) != first
        assert first in links_of(agreement.id)
        assert links_of_program(agreement.program_id).count() == 3

    def test_its_address_carries_its_sub_ids(self, agreement: Agreement) -> None:
        link = make_link(agreement, code="Spring-Sale", subs={"sub1": "a b", "sub2": " "})
        assert (link.code, link.subs) == ("spring-sale", {"sub1": "a b"})
        assert address_of(link).endswith("/c/spring-sale?sub1=a+b")
        assert address_of(make_link(agreement, code="plain")).endswith("/c/plain")

    def test_a_strange_host_is_refused_with_those_that_are_allowed(self, agreement: Agreement) -> None:
        with pytest.raises(HostNotAllowed) as refused:
            make_link(agreement, destination="https://evil.example/")
        assert "shop.example, www.shop.example" in refused.value.fields["destination"]

    def test_a_code_names_one_link(self, agreement: Agreement) -> None:
        make_link(agreement, code="spring")
        with pytest.raises(CodeTaken):
            make_link(make_agreement(make_program()), code="SPRING")

    @pytest.mark.parametrize(
        "given",
        [
            {"code": "no blanks"},
            {"code": "ab"},
            {"placement": "top\x07"},
            {"subs": {"sub11": "x"}},
            {"subs": {"sub1": "x" * 251}},
            {"subs": {"sub1": "a\x07b"}},
        ],
    )
    def test_what_cannot_be_used_is_answered_at_its_field(self, given: dict[str, object]) -> None:
        with pytest.raises(BadInput) as refused:
            read_input(LinkInput, given)
        assert list(refused.value.fields) == list(given)

    def test_it_pauses_and_leads_on_again_and_says_so_once(self, agreement: Agreement) -> None:
        link = make_link(agreement)
        paused = [switch_link(link_id=link.id, active=False, by=STORY, at=NOON) for _ in range(2)]
        assert [row.active for row in paused] == [False, False]
        assert switch_link(link_id=link.id, active=True, by=STORY, at=NOON).active
        told = Announcement.objects.filter(subject=link.id).order_by("id").values_list("kind", flat=True)
        assert list(told) == ["link.created", "link.paused", "link.resumed"]

    def test_a_suspended_partner_makes_no_new_ones(self, agreement: Agreement) -> None:
        suspend_agreement(agreement_id=agreement.id, reason="A check", by=STORY, at=NOON)
        with pytest.raises(AgreementNotActive) as refused:
            create_link(agreement_id=agreement.id, given=LinkInput(), by=STORY, at=NOON)
        assert "suspended" in refused.value.sentence


class TestCoupons:
    """A code belongs to one partner of a program."""

    def test_it_counts_from_its_start_until_its_end(self, agreement: Agreement) -> None:
        given = CouponInput(code="anna12", starts_at=NOON, ends_at=NOON + DAY)
        coupon = create_coupon(agreement_id=agreement.id, given=given, by=STORY, at=NOON - DAY)
        assert (coupon.code, coupon.starts_at, coupon.ends_at) == ("ANNA12", NOON, NOON + DAY)
        assert coupons_by_code(agreement.program_id, codes=["ANNA12", "OTHER"]) == {"ANNA12": coupon}
        assert list(coupons_of_program(agreement.program_id)) == [coupon]

    def test_it_must_last(self, agreement: Agreement) -> None:
        with pytest.raises(EndsBeforeStart):
            create_coupon(agreement_id=agreement.id, given=CouponInput(code="ANNA12", ends_at=NOON), by=STORY, at=NOON)

    def test_a_code_is_one_partners_in_a_program_and_free_in_another(self, agreement: Agreement) -> None:
        make_coupon(agreement, "ANNA12")
        with pytest.raises(CodeTaken):
            make_coupon(make_agreement(agreement.program, name="Code Jar"), "anna12")
        make_coupon(make_agreement(make_program()), "ANNA12")

    def test_it_ends_now_or_stays_ended(self, agreement: Agreement) -> None:
        coupon = make_coupon(agreement, "ANNA12")
        assert end_coupon(coupon_id=coupon.id, by=STORY, at=NOON).ends_at == NOON
        assert end_coupon(coupon_id=coupon.id, by=STORY, at=NOON + DAY).ends_at == NOON
        assert Announcement.objects.filter(kind="coupon.ended", subject=coupon.id).count() == 1

    def test_a_code_is_a_word(self) -> None:
        with pytest.raises(BadInput):
            read_input(CouponInput, {"code": "ten percent"})


class TestKeys:
    """Keys that sign click ids: the newest trusted one signs, all old ones verify."""

    def test_one_is_made_at_first_need_and_kept(self) -> None:
        first = ensure_click_key(by=STORY, at=NOON)
        assert ensure_click_key(by=STORY, at=NOON) == first
        second = rotate_click_key(by=STORY, at=NOON)
        assert ensure_click_key(by=STORY, at=NOON) == second
        assert sorted(click_keys()) == [first.number, second.number]

    def test_a_revoked_one_is_replaced_and_keeps_verifying(self) -> None:
        first = ensure_click_key(by=STORY, at=NOON)
        for _ in range(2):
            revoke_click_key(number=first.number, by=STORY, at=NOON)
        signing = ensure_click_key(by=STORY, at=NOON)
        assert (signing.number, click_keys()[first.number].revoked) == (first.number + 1, True)
        assert str(signing) == f"key {signing.number}"

    def test_the_format_has_room_for_255(self) -> None:
        ClickKey.objects.create(number=KEY_NUMBERS - 1, secret="", created_at=NOON)
        with pytest.raises(AssertionError):
            rotate_click_key(by=STORY, at=NOON)


class TestPostbackSecrets:
    """What a merchant's server proves itself with is shown once."""

    def test_a_token_is_kept_as_a_digest(self, agreement: Agreement) -> None:
        issued = issue_postback_secret(program_id=agreement.program_id, way=PostbackWay.TOKEN, by=STORY, at=NOON)
        assert issued.secret.digest == hashlib.sha256(issued.shown_once.encode()).hexdigest()
        assert (issued.secret.secret, issued.shown_once[:4]) == ("", "pbt_")
        assert issued.shown_once not in str(issued.secret)

    def test_a_signing_secret_is_kept_as_it_signs(self, agreement: Agreement) -> None:
        issued = issue_postback_secret(program_id=agreement.program_id, way=PostbackWay.HMAC, by=STORY, at=NOON)
        assert base64.b64decode(issued.shown_once.removeprefix("whsec_")) == secret_of(issued.secret)
        assert issued.secret.secret.startswith("sealed.")

    def test_a_revoked_one_stays_revoked_at_its_moment(self, agreement: Agreement) -> None:
        issued = issue_postback_secret(program_id=agreement.program_id, way=PostbackWay.TOKEN, by=STORY, at=NOON)
        for at in (NOON, NOON + DAY):
            assert revoke_postback_secret(secret_id=issued.secret.id, by=STORY, at=at).revoked_at == NOON


def test_links_of_one_wish_are_found_among_paused_ones(agreement: Agreement) -> None:
    paused = make_link(agreement)
    switch_link(link_id=paused.id, active=False, by=STORY, at=NOON)
    assert make_link(agreement) != paused
    assert Link.objects.count() == 2
