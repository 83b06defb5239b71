"""What the worker does about rates; each is safe to run twice."""

from django.conf import settings

from rapport.apps.conversions.queries import programs_awaiting_rates
from rapport.apps.jobs.retry import job
from rapport.apps.record.actors import Actor
from rapport.flows.rates import rating, taking
from rapport.kit.clock import now


@job(retries=5, key="fetch-rates", queue="long", first_wait_s=60)
def fetch_rates() -> None:
    """Fetch the list of the European Central Bank."""
    taking.fetch_rates(by=Actor.system("rates"), at=now())
    rating.rate_orders(at=now())


@job(retries=5, key="rate-orders", queue="long")
def rate_orders() -> None:
    """Rate the orders that wait, and judge them again."""
    rating.rate_orders(at=now())


def orders_wait() -> bool:
    """Say cheaply whether an order waits for a rate."""
    return bool(programs_awaiting_rates())


def rates_are_fetched() -> bool:
    """Say whether the installation has switched it on; nothing leaves a demo."""
    return bool(settings.RATES_FETCH) and not settings.DEMO
