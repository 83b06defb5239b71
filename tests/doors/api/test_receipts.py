"""Whoever sent a postback reads what became of it."""

from rapport.apps.conversions.models import ReceiptState
from tests.doors.api.conftest import Shop, answered
from tests.make.road import make_program, make_receipt


def test_a_receipt_says_what_became_of_a_postback_and_why(shop: Shop) -> None:
    problems = [{"field": "total", "sentence": "“12,50” is not an amount."}]
    row = make_receipt(shop.program, state=ReceiptState.REFUSED, problems=problems, raw={"params": {"email": "a@b.c"}})
    status, told = answered(shop.client.get(f"/api/v1/receipts/{row.id}"))
    assert (status, told["state"], told["problems"]) == (200, "refused", problems)
    assert "raw" not in told


def test_a_receipt_of_somebody_else_and_one_that_is_not_there_yet_are_not_found(shop: Shop) -> None:
    for receipt_id in (make_receipt(make_program()).id, "rcp_later"):
        assert answered(shop.client.get(f"/api/v1/receipts/{receipt_id}"))[0] == 404
