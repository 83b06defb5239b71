"""Bill what arrived and take back what came back: the worker asks every few seconds which payouts wait."""

from collections.abc import Callable
from datetime import datetime

from rapport.apps.invoices.actions import issue_for
from rapport.apps.invoices.queries import payouts_to_bill
from rapport.apps.record.actors import Actor
from rapport.flows.retrying import until_settled


def issue_waiting(*, at: datetime, most: int = 500) -> int:
    """Issue for every payout that waits, each in a transaction of its own; return how many papers there are now."""
    by = Actor.system("self-billing")
    issued = 0
    for payout_id in list(payouts_to_bill().values_list("payout_id", flat=True)[:most]):
        issued += until_settled(_issuing(payout_id, by=by, at=at))
    return issued


def invoices_wait() -> bool:
    """Say cheaply whether a payout waits for its papers."""
    return payouts_to_bill().exists()


def _issuing(payout_id: str, *, by: Actor, at: datetime) -> Callable[[], int]:
    return lambda: len(issue_for(payout_id=payout_id, by=by, at=at))
