"""Issue invoices and credit notes: one number after the other, with everything that stands on them, never changed."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rapport.apps.invoices.documents import Document, document_of, mirrored
from rapport.apps.invoices.models import Invoice, InvoiceRole, InvoiceSeries
from rapport.apps.invoices.queries import FIRST, names_by_payout, payouts_to_bill, period_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import PayoutState, PayoutTax
from rapport.apps.payouts.queries import nets_of
from rapport.apps.payouts.taxing import billed, origins_kept
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain.vat import Bill
from rapport.kit.ids import new_id

_CANCELS = {
    InvoiceRole.INVOICE.value: InvoiceRole.CANCELS_INVOICE,
    InvoiceRole.CREDIT.value: InvoiceRole.CANCELS_CREDIT,
}
_SHORTEST = 6


def issue_for(*, payout_id: str, by: Actor, at: datetime) -> list[Invoice]:
    """Issue what a payout still needs: invoice and credit note when it arrived, what takes them back when it came back.

    Asked twice, or by two at once, it issues once: the row of the series is locked, and what is there is seen.
    """
    with transaction():
        series = _locked_series(payout_id)
        tax = _waiting(payout_id)
        if tax is None:
            return []
        on = at.astimezone(ZoneInfo(tax.payout.agreement.program.zone)).date()
        drafts = (
            _bill(series, tax, on=on) if tax.payout.state == PayoutState.SETTLED else _take_back(series, tax, on=on)
        )
        for invoice in drafts:
            invoice.id, invoice.issued_at = new_id("inv", at=at), at
            invoice.save(force_insert=True)
            _trace(invoice, by=by, at=at)
        series.last_number += len(drafts)
        series.save(update_fields=["last_number"])
        seal_rows([series, *drafts])
    return drafts


def _locked_series(payout_id: str) -> InvoiceSeries:
    agreement = Agreement.objects.select_for_update(of=("self",)).get(
        pk=PayoutTax.objects.values_list("payout__agreement_id", flat=True).get(pk=payout_id)
    )
    found = InvoiceSeries.objects.select_for_update(of=("self",)).filter(agreement=agreement).first()
    return found or InvoiceSeries.objects.create(agreement=agreement, prefix=_prefix(agreement))


def _prefix(agreement: Agreement) -> str:
    """Return how the numbers of an agreement begin: the shortest end of its id that no other has."""
    text = agreement.id.rpartition("_")[2].upper()
    for length in range(_SHORTEST, len(text)):
        if not InvoiceSeries.objects.filter(prefix=text[-length:]).exists():
            return text[-length:]
    return text


def _waiting(payout_id: str) -> PayoutTax | None:
    rows = payouts_to_bill().select_related("payout__agreement__program", "payout__run", "profile", "payer")
    return rows.filter(pk=payout_id).first()


def _bill(series: InvoiceSeries, tax: PayoutTax, *, on: date) -> list[Invoice]:
    nets = nets_of([tax.payout_id])[tax.payout_id]
    nets.pop(tax.payout_id, None)  # what taxes did is no supply
    origins = origins_kept(tax)
    found = billed(
        {key: minor for key, minor in nets.items() if minor}, now=(tax.treatment, tax.percent), origins=origins
    )
    if (found.invoice.net_minor + found.credit.net_minor, found.vat_minor) != (tax.net_minor, tax.vat_minor):
        raise AssertionError(f"{tax.payout_id} is billed otherwise than it was paid")
    earlier = names_by_payout({origin.payout_id for origin in origins.values()})
    period = period_of(tax.payout)
    wanted = ((InvoiceRole.INVOICE, found.invoice), (InvoiceRole.CREDIT, found.credit))
    drafts: list[Invoice] = []
    for role, bill in wanted:
        if bill.lines:
            number, name = _next(series, drafts)
            document = document_of(bill, tax, name=name, on=on, earlier=earlier, period=period)
            drafts.append(_draft(series, tax, number=number, role=role, sums=_sums(bill), document=document))
    return drafts


def _take_back(series: InvoiceSeries, tax: PayoutTax, *, on: date) -> list[Invoice]:
    drafts: list[Invoice] = []
    for one in Invoice.objects.filter(payout=tax.payout, role__in=FIRST, corrected_by=None).order_by("number"):
        number, name = _next(series, drafts)
        document = mirrored(one, name=name, on=on)
        sums = (-one.net_minor, -one.vat_minor)
        draft = _draft(series, tax, number=number, role=_CANCELS[one.role], sums=sums, document=document)
        draft.corrects = one
        drafts.append(draft)
    return drafts


def _next(series: InvoiceSeries, drafts: Sequence[Invoice]) -> tuple[int, str]:
    number = series.last_number + len(drafts) + 1
    return number, f"{series.prefix}-{number:04d}"


def _sums(bill: Bill) -> tuple[int, int]:
    return bill.net_minor, bill.vat_minor


def _draft(
    series: InvoiceSeries,
    tax: PayoutTax,
    *,
    number: int,
    role: InvoiceRole,
    sums: tuple[int, int],
    document: Document,
) -> Invoice:
    return Invoice(
        series=series,
        number=number,
        name=str(document["number"]),
        role=role,
        payout=tax.payout,
        currency=tax.payout.currency,
        net_minor=sums[0],
        vat_minor=sums[1],
        document=document,
        issued_on=date.fromisoformat(str(document["issued_on"])),
    )


def _trace(invoice: Invoice, *, by: Actor, at: datetime) -> None:
    workspace_id = invoice.payout.agreement.program.workspace_id
    data = {"number": invoice.name, "role": str(invoice.role), "net_minor": invoice.net_minor}
    audit(by=by, at=at, action="invoice.issued", subject=invoice.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind="invoice.issued", subject=invoice.payout.agreement_id, workspace_id=workspace_id)
