"""Let go what was held until a partner accepted the terms."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.partners.queries import all_agreements
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.domain.credit import HoldReason
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.retrying import until_settled

BATCH = 100


def release_accepted(*, agreement_id: str, at: datetime) -> int:
    """Judge again, in batches, what was held until the terms were accepted; return how many orders that were."""
    offer = load_offer(all_agreements().get(pk=agreement_id).program_id)
    ids = _held(agreement_id)

    def judge_again(some: list[str]) -> None:
        with transaction():
            touched = Touched.by(Conversion.objects.filter(pk__in=some))
            judge_touched(touched, offer=offer, cause="terms-accepted", by=Actor.system("terms-accepted"), at=at)

    for start in range(0, len(ids), BATCH):
        until_settled(partial(judge_again, ids[start : start + BATCH]))
    return len(ids)


def _held(agreement_id: str) -> list[str]:
    rows: Iterable[tuple[str, list[str]]] = (
        commissions_of_agreement(agreement_id)
        .filter(accrued_minor__gt=0, conversion__isnull=False)
        .order_by("conversion_id")
        .values_list("conversion_id", "holds")
    )
    return [conversion_id for conversion_id, holds in rows if HoldReason.TERMS_NOT_ACCEPTED in holds]
