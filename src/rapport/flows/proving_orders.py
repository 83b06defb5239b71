"""Order a look at an applicant's site: the worker does it, because it asks the outside."""

from datetime import datetime

from rapport.apps.partners.actions import ask_for_check
from rapport.apps.partners.models import Application
from rapport.apps.record.write import transaction
from rapport.flows.tasks import check_site


def order_check(application: Application, *, at: datetime) -> None:
    """Note that the applicant says the code is in place, and let the worker look."""
    with transaction():
        ask_for_check(application_id=application.id, at=at)
        check_site.enqueue(application_id=application.id)
