"""What the worker does for shops; each is safe to run twice."""

from rapport.apps.jobs.retry import job
from rapport.apps.record.actors import Actor
from rapport.apps.shops.actions import forget_bodies, forget_differences
from rapport.apps.shops.models import ComparisonState
from rapport.apps.shops.queries import all_comparisons, connected_shops, shops_with_deliveries
from rapport.flows.shops import coding, comparing, connecting, taking
from rapport.kit.clock import now


@job(retries=3, key="shop-deliveries:{shop_id}", first_wait_s=1)
def take_deliveries(shop_id: str) -> None:
    """Take in what a shop delivered."""
    taking.take_deliveries(shop_id, at=now())


@job(retries=3, key="shop-deliveries-due")
def take_due_deliveries() -> None:
    """Take in what was put off, or left behind by a job that was killed."""
    for shop_id in shops_with_deliveries(at=now()):
        taking.take_deliveries(shop_id, at=now())


@job(retries=3, key="shop-connect:{shop_id}", first_wait_s=1)
def connect(shop_id: str) -> None:
    """Ask a shop who it is, and to send its messages."""
    connecting.connect(shop_id, at=now())


@job(retries=3, key="shop-compare:{comparison_id}", queue="long")
def compare(comparison_id: str) -> None:
    """Carry out a comparison that a person asked for."""
    comparison = all_comparisons().get(pk=comparison_id)
    if comparison.state == ComparisonState.RUNNING:
        comparing.carry_on(comparison, at=now())


@job(retries=3, key="shops-compare", queue="long")
def compare_all() -> None:
    """Compare the last weeks of every shop that can be asked, every night."""
    for shop in connected_shops():
        if not shop.settings.get("by_hand"):
            comparing.compare_lately(shop, by=Actor.system("shops"), at=now())


@job(retries=3, key="shop-codes")
def make_codes() -> None:
    """Order codes for every shop that makes some, and make those that are due."""
    at = now()
    coding.order_all(at=at)
    coding.make_codes(at=at)


@job(retries=3, key="forget-shop-messages")
def forget_messages() -> None:
    """Forget bodies and comparisons after their time."""
    at = now()
    forget_bodies(at=at)
    forget_differences(at=at)


def deliveries_wait() -> bool:
    """Say whether a delivery is due that no job of its shop took."""
    return bool(shops_with_deliveries(at=now()))


def codes_wait() -> bool:
    """Say whether a code is to be made in a shop."""
    return coding.codes_wait(at=now())
