"""Any JSON webhook: read by its profile, proven three ways, refunded by number or in sum."""

import json
from datetime import timedelta
from typing import Any

import pytest

from rapport.apps.conversions.models import Conversion
from rapport.apps.programs.models import Program
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import Shop, ShopDelivery
from rapport.apps.shops.providers.json_hook.profile import guess
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.signing import base64_signature, hex_signature
from rapport.apps.shops.providers.simulating import Sent
from rapport.flows.shops.arriving import take_message
from rapport.flows.shops.taking import take_deliveries
from tests.make.identity import NOON
from tests.make.road import make_program
from tests.make.shops import make_shop

pytestmark = pytest.mark.django_db

PROFILE = {
    "number": "order.id",
    "total": "order.total",
    "tax": "order.tax",
    "currency": "order.currency",
    "ordered_at": "order.at",
    "version": "order.changed",
    "email": "buyer.emails.0",
    "coupon": "order.code",
    "event": "what",
    "refund_words": "refund, credited",
    "cancel_words": "cancel",
    "refund_number": "refund.id",
    "refund_total": "refund.total",
    "delivery_id": "id",
}


class Sender:
    """Somebody's system: it has a secret and signs nothing by itself."""

    secret = "a secret of two"
    sent: list[Sent] = []

    def headers(self, sent: Sent, *, at: object) -> dict[str, str]:
        del sent, at
        return {"x-webhook-secret": self.secret}


def make(program: Program | None = None, **profile: Any) -> Shop:  # noqa: ANN401 - fields of a profile
    return make_shop(program or make_program(), "json", Sender(), profile={**PROFILE, **profile})


def tell(shop: Shop, payload: object, *, at: timedelta = timedelta(0)) -> None:
    body = json.dumps(payload).encode()
    take_message(shop, Message({"x-webhook-secret": Sender.secret}, body, NOON + at))
    take_deliveries(shop.id, at=NOON + at)


def order(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of an order
    return {"what": "paid", "order": {"id": 7, "total": 50.25, **more}, "buyer": {"emails": ["anna@example.com"]}}


def test_an_order_is_read_by_its_profile_and_an_older_state_changes_nothing() -> None:
    shop = make()
    tell(shop, order(tax="8.02", currency="eur", at="2026-03-02T10:00:00+01:00", changed=1_772_450_000, code="a,b"))
    tell(shop, order(total="40", changed=1_772_450_001), at=timedelta(seconds=1))
    tell(shop, order(total="99", changed=1_772_449_000), at=timedelta(seconds=2))
    conversion = Conversion.objects.get()
    assert (conversion.external_id, conversion.total_minor, conversion.remaining_minor) == ("7", 4_000, 4_000)
    assert conversion.customer is not None
    assert list(conversion.coupons.values_list("code", flat=True)) == ["A", "B"]


def test_refunds_count_by_their_number_or_by_their_sum_and_a_cancellation_takes_the_rest() -> None:
    shop = make()
    tell(shop, order())
    for identity in ("1", "2"):
        refund = {"what": "Refund", "id": identity, "order": {"id": 7}, "refund": {"id": "r1", "total": "-10"}}
        tell(shop, refund, at=timedelta(minutes=1))
    assert Conversion.objects.get().remaining_minor == 4_025
    for number, sum_so_far in enumerate(("5", "15"), start=2):
        refund = {"what": "credited", "order": {"id": 7}, "refund": {"total": sum_so_far}}
        tell(shop, refund, at=timedelta(minutes=number))
    assert Conversion.objects.get().remaining_minor == 2_525
    tell(shop, {"what": "cancel", "order": {"id": 7}}, at=timedelta(minutes=9))
    assert Conversion.objects.get().remaining_minor == 0


def test_whole_cents_are_read_as_such_and_half_ones_are_refused() -> None:
    shop = make(minor_units=True)
    tell(shop, order(total=5_025))
    tell(shop, order(id=8, total="50.25"))
    assert Conversion.objects.get().total_minor == 5_025
    refused = ShopDelivery.objects.get(state="refused")
    assert refused.outcomes[0]["sentence"] == "“50.25” is no whole number of the smallest unit."


@pytest.mark.parametrize(("signing", "sign"), [("hmac_hex", hex_signature), ("hmac_base64", base64_signature)])
def test_a_signature_over_the_body_proves_it(signing: str, sign: Any) -> None:  # noqa: ANN401 - a function
    shop, body = make(signing=signing, header="X-Signature"), json.dumps(order()).encode()
    good = sign(Sender.secret, body)
    assert take_message(shop, Message({"x-signature": f"sha256={good}"}, body, NOON))
    assert not take_message(shop, Message({"x-signature": good}, body, NOON)), "the same body is the same message"
    for headers, sent in (({"x-signature": good}, body + b" "), ({}, body), ({"x-signature": Sender.secret}, body)):
        with pytest.raises(NotProven):
            take_message(shop, Message(headers, sent, NOON))


def test_fields_are_guessed_where_people_put_them() -> None:
    sample = {
        "event": "x",
        "data": {"order": {"id": 1, "total_price": "2"}, "customer": {"email": "a@b.c"}, "rpid": ""},
    }
    assert guess(sample) == {
        "number": "data.order.id",
        "total": "data.order.total_price",
        "email": "data.customer.email",
        "click_id": "data.rpid",
        "event": "event",
    }
    assert guess({}) == {}
