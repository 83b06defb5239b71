"""Forget who a customer is: what was bought stays, and nothing leads from the person to it any more."""

from datetime import datetime

from rapport.apps.conversions.models import Customer
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction


def forget_customer(*, program_id: str, key: str, by: Actor, at: datetime) -> bool:
    """Take the key away by which a customer was known; say whether there was one."""
    with transaction():
        rows = Customer.objects.select_for_update(of=("self",)).select_related("program")
        row = rows.filter(program_id=program_id, key=key).first()
        if row is None:
            return False
        row.key = f"gone:{row.id}"
        row.save(update_fields=["key"])
        workspace_id = row.program.workspace_id
        audit(by=by, at=at, action="customer.forgotten", subject=row.id, workspace_id=workspace_id)
    return True
