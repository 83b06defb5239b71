"""Lock the stories that are about to be judged, in the one order that all takers keep."""

from collections.abc import Sequence

from django.db import connection

from rapport.apps.conversions.models import Conversion, Customer
from rapport.apps.conversions.recording import StoryKey


def lock_stories(keys: Sequence[StoryKey]) -> None:
    """Lock customers by id, then the conversions that have no customer; SQLite's one writer needs no row locks."""
    if not connection.features.has_select_for_update:
        return
    customers = [key.customer_id for key in keys if key.customer_id]
    alone = [key.conversion_id for key in keys if key.conversion_id]
    if customers:
        list(Customer.objects.select_for_update().filter(pk__in=customers).order_by("id").values_list("id"))
    if alone:
        locked = Conversion.objects.select_for_update(of=("self",)).filter(pk__in=alone)
        list(locked.order_by("id").values_list("id"))
