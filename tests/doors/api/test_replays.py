"""Replays by the API: a key for terms orders one, and reads what it came to."""

from datetime import timedelta

import pytest

from rapport.apps.identity.rights import KeyScope
from rapport.apps.replays.models import Replay
from rapport.domain.terms import presets
from rapport.kit.clock import now
from tests.doors.api.conftest import Shop, answered, open_shop
from tests.make.road import make_click_id, report_sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop with an order of 100.00 a week ago, and a key for terms."""
    opened = open_shop(KeyScope.TERMS_WRITE)
    at = now() - timedelta(days=7)
    report_sale(opened.program, external_id="A-1", total="100.00", click_ids=[make_click_id(opened.link, at=at)], at=at)
    return opened


def terms(rate: object) -> dict[str, object]:
    return {**presets()[0].document, "rules": [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": rate}}]}


def test_terms_are_tried_and_the_answer_is_read(shop: Shop) -> None:
    body = {"program": shop.program.id, "terms": terms("7.5"), "partners": [shop.link.agreement_id]}
    status, ordered = answered(shop.post("replays", body, **{"Idempotency-Key": "once"}))
    assert (status, ordered["state"]) == (202, "done")
    assert answered(shop.post("replays", body, **{"Idempotency-Key": "once"})) == (202, ordered)
    assert Replay.objects.count() == 1
    status, told = answered(shop.client.get(f"/api/v1/replays/{ordered['id']}"))
    assert (status, told["done"], told["total"]) == (200, 1, 1)
    totals = told["answer"]["totals"]
    assert (totals["then"], totals["now"], totals["difference"]) == ("12.00", "7.50", "-4.50")
    assert (totals["rate_then"], totals["rate_now"], totals["margin_now"]) == ("0.1200", "0.0750", None)
    assert told["answer"]["partners"][0]["name"] == "Slow Mornings"
    assert told["answer"]["orders"][0]["external_id"] == "A-1"
    assert told["answer"]["waiting_now"] == "7.50"
    assert [day["payable_now"] for day in told["answer"]["calendar"]] == ["7.50"]


def test_without_terms_the_draft_is_tried(shop: Shop) -> None:
    _status, ordered = answered(shop.post("replays", {"program": shop.program.id}))
    _status, told = answered(shop.client.get(f"/api/v1/replays/{ordered['id']}"))
    assert told["answer"]["totals"]["difference"] == "0.00"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"terms": terms(7)}, "terms.rules[0].pay.percent"),
        ({"terms": {}}, "terms"),
        ({"first_on": "2026-02-30"}, "first_on"),
        ({"first_on": "2026-02-02", "last_on": "2026-02-01"}, "last_on"),
        ({"partners": ["agr_strange"]}, "partners"),
    ],
)
def test_what_cannot_be_tried_is_refused_at_its_field(shop: Shop, given: dict[str, object], field: str) -> None:
    status, problem = answered(shop.post("replays", {"program": shop.program.id, **given}))
    assert status == 422
    assert any(one["field"].startswith(field) for one in problem["errors"]), problem


def test_other_keys_try_nothing() -> None:
    shop = open_shop(KeyScope.READ)
    assert answered(shop.post("replays", {"program": shop.program.id}))[0] == 403
