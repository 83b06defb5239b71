"""Lock the stories that are about to be judged, in the one order that all takers keep."""

from collections.abc import Collection, Sequence

from django.db import connection

from rapport.apps.conversions.models import Conversion, Customer
from rapport.apps.conversions.recording import StoryKey


def lock_stories(keys: Sequence[StoryKey]) -> None:
    """Lock customers by id, then the conversions that have no customer; SQLite's one writer needs no row locks.

    A conversion that has learned its customer since the caller looked at it has joined that customer's story, so that
    customer is locked as well.
    """
    if not connection.features.has_select_for_update:
        return
    customers = {key.customer_id for key in keys if key.customer_id}
    alone = [key.conversion_id for key in keys if key.conversion_id]
    _lock_customers(customers)
    if alone:
        locked = Conversion.objects.select_for_update(of=("self",)).filter(pk__in=alone)
        learned = {
            customer_id for customer_id in locked.order_by("id").values_list("customer_id", flat=True) if customer_id
        }
        _lock_customers(learned - customers)


def _lock_customers(ids: Collection[str]) -> None:
    if ids:
        list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("id").values_list("id"))
