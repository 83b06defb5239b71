"""Read invoices, and which payouts still wait for theirs."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from rapport.apps.commissions.models import Commission
from rapport.apps.invoices.models import Invoice, InvoiceRole
from rapport.apps.payouts.models import Payout, PayoutLine, PayoutState, PayoutTax

FIRST = (InvoiceRole.INVOICE, InvoiceRole.CREDIT)
"""What a payout is billed by when it arrived."""

_UNDONE = (PayoutState.RETURNED, PayoutState.FAILED)


def all_invoices() -> QuerySet[Invoice]:
    """Return every invoice, for a door that looks for the one its address names."""
    return Invoice.objects.select_related("payout__agreement__partner", "payout__run__program", "series")


def invoices_of_program(program_id: str) -> QuerySet[Invoice]:
    """Return the invoices and credit notes of a program, the newest first."""
    return all_invoices().filter(payout__run__program_id=program_id).order_by("-issued_at", "-id")


def invoices_of_agreement(agreement_id: str) -> QuerySet[Invoice]:
    """Return the invoices and credit notes of one agreement, the newest first."""
    return all_invoices().filter(payout__agreement_id=agreement_id).order_by("-issued_at", "-number")


def names_by_payout(payout_ids: Collection[str]) -> dict[str, str]:
    """Return the number of the invoice by which each of these payouts was billed."""
    rows = Invoice.objects.filter(payout_id__in=payout_ids, role=InvoiceRole.INVOICE)
    return dict(rows.values_list("payout_id", "name"))


def payouts_to_bill() -> QuerySet[PayoutTax]:
    """Return what arrived and has no paper yet, and what came back and whose papers nobody took back, oldest first."""
    papers = Invoice.objects.filter(payout_id=OuterRef("payout_id"), role__in=FIRST)
    arrived = Q(payout__state=PayoutState.SETTLED) & ~Q(Exists(papers))
    came_back = Q(payout__state__in=_UNDONE) & Q(Exists(papers.filter(corrected_by=None)))
    return PayoutTax.objects.filter(arrived | came_back, is_billed=True).order_by("payout_id")


def period_of(payout: Payout) -> tuple[date, date]:
    """Return from which day to which day a payout's commissions were earned, in days of the program's zone."""
    subjects = PayoutLine.objects.filter(payout=payout).values("subject")
    found = Commission.objects.filter(pk__in=subjects).aggregate(first=Min("earned_at"), last=Max("earned_at"))
    zone = ZoneInfo(payout.agreement.program.zone)
    moments = (found["first"] or payout.reserved_at, found["last"] or payout.reserved_at)
    first, last = (one.astimezone(zone).date() for one in moments)
    return first, last
