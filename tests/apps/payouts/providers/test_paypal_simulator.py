"""The PayPal of the tests says what PayPal's documents say, word by word: else a client could pass that fails there."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from rapport.apps.payouts.providers.paypal.simulator import Simulator

TOKEN = "/v1/oauth2/token"
PAYOUTS = "/v1/payments/payouts"


class Caller:
    """Speaks with a simulator as a client does that has a token."""

    def __init__(self, simulator: Simulator | None = None) -> None:
        self.simulator = simulator or Simulator()
        wanted = base64.b64encode(b"client:secret").decode()
        basic = {"authorization": f"Basic {wanted}"}
        reply = self.simulator.reply("POST", TOKEN, basic, b"grant_type=client_credentials")
        assert reply is not None
        assert reply[0] == 200
        assert {name: reply[1][name] for name in ("token_type", "expires_in")} == {
            "token_type": "Bearer",
            "expires_in": 32_400,
        }
        self.headers = {"authorization": f"Bearer {reply[1]['access_token']}", "content-type": "application/json"}

    def post(self, told: object, **more: str) -> tuple[int, Mapping[str, Any], Mapping[str, str]] | None:
        headers = {**self.headers, **{name.replace("_", "-"): value for name, value in more.items()}}
        return self.simulator.reply("POST", PAYOUTS, headers, json.dumps(told).encode())

    def get(self, path: str) -> tuple[int, Mapping[str, Any], Mapping[str, str]] | None:
        return self.simulator.reply("GET", f"{PAYOUTS}/{path}", self.headers, b"")


def item(number: int = 1, **changes: object) -> dict[str, object]:
    plain: dict[str, object] = {
        "recipient_type": "EMAIL",
        "receiver": "anna@example.com",
        "amount": {"value": "10.00", "currency": "EUR"},
        "note": "May",
        "sender_item_id": f"item-{number}",
    }
    return {**plain, **changes}


def batch(*items: dict[str, object], **header: object) -> dict[str, object]:
    return {"sender_batch_header": {"sender_batch_id": "run-1", **header}, "items": list(items or (item(),))}


@pytest.mark.parametrize(
    ("told", "field", "issue"),
    [
        (batch(colour="red"), "sender_batch_header", "Invalid header"),
        (batch(sender_batch_id=""), "sender_batch_header", "Invalid header"),
        (batch(sender_batch_id="x" * 257), "sender_batch_header", "Invalid header"),
        ({"sender_batch_header": {"sender_batch_id": "run-1"}}, "items", "Between 1 and 15000 items"),
        (batch(item(1), item(1)), "sender_item_id", "Duplicate item"),
        (
            batch(item(1), item(2, amount={"value": "1.00", "currency": "USD"})),
            "currency",
            "One currency in a batch",
        ),
        (batch(item(colour="red")), "items", "Unknown field"),
        (batch(item(recipient_type="PHONE")), "items", "Unknown field"),
        (batch(item(receiver="anna")), "receiver", "Invalid receiver"),
        (batch(item(amount={"value": "10", "currency": "EUR"})), "amount", "Invalid amount"),
        (batch(item(amount={"value": "0.00", "currency": "EUR"})), "amount", "Invalid amount"),
        (batch(item(amount={"value": "10.00", "currency": "JPY"})), "amount", "Invalid amount"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(told: dict[str, object], field: str, issue: str) -> None:
    details = [{"field": field, "location": "body", "issue": issue}]
    refused = {"name": "VALIDATION_ERROR", "message": "Invalid request", "details": details}
    assert Caller().post(told) == (400, refused, {})


def test_the_longest_name_and_whole_yen_are_taken() -> None:
    taken = Caller().post(batch(item(amount={"value": "10", "currency": "JPY"}), sender_batch_id="x" * 256))
    assert taken is not None
    assert taken[0] == 201


def test_a_call_is_taken_once_and_the_second_is_told_of_the_first() -> None:
    caller = Caller()
    header = {"payout_batch_id": "B000000000001", "batch_status": "PENDING"}
    told = {"batch_header": {**header, "sender_batch_header": {"sender_batch_id": "run-1"}}}
    assert caller.post(batch()) == (201, told, {})
    assert caller.post(batch()) == (
        400,
        {
            "name": "USER_BUSINESS_ERROR",
            "message": "User business error.",
            "details": [
                {
                    "field": "SENDER_BATCH_ID",
                    "location": "body",
                    "issue": "Batch with given sender_batch_id already exists",
                }
            ],
            "links": [
                {
                    "href": "https://api-m.paypal.com/v1/payments/payouts/B000000000001",
                    "rel": "self",
                    "method": "GET",
                }
            ],
        },
        {},
    )
    assert caller.simulator.paid_minor() == 1_000


def test_items_are_shown_page_by_page_with_what_was_decided() -> None:
    caller = Caller()
    caller.post(batch(*(item(number) for number in range(3))))
    caller.simulator.decide(lambda _receiver: "SUCCESS")
    shown = caller.get("B000000000001?page=2&page_size=2")
    assert shown is not None
    status, told, _headers = shown
    assert (status, told["total_pages"], told["batch_header"]["batch_status"]) == (200, 2, "SUCCESS")
    [last] = told["items"]
    assert (last["transaction_status"], last["payout_item"]) == ("SUCCESS", item(2))
    assert {last["payout_item_id"][0], last["transaction_id"][0]} == {"I", "T"}
    assert caller.get("B000000000001?page=1&page_size=1001") == (
        *(400, {"name": "VALIDATION_ERROR", "message": "page_size"}, {}),
    )
    nobody = {"name": "RESOURCE_NOT_FOUND", "message": "Requested resource not found"}
    assert caller.get("B9?page=1&page_size=10") == (404, nobody, {})


def test_who_is_not_known_hears_so() -> None:
    simulator = Simulator()
    wrong = {"error": "invalid_client", "error_description": "Client Authentication failed"}
    for basic, asked in ((b"client:guess", b"grant_type=client_credentials"), (b"client:secret", b"grant_type=other")):
        headers = {"authorization": f"Basic {base64.b64encode(basic).decode()}"}
        assert simulator.reply("POST", TOKEN, headers, asked) == (401, wrong, {})
    unknown = {"error": "invalid_token", "error_description": "Token signature verification failed"}
    assert simulator.reply("GET", PAYOUTS, {"authorization": "Bearer nobody"}, b"") == (401, unknown, {})
    assert simulator.reply("GET", PAYOUTS, {}, b"") == (401, unknown, {})
    spent = Caller(Simulator(token_uses=1))
    spent.get("B1?page=1&page_size=1")
    assert spent.get("B1?page=1&page_size=1") == (401, unknown, {})


def test_faults_are_answered_as_paypal_does_and_what_is_taken_stays_taken() -> None:
    caller = Caller(Simulator(faults=["busy", "broken", "taken, then broken", "taken, then silent"]))
    busy = {"name": "RATE_LIMIT_REACHED", "message": "Too many requests"}
    broken = {"name": "INTERNAL_SERVICE_ERROR"}
    assert caller.post(batch()) == (429, busy, {"retry-after": "2"})
    assert caller.post(batch()) == (503, broken, {})
    assert caller.simulator.batches == {}
    assert caller.post(batch()) == (500, broken, {})
    assert caller.post(batch(sender_batch_id="run-2")) is None
    assert [one.sender_batch_id for one in caller.simulator.batches.values()] == ["run-1", "run-2"]
    assert caller.post(batch(), content_type="text/plain") == (415, {"name": "UNSUPPORTED_MEDIA_TYPE"}, {})
    crowd = Caller(Simulator(most_posts=1))
    crowd.post(batch())
    assert crowd.post(batch(sender_batch_id="run-2")) == (429, busy, {"retry-after": "2"})
