"""Keep what shops deliver, once each, and what became of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.vault import sealed_for
from rapport.apps.record.write import insert_rows, transaction
from rapport.apps.shops.models import DeliveryState, Shop, ShopDelivery
from rapport.apps.shops.providers.protocol import Proof
from rapport.kit.ids import new_id

MOST_ATTEMPTS = 10
BODIES_KEPT = timedelta(days=30)
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_AT_ONCE = 500

Outcome = Mapping[str, str]


def keep_delivery(*, shop: Shop, proof: Proof, body: bytes, at: datetime) -> bool:
    """Keep a proven delivery as it came, inside the caller's transaction; say whether it was not known yet."""
    if ShopDelivery.objects.filter(shop=shop, delivery_id=proof.delivery_id).exists():
        return False
    row = ShopDelivery(
        id=new_id("dlv", at=at),
        shop=shop,
        delivery_id=proof.delivery_id,
        topic=proof.topic[:80],
        next_at=at,
        received_at=at,
    )
    # Byte by byte: what is no UTF-8 is kept too.
    row.body = sealed_for(row, "body", body.decode("latin-1"))
    insert_rows([row], ignore_known=True)
    Shop.objects.filter(pk=shop.pk).update(delivered_at=at)
    return True


def lock_delivery(delivery_id: str) -> ShopDelivery | None:
    """Return a delivery that still is to be taken, locked inside the caller's transaction; None when it is not."""
    rows = ShopDelivery.objects.select_for_update(of=("self",)).select_related("shop__program")
    return rows.filter(pk=delivery_id, state=DeliveryState.RECEIVED).first()


def settle_delivery(
    delivery: ShopDelivery, *, state: DeliveryState, outcomes: Sequence[Outcome], waits_for: str = "", at: datetime
) -> None:
    """Keep what became of a delivery, inside the transaction that did it."""
    delivery.state, delivery.outcomes, delivery.waits_for = state, list(outcomes), waits_for
    delivery.handled_at = at
    delivery.save(update_fields=("state", "outcomes", "waits_for", "handled_at"))


def put_off_delivery(delivery_id: str, *, problem: str, at: datetime) -> DeliveryState:
    """Let a delivery be tried again later, or give it up after many attempts; a person may run it again."""
    with transaction():
        delivery = lock_delivery(delivery_id)
        if delivery is None:
            return DeliveryState.TAKEN
        delivery.attempts += 1
        delivery.next_at = at + min(_FIRST_WAIT * 2 ** (delivery.attempts - 1), _LONGEST_WAIT)
        if delivery.attempts >= MOST_ATTEMPTS:
            delivery.state, delivery.handled_at = DeliveryState.FAILED, at
        delivery.outcomes = [{"sentence": problem}]
        delivery.save(update_fields=("attempts", "next_at", "state", "handled_at", "outcomes"))
        return DeliveryState(delivery.state)


def release_waiting(*, shop_id: str, names: Collection[str], at: datetime) -> int:
    """Let the deliveries that waited for an order, by its number or payment, be taken now; say how many."""
    wanted = {name for name in names if name}
    waiting = ShopDelivery.objects.filter(shop_id=shop_id, state=DeliveryState.WAITING, waits_for__in=wanted)
    return waiting.update(state=DeliveryState.RECEIVED, next_at=at) if wanted else 0


def run_delivery_again(*, delivery_id: str, by: Actor, at: datetime) -> ShopDelivery:
    """Let a delivery be taken once more; what it told before counts once."""
    with transaction():
        rows = ShopDelivery.objects.select_for_update(of=("self",)).select_related("shop__program")
        delivery = rows.get(pk=delivery_id)
        if not delivery.body:
            raise Refusal(_("Its body was forgotten after its time. Compare the orders of that day instead."))
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.RECEIVED, 0, at
        delivery.save(update_fields=("state", "attempts", "next_at"))
        workspace = delivery.shop.program.workspace_id
        audit(by=by, at=at, action="shop_delivery.run_again", subject=delivery.id, workspace_id=workspace)
    return delivery


def forget_bodies(*, at: datetime) -> int:
    """Forget the bodies of deliveries after their time: they name customers; return how many."""
    old = ShopDelivery.objects.filter(received_at__lt=at - BODIES_KEPT).exclude(body="")
    forgotten = 0
    while ids := list(old.exclude(state=DeliveryState.RECEIVED).values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction():
            forgotten += ShopDelivery.objects.filter(pk__in=ids).update(body="")
    return forgotten


def forget_these_bodies(delivery_ids: Collection[str]) -> int:
    """Forget the bodies of these deliveries, inside the caller's transaction; return how many had one."""
    rows = ShopDelivery.objects.filter(pk__in=list(delivery_ids)).exclude(body="")
    return rows.update(body="")


def outcome(sentence: str, **more: Any) -> dict[str, str]:  # noqa: ANN401 - texts of any kind
    """Return one thing that came of a delivery."""
    return {"sentence": sentence, **{name: str(value) for name, value in more.items()}}
