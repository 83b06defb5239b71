"""Read judgements and commissions."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from rapport.apps.commissions.models import Attribution, Commission, CommissionState, Proposal, ProposalState
from rapport.domain.books import Booked


def latest_attributions(conversion_ids: Collection[str]) -> dict[str, Attribution]:
    """Return the judgement that holds for each conversion, in one query."""
    rows = Attribution.objects.filter(conversion_id__in=conversion_ids).order_by("conversion_id", "number")
    return {row.conversion_id: row for row in rows}


def attribution_of(conversion_id: str) -> Attribution | None:
    """Return the judgement that holds for a conversion."""
    return Attribution.objects.filter(conversion_id=conversion_id).order_by("-number").first()


def commissions_of(conversion_ids: Collection[str]) -> dict[str, list[Commission]]:
    """Return the commissions of these conversions, locked for the caller."""
    found: dict[str, list[Commission]] = {conversion_id: [] for conversion_id in conversion_ids}
    rows = Commission.objects.select_for_update(of=("self",)).filter(conversion_id__in=conversion_ids).order_by("id")
    for row in rows:
        found[row.source].append(row)
    return found


def open_proposals(commission_ids: Collection[str]) -> dict[str, Proposal]:
    """Return the proposals that wait for a person, by commission."""
    rows = Proposal.objects.filter(commission_id__in=commission_ids, state=ProposalState.OPEN)
    return {row.commission_id: row for row in rows}


def due_for_approval(*, at: datetime) -> QuerySet[Commission]:
    """Return the commissions whose hold has ended without a doubt, oldest first."""
    due = Commission.objects.filter(
        state=CommissionState.PENDING, hold_until__lte=at, facts_joined=True, holds=[], accrued_minor__gt=0
    )
    return due.order_by("hold_until", "id")


def booked_of(commission: Commission) -> Booked:
    """Return what the books hold for a commission, by its cache."""
    return Booked(
        accrued_minor=commission.accrued_minor,
        payable_minor=commission.payable_minor,
        paid_minor=commission.paid_minor,
    )
