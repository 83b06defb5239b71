"""Stripe from message to commission: payments, subscriptions, refunds and disputes, in any order."""

import json
from datetime import timedelta
from itertools import permutations

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.queries import recount
from rapport.apps.shops.errors import NotProven
from rapport.apps.shops.models import ShopDelivery
from rapport.apps.shops.providers.protocol import Message
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.domain.terms import presets
from rapport.flows.shops.arriving import take_message
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_link, make_program
from tests.make.shops import arrive, deliver, make_shop

pytestmark = pytest.mark.django_db

SUBSCRIPTION = dict(next(one for one in presets() if one.key == "software-subscription").document)


def left() -> dict[str, int]:
    return {row.external_id: row.remaining_minor for row in Conversion.objects.all()}


def test_a_payment_through_a_link_becomes_an_explained_commission() -> None:
    program, stripe = make_program(), StripeSimulator()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=1))
    shop = make_shop(program, "stripe", stripe)
    stripe.buy(10_422, at=NOON, click_id=click)

    deliver(shop, stripe)

    conversion, commission = Conversion.objects.get(), Commission.objects.get()
    assert (conversion.external_id, conversion.total_minor, conversion.country) == ("pi_1", 10_422, "DE")
    assert conversion.customer is not None
    assert conversion.customer.key.startswith("h:")
    assert commission.accrued_minor == 1251
    assert recount(program.id).problems == []
    [delivery] = ShopDelivery.objects.all()
    assert (delivery.state, delivery.outcomes[0]["subject"]) == ("taken", conversion.id)


def test_renewals_follow_the_customer_and_the_first_invoice_counts_once() -> None:
    program, stripe = make_program(document=SUBSCRIPTION), StripeSimulator()
    click = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=1))
    shop = make_shop(program, "stripe", stripe, renewal_kind="rebill")
    first = stripe.subscribe(5_000, at=NOON, click_id=click)
    stripe.renew(5_000, at=NOON + timedelta(days=30), customer=first["customer"])

    # What the payment of an invoice names must be asked for, which these stories leave to others.
    messages = [sent for sent in stripe.sent if sent.topic != "invoice_payment.paid"]
    deliver(shop, stripe, messages, at=NOON + timedelta(days=30))

    assert sorted(Conversion.objects.values_list("kind", "total_minor")) == [("rebill", 5_000), ("sale", 5_000)]
    assert sorted(Commission.objects.values_list("accrued_minor", flat=True)) == [1_000, 1_000]


def test_whatever_order_messages_come_in_the_end_is_the_same() -> None:
    outcomes = set()
    for order in list(permutations(range(4)))[::3]:
        program, stripe = make_program(), StripeSimulator()
        shop = make_shop(program, "stripe", stripe)
        stripe.buy(10_000, at=NOON)
        stripe.refund("pi_1", 1_000, at=NOON + timedelta(hours=1))
        stripe.refund("pi_1", 500, at=NOON + timedelta(hours=2))
        stripe.dispute("pi_1", at=NOON + timedelta(hours=3))
        for position in order:
            deliver(shop, stripe, [stripe.sent[position]] * 2, at=NOON + timedelta(hours=4))
        conversion = Conversion.objects.get(program=program)
        outcomes.add((conversion.remaining_minor, conversion.in_conflict, conversion.over_corrected))
        assert stripe.left() == {"pi_1": 0}
    assert outcomes == {(0, False, False)}


def test_a_won_dispute_gives_back_even_when_its_beginning_comes_last() -> None:
    for order in ((0, 1, 2), (0, 2, 1), (2, 1, 0)):
        program, stripe = make_program(), StripeSimulator()
        shop = make_shop(program, "stripe", stripe)
        stripe.buy(10_000, at=NOON)
        dispute = stripe.dispute("pi_1", at=NOON + timedelta(days=1))
        stripe.close(dispute, won=True, at=NOON + timedelta(days=9))
        for position in order:
            deliver(shop, stripe, [stripe.sent[position]], at=NOON + timedelta(days=9))
        assert Conversion.objects.get(program=program).remaining_minor == 10_000


def test_a_refund_waits_visibly_for_its_order() -> None:
    program, stripe = make_program(), StripeSimulator()
    shop = make_shop(program, "stripe", stripe)
    stripe.buy(10_000, at=NOON)
    stripe.refund("pi_1", 1_000, at=NOON)
    deliver(shop, stripe, [stripe.sent[1]])
    assert list(ShopDelivery.objects.values_list("state", "waits_for")) == [("waiting", "pi_1")]
    deliver(shop, stripe, [stripe.sent[0]])
    assert left() == {"pi_1": 9_000}
    assert set(ShopDelivery.objects.values_list("state", flat=True)) == {"taken"}


def test_an_old_message_proves_nothing_and_a_repeated_one_counts_once() -> None:
    program, stripe = make_program(), StripeSimulator()
    shop = make_shop(program, "stripe", stripe)
    stripe.buy(10_000, at=NOON)
    [sent] = stripe.sent
    assert [arrive(shop, stripe, sent), arrive(shop, stripe, sent)] == [True, False]
    old = stripe.headers(sent, at=NOON)
    for later in (timedelta(hours=1), timedelta(days=40)):
        with pytest.raises(NotProven):
            take_message(shop, Message(headers=old, body=sent.body, at=NOON + later))
    for headers in ({}, {"stripe-signature": "t=x,v1=y"}, {"stripe-signature": f"t={int(NOON.timestamp())},v1="}):
        with pytest.raises(NotProven):
            take_message(shop, Message(headers=headers, body=sent.body, at=NOON))
    with pytest.raises(NotProven):
        take_message(shop, Message(headers=old, body=sent.body + b" ", at=NOON))
    shop.refresh_from_db()
    assert ShopDelivery.objects.count() == 1
    assert shop.unproven_at is not None


def test_an_order_in_another_currency_than_the_programs_is_taken_and_waits_for_its_rate() -> None:
    program, stripe = make_program(), StripeSimulator(currency="usd")
    shop = make_shop(program, "stripe", stripe)
    stripe.buy(10_000, at=NOON)
    deliver(shop, stripe)
    [delivery] = ShopDelivery.objects.all()
    row = Conversion.objects.get()
    assert (delivery.state, row.currency, row.total_minor, row.awaits_rate) == ("taken", "USD", 10_000, True)
    assert "as soon as a rate of USD" in delivery.outcomes[0]["sentence"]


def test_what_cannot_be_read_is_refused_with_a_reason() -> None:
    program, stripe = make_program(), StripeSimulator()
    shop = make_shop(program, "stripe", stripe)
    stripe.buy(10_000, at=NOON)
    event = json.loads(stripe.sent[0].body)
    event["data"]["object"]["amount_total"] = 12.5
    stripe.sent[0] = type(stripe.sent[0])("checkout.session.completed", json.dumps(event).encode())
    deliver(shop, stripe)
    assert ShopDelivery.objects.get().outcomes[0]["sentence"] == "“12.5” is not an amount."
