"""What a merchant's server writes into an address or a body, read as the report it is."""

import json
from typing import Literal

import pytest
from msgspec.structs import replace

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.postback import Reading, read_postback
from rapport.apps.conversions.profiles import PROFILES
from rapport.apps.outages.models import Trial
from rapport.apps.record.errors import BadInput
from rapport.wire.events import PostbackEvent


def event(body: object = None, **params: str) -> PostbackEvent:
    text = None if body is None else json.dumps(body)
    return PostbackEvent(receipt_id="rcp_1", at_ms=0, program_id="prg_1", auth="token", params=params, body=text)


def conversion(body: object = None, **params: str) -> ConversionInput:
    report = read_postback(event(body, **params), currency="EUR", reading=Reading()).report
    assert isinstance(report, ConversionInput)
    return report


@pytest.mark.parametrize("slug", sorted(PROFILES))
def test_our_own_test_is_read_by_our_names_and_is_a_test_whatever_the_program_s_names(slug: str) -> None:
    reading = Reading(PROFILES[slug], {"test": "", "external_id": "customer_id", "type": "kind"})
    trial = Trial(id="trl_1")
    order = {"kind": "sale", "external_id": trial.order_id, "total": "100.00", "currency": "EUR"}
    sent = replace(event(**order), auth="hmac", message_id=trial.id)
    report = read_postback(sent, currency="EUR", reading=reading).report
    assert isinstance(report, ConversionInput)
    assert (report.external_id, report.test) == ("test-trl_1", True)
    refund = {"type": "refund", "external_id": trial.refund_id, "of": trial.order_id, "of_kind": "lead"}
    sent = replace(event(**refund), auth="hmac", message_id=trial.refund_id)
    taken_back = read_postback(sent, currency="EUR", reading=reading).report
    assert isinstance(taken_back, CorrectionInput)
    assert (taken_back.kind, taken_back.of, taken_back.of_kind) == ("refund", "test-trl_1", "lead")


@pytest.mark.parametrize(("auth", "message"), [("token", "trl_1"), ("hmac", "trl_2"), ("hmac", None)])
def test_what_only_looks_like_our_test_is_read_like_any_other(auth: Literal["token", "hmac"], message: str) -> None:
    sent = replace(event(external_id="test-trl_1", total="100.00"), auth=auth, message_id=message)
    report = read_postback(sent, currency="EUR", reading=Reading()).report
    assert isinstance(report, ConversionInput)
    assert not report.test


def correction(**params: str) -> CorrectionInput:
    report = read_postback(event(**params), currency="EUR", reading=Reading()).report
    assert isinstance(report, CorrectionInput)
    return report


def test_kind_and_currency_are_the_usual_ones_unless_told() -> None:
    plain = conversion(order_id="1", amount="9.90")
    assert (plain.kind, plain.currency, plain.external_id, plain.total) == ("sale", "EUR", "1", "9.90")
    told = conversion(order_id="1", kind="rebill", currency="USD", type="conversion")
    assert (told.kind, told.currency) == ("rebill", "USD")


def test_short_and_long_names_mean_the_same() -> None:
    short = conversion(order_id="1", rpid="abc,def", coupon="a-1", customer="c", status="new")
    long = conversion(external_id="1", click_ids="abc, def", coupons="A-1", customer_id="c", customer_status="new")
    assert short == long


def test_lists_of_a_body_go_before_the_texts_beside_them() -> None:
    told = conversion({"order_id": "1", "rpid": ["abc"], "coupons": ["x1"], "nested": {"a": 1}}, order_id="1")
    assert (told.click_ids, told.coupons) == (("abc",), ("X1",))
    assert conversion([1, 2], order_id="1").external_id == "1"


@pytest.mark.parametrize(("text", "test"), [("1", True), ("True", True), ("yes", True), ("0", False), ("no", False)])
def test_a_test_says_so(text: str, test: bool) -> None:
    assert conversion(order_id="1", test=text).test is test


@pytest.mark.parametrize("kind", ["refund", "cancel", "chargeback"])
def test_a_type_makes_it_a_correction(kind: str) -> None:
    told = correction(type=kind, of="1", amount="5.00")
    assert (told.kind, told.of, told.of_kind, told.total, told.currency) == (kind, "1", "sale", "5.00", "EUR")


def test_an_amendment_says_by_how_much() -> None:
    with pytest.raises(BadInput):
        correction(type="amendment", of="1")
    assert correction(type="amendment", of="1", total="-5.00").total == "-5.00"


def test_only_a_lead_with_one_click_needs_no_number() -> None:
    assert conversion(kind="lead", rpid="abc").identity == "click:abc"
    with pytest.raises(BadInput):
        conversion(kind="lead", rpid="abc,def")
    with pytest.raises(BadInput):
        conversion(amount="5.00")


def test_an_unknown_type_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInput) as refused:
        read_postback(event(type="gift", order_id="1"), currency="EUR", reading=Reading())
    assert "chargeback" in refused.value.fields["type"]
