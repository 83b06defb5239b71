"""Links by API: a merchant's key keeps those of its programs, a partner's its own, and nobody anybody else's."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.apps.identity.models import Organisation
from rapport.apps.identity.rights import KeyScope
from rapport.apps.partners.models import Agreement
from rapport.apps.record.models import AuditRow
from rapport.apps.tracking.models import Link, LinkCap
from rapport.domain.caps import FOR_GOOD_MS
from rapport.kit.clock import from_ms, now
from tests.doors.api.conftest import Shop, answered, open_shop
from tests.make.identity import make_api_key, make_organisation
from tests.make.road import make_agreement, make_link, make_program

LIMITS = {
    "starts_at": "2026-05-01T00:00:00+02:00",
    "ends_at": "2026-06-01T00:00:00+02:00",
    "fallback_url": "https://shop.example/over",
    "clicks_per_day": 20,
    "clicks_in_total": 300,
}


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop whose key keeps links."""
    return open_shop(KeyScope.LINKS_WRITE)


@pytest.fixture
def partner(db: None) -> Organisation:
    """A firm that is partner somewhere."""
    return make_organisation("Fold & Crease")


def keyed(organisation: Organisation, *scopes: KeyScope) -> Client:
    secret = make_api_key(organisation, *(scopes or (KeyScope.LINKS_WRITE,))).secret
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(client: Client, method: str, what: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
    raw = "" if body is None else json.dumps(body)
    asked = client.generic(method, f"/api/v1/{what}", raw, content_type="application/json", headers=headers)
    return answered(asked)


def fields(told: dict[str, Any]) -> list[str]:
    return [error["field"] for error in told["errors"]]


def test_a_link_is_made_with_everything_that_can_be_said_about_it(shop: Shop) -> None:
    wish = {
        "agreement": shop.link.agreement_id, "program": shop.program.id, "code": "Anna-Shoes", "name": "May",
        "destination": "https://shop.example/shoes?c={sub1}", "placement": "sidebar", "channel": "newsletter",
        "subs": {"sub1": "may"}, **LIMITS,
    }  # fmt: skip

    status, told = send(shop.client, "POST", "links", wish)

    assert status == 201
    assert told == wish | {
        "id": told["id"], "code": "anna-shoes", "address": told["address"], "active": True,
        "starts_at": "2026-05-01T00:00:00+02:00", "ends_at": "2026-06-01T00:00:00+02:00",
        "created_at": told["created_at"], "full": "", "full_until": None,
    }  # fmt: skip
    assert told["address"].endswith("/c/anna-shoes?sub1=may")
    again = send(shop.client, "GET", f"links/{told['id']}")[1]
    assert again == told | {"starts_at": "2026-04-30T22:00:00+00:00", "ends_at": "2026-05-31T22:00:00+00:00"}
    assert AuditRow.objects.get(subject=told["id"]).actor_kind == "key"


def test_the_same_wish_gets_the_link_it_made_and_the_same_key_its_answer(shop: Shop) -> None:
    wish, once = {"agreement": shop.link.agreement_id, "placement": "top"}, {"Idempotency-Key": "once"}
    first = send(shop.client, "POST", "links", wish, **once)
    assert first[0] == 201
    assert send(shop.client, "POST", "links", wish, **once) == first
    assert send(shop.client, "POST", "links", wish) == (200, first[1])
    status, told = send(shop.client, "POST", "links", wish | {"placement": "foot"}, **once)
    assert (status, told["code"]) == (409, "key_reused")


def test_lists_come_a_page_at_a_time_newest_first(shop: Shop) -> None:
    made = [shop.link.id, *(make_link(shop.link.agreement, placement=str(number)).id for number in range(4))]
    seen, before = [], ""
    for _page in range(3):
        told = send(shop.client, "GET", f"links?limit=2&before={before}&program={shop.program.id}")[1]
        seen += [link["id"] for link in told["links"]]
        before = told["next"]
    assert (seen, before) == (sorted(made, reverse=True), "")


def test_a_list_may_be_of_one_agreement(shop: Shop) -> None:
    other = make_link(make_agreement(shop.program, name="Second"))
    told = send(shop.client, "GET", f"links?agreement={other.agreement_id}")[1]
    assert [link["id"] for link in told["links"]] == [other.id]


def test_limits_are_set_whole_and_a_link_is_paused_and_resumed(shop: Shop) -> None:
    link = f"links/{shop.link.id}"
    status, told = send(shop.client, "PUT", f"{link}/limits", LIMITS)
    assert (status, told["fallback_url"]) == (200, LIMITS["fallback_url"])
    told = send(shop.client, "PUT", f"{link}/limits", {})[1]
    assert (told["starts_at"], told["ends_at"], told["fallback_url"]) == (None, None, "")
    assert (told["clicks_per_day"], told["clicks_in_total"]) == (None, None)
    assert send(shop.client, "POST", f"{link}/pause")[1]["active"] is False
    assert send(shop.client, "POST", f"{link}/pause", **{"Idempotency-Key": "p"})[1]["active"] is False
    assert send(shop.client, "POST", f"{link}/resume")[1]["active"] is True
    actions = AuditRow.objects.filter(subject=shop.link.id).order_by("id").values_list("action", flat=True)
    assert list(actions)[1:] == ["link.limited", "link.limited", "link.paused", "link.resumed"]


BAD: dict[str, tuple[dict[str, object], str]] = {
    "a host of others": ({"destination": "https://evil.example/"}, "destination"),
    "no address": ({"destination": "shop"}, "destination"),
    "a macro that nobody fills": ({"destination": "https://shop.example/{sub11}"}, "destination"),
    "an invisible character": ({"destination": "https://shop.example/\u0000"}, "destination"),
    "a fallback of others": ({"fallback_url": "https://evil.example/"}, "fallback_url"),
    "a code of one letter": ({"code": "a"}, "code"),
    "a code that is kept back": ({"code": "login"}, "code"),
    "an end before its start": ({"starts_at": LIMITS["ends_at"], "ends_at": LIMITS["starts_at"]}, "ends_at"),
    "a cap of nothing": ({"clicks_per_day": 0}, "clicks_per_day"),
    "half a click": ({"clicks_in_total": 1.5}, "clicks_in_total"),
    "a cap beyond all numbers": ({"clicks_in_total": 10**30}, "clicks_in_total"),
    "a total below a day": ({"clicks_per_day": 3, "clicks_in_total": 2}, "clicks_in_total"),
    "a moment without a zone": ({"ends_at": "2026-05-01T00:00:00"}, "ends_at"),
    "no sub-id of ours": ({"subs": {"sub11": "x"}}, "subs"),
    "half a character": ({"name": "\ud800"}, "name"),
    "a field misspelt": ({"placment": "x"}, "placment"),
    "an agreement in strange letters": ({"agreement": "agr\u0000"}, "agreement"),
}


@pytest.mark.parametrize(("wrong", "field"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_named_at_its_field(shop: Shop, wrong: dict[str, object], field: str) -> None:
    status, told = send(shop.client, "POST", "links", {"agreement": shop.link.agreement_id} | wrong)
    assert (status, fields(told)) == (422, [field])
    assert Link.objects.count() == 1


def test_a_taken_code_and_wrong_limits_are_named_at_their_fields(shop: Shop) -> None:
    wish = {"agreement": shop.link.agreement_id, "code": shop.link.code}
    assert fields(send(shop.client, "POST", "links", wish)[1]) == ["code"]
    for wrong in ({"fallback_url": "https://evil.example/"}, {"ends_at": "tomorrow"}, {"end": 1}):
        status, told = send(shop.client, "PUT", f"links/{shop.link.id}/limits", wrong)
        assert (status, fields(told)) == (422, list(wrong))
    assert fields(send(shop.client, "GET", "links?limit=0")[1]) == ["limit"]


def test_a_merchant_says_whose_link_it_is(shop: Shop) -> None:
    status, told = send(shop.client, "POST", "links", {"program": shop.program.id})
    assert (status, fields(told)) == (422, ["agreement"])


def partnered(partner: Organisation) -> Agreement:
    return make_agreement(make_program(), organisation=partner)


def test_a_partner_keeps_its_own_links_and_need_not_say_whose(partner: Organisation) -> None:
    agreement, client = partnered(partner), keyed(partner)
    others = make_link(make_agreement(agreement.program, name="Deal Otter"))

    status, told = send(client, "POST", "links", {"program": agreement.program_id})

    assert (status, told["agreement"]) == (201, agreement.id)
    assert [link["id"] for link in send(client, "GET", "links")[1]["links"]] == [told["id"]]
    assert send(client, "POST", f"links/{told['id']}/pause")[0] == 200
    assert send(client, "GET", f"links/{others.id}")[0] == 404
    assert send(client, "POST", f"links/{others.id}/pause")[0] == 404
    assert send(client, "PUT", f"links/{others.id}/limits", {})[0] == 404
    assert send(client, "POST", "links", {"agreement": others.agreement_id})[0] == 404


def test_a_partners_key_caps_within_the_programs_cap_and_the_tighter_one_is_told(partner: Organisation) -> None:
    agreement, client = partnered(partner), keyed(partner)
    merchant = keyed(agreement.program.workspace)
    link = f"links/{make_link(agreement).id}"
    assert send(merchant, "PUT", f"{link}/limits", {"clicks_per_day": 50})[1]["clicks_per_day"] == 50

    status, told = send(client, "PUT", f"{link}/limits", {"clicks_per_day": 51})
    assert (status, fields(told)) == (422, ["clicks_per_day"])
    assert send(client, "PUT", f"{link}/limits", {"clicks_per_day": 20})[1]["clicks_per_day"] == 20
    assert send(client, "PUT", f"{link}/limits", {})[1]["clicks_per_day"] == 50
    assert send(merchant, "PUT", f"{link}/limits", {})[1]["clicks_per_day"] is None
    made = send(client, "POST", "links", {"agreement": agreement.id, "clicks_in_total": 9})[1]
    assert LinkCap.objects.get(pk=made["id"]).own_in_total == 9


def test_a_full_link_says_so_and_until_when(shop: Shop) -> None:
    link = f"links/{shop.link.id}"
    send(shop.client, "PUT", f"{link}/limits", {"clicks_per_day": 20})
    tonight = now() + timedelta(hours=1)
    LinkCap.objects.update(full_until=tonight)
    told = send(shop.client, "GET", link)[1]
    assert (told["full"], told["full_until"]) == ("day", tonight.isoformat())
    LinkCap.objects.update(full_until=from_ms(FOR_GOOD_MS))
    told = send(shop.client, "GET", "links")[1]["links"][0]
    assert (told["full"], told["full_until"]) == ("total", None)


def test_a_partner_in_two_programs_says_which(partner: Organisation) -> None:
    for _program in range(2):
        partnered(partner)
    assert fields(send(keyed(partner), "POST", "links", {})[1]) == ["agreement"]


def test_links_of_others_are_not_there(shop: Shop) -> None:
    stranger = open_shop(KeyScope.LINKS_WRITE)
    missing = send(shop.client, "GET", "links/lnk_missing")
    assert send(shop.client, "GET", f"links/{stranger.link.id}") == missing
    assert (missing[0], missing[1]["code"]) == (404, "not_found")
    for what in (f"links?program={stranger.program.id}", f"links?agreement={stranger.link.agreement_id}"):
        assert send(shop.client, "GET", what)[1]["links"] == []


def test_a_reading_key_reads_and_a_reporting_key_does_neither(shop: Shop) -> None:
    workspace, link = shop.program.workspace, f"links/{shop.link.id}"
    reader, reporter = keyed(workspace, KeyScope.READ), keyed(workspace, KeyScope.CONVERSIONS_WRITE)
    assert send(reader, "GET", link)[0] == 200
    wishes: tuple[tuple[str, str, object], ...] = (
        ("POST", "links", {}),
        ("PUT", f"{link}/limits", {}),
        ("POST", f"{link}/pause", None),
    )
    assert {send(reader, *wish)[0] for wish in wishes} == {403}
    assert {send(reporter, *wish)[0] for wish in (*wishes, ("GET", "links", None))} == {403}
