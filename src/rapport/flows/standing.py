"""End an agreement, and hold at once what it still waits for when it broke the terms."""

from datetime import datetime

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.partners import actions as partners
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer

BATCH = 100


def end_agreement(*, agreement_id: str, for_breach: bool, reason: str, by: Actor, at: datetime) -> Agreement:
    """End an agreement; after a breach a person looks at every commission that is not approved yet.

    Those are judged in batches after the end: whatever a kill leaves over is held when its hold would have ended.
    """
    agreement = partners.end_agreement(agreement_id=agreement_id, for_breach=for_breach, reason=reason, by=by, at=at)
    if for_breach:
        _hold_what_waits(agreement, by=by, at=at)
    return agreement


def _hold_what_waits(agreement: Agreement, *, by: Actor, at: datetime) -> None:
    offer = load_offer(agreement.program_id)
    waiting = commissions_of_agreement(agreement.id).filter(accrued_minor__gt=0, conversion__isnull=False)
    ids = list(waiting.order_by("id").values_list("conversion_id", flat=True))
    for start in range(0, len(ids), BATCH):
        with transaction():
            touched = Touched.by(Conversion.objects.filter(pk__in=ids[start : start + BATCH]))
            judge_touched(touched, offer=offer, cause="agreement-ended", by=by, at=at)
