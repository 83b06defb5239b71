"""Read invoices, and which payouts still wait for theirs."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from rapport.apps.commissions.models import Commission
from rapport.apps.invoices.models import Invoice, InvoiceCorrection, InvoiceObjection, InvoiceRole, ObjectionState
from rapport.apps.payouts.models import CORRECTED, Payout, PayoutLine, PayoutState, PayoutTax

FIRST = (InvoiceRole.INVOICE, InvoiceRole.CREDIT)
"""What a payout is billed by when it arrived."""

BILLING = (*FIRST, InvoiceRole.NEW_INVOICE, InvoiceRole.NEW_CREDIT)
"""Whatever bills or credits a payout; what takes another paper back does neither."""

OBJECT_WITHIN = timedelta(days=14)
"""How long after a paper could be read its partner may object to it."""

_UNDONE = (PayoutState.RETURNED, PayoutState.FAILED)


def all_invoices() -> QuerySet[Invoice]:
    """Return every invoice, for a door that looks for the one its address names."""
    return Invoice.objects.select_related(
        "payout__agreement__partner", "payout__agreement__program", "payout__run__program", "series", "objection"
    )


def invoices_of_program(program_id: str) -> QuerySet[Invoice]:
    """Return the invoices and credit notes of a program, the newest first."""
    return all_invoices().filter(payout__run__program_id=program_id).order_by("-issued_at", "-id")


def invoices_of_agreement(agreement_id: str) -> QuerySet[Invoice]:
    """Return the invoices and credit notes of one agreement, the newest first."""
    return all_invoices().filter(payout__agreement_id=agreement_id).order_by("-issued_at", "-number")


def names_by_payout(payout_ids: Collection[str]) -> dict[str, str]:
    """Return the number of the invoice by which each of these payouts was billed, the one that stands."""
    rows = Invoice.objects.filter(payout_id__in=payout_ids, role__in=(InvoiceRole.INVOICE, InvoiceRole.NEW_INVOICE))
    return dict(rows.order_by("number").values_list("payout_id", "name"))


def standing_papers() -> QuerySet[Invoice]:
    """Return the papers that bill or credit, without those that were written anew since."""
    return Invoice.objects.filter(role__in=BILLING, correction=None)


def objection_to(invoice: Invoice) -> InvoiceObjection | None:
    """Return what a partner has against a paper."""
    return InvoiceObjection.objects.filter(pk=invoice.pk).first()


def correction_of(invoice: Invoice) -> InvoiceCorrection | None:
    """Return by which papers one was taken back and written anew."""
    return InvoiceCorrection.objects.select_related("takes_back", "anew").filter(pk=invoice.pk).first()


def open_objections(program_id: str) -> QuerySet[InvoiceObjection]:
    """Return the objections that nobody decided, oldest first."""
    rows = InvoiceObjection.objects.filter(state=ObjectionState.OPEN, invoice__payout__run__program_id=program_id)
    return rows.select_related("invoice__payout__agreement__partner").order_by("raised_at", "invoice_id")


def last_day_to_object(invoice: Invoice) -> date:
    """Return the last day, in the program's zone, on which a partner may object to a paper."""
    zone = ZoneInfo(invoice.payout.agreement.program.zone)
    return (invoice.issued_at + OBJECT_WITHIN).astimezone(zone).date()


def may_object(invoice: Invoice, *, at: datetime) -> bool:
    """Say whether a partner may object to a paper now: it bills or credits, stands, and is young enough."""
    zone = ZoneInfo(invoice.payout.agreement.program.zone)
    is_young = at.astimezone(zone).date() <= last_day_to_object(invoice)
    return is_young and standing_papers().filter(pk=invoice.pk, objection=None, corrected_by=None).exists()


def may_correct(invoice: Invoice) -> bool:
    """Say whether a paper can be written anew: it bills or credits what arrived, and stands."""
    arrived = standing_papers().filter(pk=invoice.pk, corrected_by=None, payout__state=PayoutState.SETTLED)
    return arrived.exists()


def payouts_to_bill() -> QuerySet[PayoutTax]:
    """Return what arrived and has no paper yet, and what came back and whose papers nobody took back, oldest first."""
    papers = Invoice.objects.filter(payout_id=OuterRef("payout_id"), role__in=BILLING)
    # A payout of nothing but VAT that was put right has nothing that could be billed.
    supplies = PayoutLine.objects.filter(payout_id=OuterRef("payout_id"))
    supplies = supplies.exclude(subject=OuterRef("payout_id")).exclude(subject__startswith=CORRECTED)
    arrived = Q(payout__state=PayoutState.SETTLED) & ~Q(Exists(papers)) & Q(Exists(supplies))
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
