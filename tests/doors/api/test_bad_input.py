"""Whatever comes in, the answer is a clear refusal that names the field, and never a fault of ours."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.rights import KeyScope
from rapport.kit.clock import now
from tests.doors.api.conftest import Shop, answered, open_shop

LATER = (now() + timedelta(hours=1)).isoformat()

BAD_SALES: dict[str, tuple[dict[str, object], str]] = {
    "a currency that is none": ({"currency": "XXX"}, "currency"),
    "no currency at all": ({"currency": "EURO"}, "currency"),
    "a negative amount": ({"total": "-1.00"}, "total"),
    "an amount as a number": ({"total": 104.22}, "total"),
    "an amount in words": ({"total": "a hundred"}, "total"),
    "too many decimals": ({"total": "1.001"}, "total"),
    "an amount beyond all amounts": ({"total": "9" * 23}, "total"),
    "parts that exceed the whole": ({"tax": "100.00", "shipping": "5.00"}, "total"),
    "a kind that no terms name": ({"kind": "lead", "click_ids": ["x"]}, "kind"),
    "a kind in strange letters": ({"kind": "Sale!"}, "kind"),
    "a moment to come": ({"occurred_at": LATER}, "occurred_at"),
    "a moment without a zone": ({"occurred_at": "2026-03-02T12:00:00"}, "occurred_at"),
    "a field misspelt": ({"totl": "1.00"}, "totl"),
    "no order number": ({"external_id": ""}, ""),
    "an invisible character": ({"external_id": "10\u000001"}, "external_id"),
    "half a character": ({"external_id": "\ud800"}, "external_id"),
    "a text for a list": ({"click_ids": "abc"}, "click_ids"),
    "too many click ids": ({"click_ids": ["x"] * 21}, "click_ids"),
    "a line without its price": ({"lines": [{"product": "p"}]}, "lines.0.price"),
    "a line with a bad price": ({"lines": [{"product": "p", "price": "x"}]}, "lines.0.price"),
    "an unheard-of country": ({"country": "Germany"}, "country"),
    "an order number without an end": ({"external_id": "9" * 129}, "external_id"),
}


@pytest.mark.parametrize(("given", "field"), BAD_SALES.values(), ids=BAD_SALES)
def test_a_field_that_cannot_be_used_is_named_with_what_to_do(shop: Shop, given: dict[str, Any], field: str) -> None:
    status, told = shop.sell(**given)
    assert (status, told["code"]) == (422, "bad_input")
    assert field in [error["field"] for error in told["errors"]]
    assert all(error["sentence"] for error in told["errors"])
    assert not Conversion.objects.exists()


def test_all_bad_fields_are_told_at_once(shop: Shop) -> None:
    _, told = shop.sell(currency="usd", total="x", kind="call")
    assert {error["field"] for error in told["errors"]} == {"currency", "total", "kind"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "return"}, "kind"),
        ({"total": "-5.00"}, "total"),
        ({"kind": "amendment"}, ""),
        ({"of": ""}, "of"),
        ({"of_kind": "lead"}, "of_kind"),
        ({"currency": "ZZZ"}, "currency"),
        ({"occurred_at": LATER}, "occurred_at"),
    ],
)
def test_a_correction_is_read_as_strictly(shop: Shop, given: dict[str, Any], field: str) -> None:
    status, told = shop.correct(**given)
    assert (status, field in [error["field"] for error in told["errors"]]) == (422, True)


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[1]", b'"sale"', b"null", '{"kind": "sälé"}'.encode("latin-1"), b"[" * 5000, b"1" * 5000],
    ids=["cut", "empty", "list", "text", "null", "latin-1", "deep", "digits"],
)
def test_what_is_not_an_object_in_json_is_refused(shop: Shop, body: bytes) -> None:
    status, _told = answered(shop.post("conversions", body))
    assert status in {400, 422}


def test_a_body_of_a_megabyte_is_refused_before_it_is_read(shop: Shop) -> None:
    status, told = shop.sell(landing_url="x" * 1_000_000)
    assert (status, told["code"]) == (413, "too_large")


def test_no_key_and_an_unknown_key_are_told_how_to_send_one(shop: Shop) -> None:
    for headers in ({}, {"Authorization": "Bearer rk_live_unknown"}, {"Authorization": "Basic x"}):
        response = Client(headers=headers).post("/api/v1/conversions", {}, content_type="application/json")
        status, told = answered(response)
        assert (status, told["code"], response["WWW-Authenticate"]) == (401, "unknown_key", "Bearer")


@pytest.mark.usefixtures("db")
def test_a_key_without_the_scope_is_told_so() -> None:
    status, told = open_shop(KeyScope.READ).sell()
    assert (status, told["code"]) == (403, "not_allowed")


def test_a_program_of_others_and_one_that_is_not_are_alike(shop: Shop) -> None:
    foreign = open_shop().program.id
    answers = [shop.sell(program=program) for program in (foreign, "prg_missing")]
    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["code"]) == (404, "not_found")


def test_a_conversion_of_others_and_one_that_is_not_are_alike(shop: Shop) -> None:
    foreign = open_shop().sell()[1]["conversion"]["id"]
    answers = [answered(shop.client.get(f"/api/v1/conversions/{which}")) for which in (foreign, "cnv_missing")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
