"""Whoever sent a postback looks at its receipt: with the program's token, and nothing of anybody else in it."""

import json
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from rapport.apps.conversions.actions import choose_profile
from rapport.apps.conversions.inputs import ProfileInput
from rapport.apps.conversions.models import Receipt, ReceiptState
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import issue_postback_secret, revoke_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.doors.public.receipts import RECEIPTS_AN_HOUR
from rapport.kit.clock import now
from tests.make.identity import STORY
from tests.make.road import make_program, make_receipt, report_correction, report_sale
from tests.support.pages import words_of


@pytest.fixture(autouse=True)
def _nobody_came_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def program(db: None) -> Program:
    return make_program()


def token_of(program: Program, way: PostbackWay = PostbackWay.TOKEN) -> str:
    return issue_postback_secret(program_id=program.id, way=way, by=STORY, at=now()).shown_once


def asked(client: Client, receipt: str, token: str) -> tuple[int, str]:
    """Return the status of the page that answers, and its source."""
    answer = client.post(reverse("receipt"), {"receipt": receipt, "token": token})
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.content.decode()


def opened(client: Client, row: Receipt) -> str:
    status, page = asked(client, row.id, token_of(row.program))
    assert status == 200
    return words_of(page.encode())


@pytest.mark.parametrize("way", PostbackWay)
def test_the_sender_reads_what_came_what_became_of_it_and_why(
    client: Client, program: Program, way: PostbackWay
) -> None:
    problems = [{"field": "total", "sentence": "“12,50” is not an amount."}]
    raw = {"params": {"external_id": "10428", "total": "12,50"}}
    row = make_receipt(program, state=ReceiptState.REFUSED, problems=problems, raw=raw)
    words = words_of(asked(client, row.id, token_of(program, way))[1].encode())
    for told in ("Correct what is named here", "total: “12,50” is not an amount.", "external_id 10428 external_id"):
        assert told in words


def test_an_id_alone_opens_nothing_and_is_filled_in_from_the_address(client: Client, program: Program) -> None:
    row = make_receipt(program)
    page = client.get(reverse("receipt"), {"id": row.id})
    assert row.id in page.content.decode()
    assert "It is recorded." not in words_of(page.content)


def test_neither_another_program_s_token_nor_a_revoked_one_opens_a_receipt(client: Client, program: Program) -> None:
    row, foreign, told = make_receipt(program), token_of(make_program()), token_of(program)
    revoked = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=now())
    revoke_postback_secret(secret_id=revoked.secret.id, by=STORY, at=now())
    refusals = {
        (row.id, foreign): "no such receipt",
        (row.id, revoked.shown_once): "no token that is in force",
        (row.id, "pbt_invented"): "no token that is in force",
        ("rcp_later", told): "no such receipt",
        (row.id, ""): "required",
        ("rcp_\x00", told): "Null characters",
    }
    for (receipt, token), sentence in refusals.items():
        status, page = asked(client, receipt, token)
        assert (status, sentence in words_of(page.encode())) == (422, True), sentence
        assert not token or token not in page


def test_nothing_in_it_tells_who_bought(client: Client, program: Program) -> None:
    sent = {"email": "mira@falk.example", "customer_id": "customer-77", "external_id": "mira@falk.example", "x": "Falk"}
    warnings = [{"code": "nobody", "field": "customer_id", "sentence": "“customer-77” is nobody, mira@falk.example."}]
    row = make_receipt(program, raw={"params": sent, "address": "203.0.113.9"}, warnings=warnings)
    words = opened(client, row)
    for private in ("mira", "customer-77", "Falk", "203.0.113.9"):
        assert private not in words, private
    assert "“c•••” is nobody" in words


def test_names_are_told_as_the_program_s_profile_reads_them(client: Client, program: Program) -> None:
    given = read_input(ProfileInput, {"profile": "awin", "names": "p1 = channel"})
    choose_profile(program=program, given=given, by=STORY, at=now())
    words = opened(client, make_receipt(program, raw={"params": {"ref": "10428", "p1": "mail", "merchant": "1001"}}))
    for told in ("ref 10428 external_id", "p1 mail channel", "merchant 1••• left unread"):
        assert told in words


def test_lists_of_a_json_body_are_counted_and_an_unreadable_body_is_left_out(client: Client, program: Program) -> None:
    body = json.dumps({"lines": [{"product": "shoes"}], "coupons": ["ANNA12", "MAX"], "total": "9.00"})
    words = opened(client, make_receipt(program, raw={"params": {"total": "9.00"}, "body": body}))
    assert "lines [1] lines coupons ANNA12, MAX coupons" in words
    assert "Nothing but the token." in opened(client, make_receipt(program, raw={"body": "{"}))


def test_an_encrypted_notification_is_opened_with_the_program_s_key_or_stays_covered(
    client: Client, program: Program
) -> None:
    given = read_input(ProfileInput, {"profile": "clickbank"})
    choose_profile(program=program, given=given, by=STORY, at=now())
    body = json.dumps({"receipt": "CWOGBZLN", "customer": {"billing": {"email": "mira@falk.example"}}})
    words = opened(client, make_receipt(program, raw={"params": {"receipt": "CWOGBZLN"}, "body": body}))
    assert "receipt CWOGBZLN external_id" in words
    sealed = {"notification": "c2VjcmV0", "iv": "MTIzNDU2"}
    assert "c2VjcmV0" not in opened(client, make_receipt(program, raw={"params": sealed}))


def test_what_has_happened_since_is_told_too(client: Client, program: Program) -> None:
    waiting = report_correction(program, kind="refund", external_id="r-1", of="10428", total="5.00").correction
    row = make_receipt(program, state=ReceiptState.WAITING, subject=waiting.id)
    assert "and waits for it" in opened(client, row)
    order = report_sale(program, external_id="10428", total="50.00").conversion
    assert "it has taken effect" in opened(client, row)
    settled = make_receipt(program, state=ReceiptState.CONFLICT, subject=order.id)
    assert "settled since" in opened(client, settled)
    report_sale(program, external_id="10428", total="60.00")
    assert "A person at the program decides." in opened(client, settled)


def test_guessing_is_slowed_down(client: Client, program: Program) -> None:
    row = make_receipt(program)
    statuses = {asked(client, row.id, f"pbt_{number}")[0] for number in range(RECEIPTS_AN_HOUR)}
    assert statuses == {422}
    assert asked(client, row.id, token_of(program))[0] == 429
