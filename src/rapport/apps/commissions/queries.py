"""Read judgements and commissions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from rapport.apps.commissions.models import Attribution, Commission, CommissionState, Proposal, ProposalState
from rapport.apps.record.asking import composed
from rapport.domain.books import Booked
from rapport.domain.credit import HoldReason


def latest_attributions(conversion_ids: Collection[str]) -> dict[str, Attribution]:
    """Return the judgement that holds for each conversion, in one query."""
    return {str(row.conversion_id): row for row in _latest(conversion_ids=sorted(conversion_ids))}


@composed
def _latest(conversion_ids: Sequence[str]) -> QuerySet[Attribution]:
    newer = Attribution.objects.filter(conversion_id=OuterRef("conversion_id"), number__gt=OuterRef("number"))
    return Attribution.objects.filter(~Exists(newer), conversion_id__in=conversion_ids)


def attribution_of(conversion_id: str) -> Attribution | None:
    """Return the judgement that holds for a conversion."""
    return Attribution.objects.filter(conversion_id=conversion_id).order_by("-number").first()


def commissions_of(conversion_ids: Collection[str]) -> dict[str, list[Commission]]:
    """Return the commissions of these conversions, locked for the caller."""
    found: dict[str, list[Commission]] = {conversion_id: [] for conversion_id in conversion_ids}
    for row in _locked(conversion_ids=sorted(conversion_ids)) if conversion_ids else ():
        found[row.source].append(row)
    return found


@composed
def _locked(conversion_ids: Sequence[str]) -> QuerySet[Commission]:
    return Commission.objects.select_for_update(of=("self",)).filter(conversion_id__in=conversion_ids).order_by("id")


def open_proposals(commission_ids: Collection[str]) -> dict[str, Proposal]:
    """Return the proposals that wait for a person, by commission."""
    return {row.commission_id: row for row in _open(commission_ids=sorted(commission_ids))}


@composed
def _open(commission_ids: Sequence[str]) -> QuerySet[Proposal]:
    return Proposal.objects.filter(commission_id__in=commission_ids, state=ProposalState.OPEN)


def sources_refused(commission_ids: Collection[str], *, at: datetime) -> frozenset[str]:
    """Return the sources for which a person refused a proposal at this moment.

    What they earn then differs from the books by what the merchant reported meanwhile: nothing of it is proposed again.
    """
    rows = Proposal.objects.filter(commission_id__in=commission_ids, state=ProposalState.REFUSED, decided_at=at)
    return frozenset(rows.values_list("commission__source", flat=True))


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
        reserved_minor=commission.reserved_minor,
        paid_minor=commission.paid_minor,
    )


def commissions_of_program(program_id: str) -> QuerySet[Commission]:
    """Return the commissions of a program with partner and order, the last earned first."""
    rows = Commission.objects.filter(agreement__program_id=program_id)
    return rows.select_related("agreement__partner", "agreement__program", "conversion", "version").order_by("-id")


def all_commissions() -> QuerySet[Commission]:
    """Return the commissions of every program, for a door that looks for the one its address names."""
    return Commission.objects.select_related("agreement__partner", "agreement__program", "conversion", "version")


def commissions_of_agreement(agreement_id: str) -> QuerySet[Commission]:
    """Return the commissions of one agreement with their orders, the last earned first."""
    rows = Commission.objects.filter(agreement_id=agreement_id)
    return rows.select_related("agreement__partner", "agreement__program", "conversion", "version").order_by(
        "-earned_at", "-id"
    )


def held_commissions(program_id: str) -> QuerySet[Commission]:
    """Return the commissions that a doubt holds, oldest first; a conflict is settled at its order, not here.

    What only waits for the partner to accept the terms, or for a server to confirm the order, asks nothing of the team.
    """
    held = commissions_of_program(program_id).filter(state=CommissionState.HELD)
    held = held.exclude(holds=[HoldReason.TERMS_NOT_ACCEPTED.value]).exclude(holds=[HoldReason.UNCONFIRMED.value])
    return held.exclude(conversion__in_conflict=True).order_by("id")


def open_proposals_of(program_id: str) -> QuerySet[Proposal]:
    """Return the proposals of a program that wait for a person, oldest first."""
    rows = Proposal.objects.filter(commission__agreement__program_id=program_id, state=ProposalState.OPEN)
    return rows.select_related("commission__agreement__partner", "commission__conversion").order_by("id")


def untold_proposals() -> QuerySet[Proposal]:
    """Return the open proposals whose partner has not been told, oldest first."""
    rows = Proposal.objects.filter(state=ProposalState.OPEN, told_at__isnull=True)
    return rows.select_related("commission__agreement__program", "commission__conversion").order_by("id")


def disputed_commissions(program_id: str) -> QuerySet[Commission]:
    """Return the commissions whose partner replied to a decline, oldest first."""
    return commissions_of_program(program_id).filter(state=CommissionState.DISPUTED).order_by("id")


def approvable(rows: QuerySet[Commission]) -> QuerySet[Commission]:
    """Return those of these commissions that a person may approve as they are: known and without a doubt."""
    return rows.filter(state=CommissionState.PENDING, holds=[], facts_joined=True, accrued_minor__gt=0)


def waiting_amounts(rows: QuerySet[Commission], *, most: int) -> dict[str, int]:
    """Return what waits of the oldest of these commissions, in minor units, by id."""
    return dict(rows.order_by("id").values_list("id", "accrued_minor")[:most])


def attributions_of(conversion_id: str) -> QuerySet[Attribution]:
    """Return every judgement of a conversion, the one that holds first."""
    return Attribution.objects.filter(conversion_id=conversion_id).order_by("-number")


def holds_ending(program_id: str, *, until: datetime) -> QuerySet[Commission]:
    """Return the commissions that silence approves up to this moment."""
    pending = Commission.objects.filter(agreement__program_id=program_id, state=CommissionState.PENDING, holds=[])
    return pending.filter(hold_until__lte=until, accrued_minor__gt=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Some commissions together, in minor units: how many, and where their money is."""

    count: int = 0
    accrued_minor: int = 0
    payable_minor: int = 0
    reserved_minor: int = 0
    paid_minor: int = 0

    @property
    def minor(self) -> int:
        """Return what they are worth together."""
        return self.accrued_minor + self.payable_minor + self.reserved_minor + self.paid_minor


def sums_by_state(rows: QuerySet[Commission]) -> dict[str, Standing]:
    """Return the sums of these commissions by their state."""
    return _sums(rows, by="state")


def sums_by_agreement(rows: QuerySet[Commission]) -> dict[str, Standing]:
    """Return the sums of these commissions by agreement."""
    return _sums(rows, by="agreement_id")


def _sums(rows: QuerySet[Commission], *, by: str) -> dict[str, Standing]:
    grouped = rows.order_by().values_list(by).annotate(Count("id"), *map(Sum, _AMOUNTS))
    return {key: Standing(*sums) for key, *sums in grouped}


_AMOUNTS = ("accrued_minor", "payable_minor", "reserved_minor", "paid_minor")
