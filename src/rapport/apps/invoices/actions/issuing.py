"""Issue invoices and credit notes: one number after the other, with everything that stands on them, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rapport.apps.invoices.documents import Document, both_of, document_of, mirrored
from rapport.apps.invoices.models import Invoice, InvoiceRole, InvoiceSeries
from rapport.apps.invoices.queries import BILLING, names_by_payout, payouts_to_bill
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import PayoutState, PayoutTax
from rapport.apps.payouts.queries import nets_of
from rapport.apps.payouts.taxing import billed, origins_kept, supplied
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain.vat import Bill, Bills, Origin
from rapport.kit.ids import new_id

_CANCELS = {
    InvoiceRole.INVOICE.value: InvoiceRole.CANCELS_INVOICE,
    InvoiceRole.CREDIT.value: InvoiceRole.CANCELS_CREDIT,
    InvoiceRole.NEW_INVOICE.value: InvoiceRole.CANCELS_INVOICE,
    InvoiceRole.NEW_CREDIT.value: InvoiceRole.CANCELS_CREDIT,
}
_SHORTEST = 6


def issue_for(*, payout_id: str, by: Actor, at: datetime) -> list[Invoice]:
    """Issue what a payout still needs: invoice and credit note when it arrived, what takes them back when it came back.

    Asked twice, or by two at once, it issues once: the row of the series is locked, and what is there is seen.
    """
    with transaction():
        series = locked_series(payout_id)
        tax = _waiting(payout_id)
        if tax is None:
            return []
        on = at.astimezone(ZoneInfo(tax.payout.agreement.program.zone)).date()
        drafts = (
            _bill(series, tax, on=on) if tax.payout.state == PayoutState.SETTLED else _take_back(series, tax, on=on)
        )
        issue_drafts(series, drafts, by=by, at=at)
    return drafts


def issue_drafts(series: InvoiceSeries, drafts: Sequence[Invoice], *, by: Actor, at: datetime) -> None:
    """Write these papers with the next numbers of a locked series, inside the caller's transaction."""
    for invoice in drafts:
        invoice.id, invoice.issued_at = new_id("inv", at=at), at
        invoice.save(force_insert=True)
        _trace(invoice, by=by, at=at)
    series.last_number += len(drafts)
    series.save(update_fields=["last_number"])
    seal_rows([series, *drafts])


def locked_series(payout_id: str) -> InvoiceSeries:
    """Return the range of numbers of a payout's agreement, locked until the caller's transaction ends."""
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
    origins = origins_kept(tax, at=tax.payout.reserved_at)
    found = bills_of(tax, now=(tax.treatment, tax.percent), origins=origins)
    if (found.invoice.net_minor + found.credit.net_minor, found.vat_minor) != (tax.net_minor, tax.vat_minor):
        raise AssertionError(f"{tax.payout_id} is billed otherwise than it was paid")
    earlier = names_by_payout({origin.payout_id for origin in origins.values()})
    wanted = ((InvoiceRole.INVOICE, found.invoice), (InvoiceRole.CREDIT, found.credit))
    drafts: list[Invoice] = []
    for role, bill in wanted:
        if bill.lines:
            number, name = next_number(series, drafts)
            document = document_of(bill, tax.payout, both_of(tax), name=name, on=on, earlier=earlier)
            drafts.append(draft_of(series, tax, number=number, role=role, sums=sums_of(bill), document=document))
    return drafts


def bills_of(tax: PayoutTax, *, now: tuple[str, str], origins: Mapping[str, Origin]) -> Bills:
    """Return what a payout bills and credits if what it supplies is treated so; `now` is treatment and percentage."""
    nets = supplied(nets_of([tax.payout_id])[tax.payout_id])
    nets.pop(tax.payout_id, None)  # what taxes did is no supply
    return billed({key: minor for key, minor in nets.items() if minor}, now=now, origins=origins)


def _take_back(series: InvoiceSeries, tax: PayoutTax, *, on: date) -> list[Invoice]:
    drafts: list[Invoice] = []
    for one in Invoice.objects.filter(payout=tax.payout, role__in=BILLING, corrected_by=None).order_by("number"):
        drafts.append(take_back_of(one, series, tax, drafts, on=on))
    return drafts


def take_back_of(
    one: Invoice, series: InvoiceSeries, tax: PayoutTax, drafts: Sequence[Invoice], *, on: date
) -> Invoice:
    """Return the paper that takes another back, as the next after these drafts."""
    number, name = next_number(series, drafts)
    document = mirrored(one, name=name, on=on)
    sums = (-one.net_minor, -one.vat_minor)
    draft = draft_of(series, tax, number=number, role=_CANCELS[one.role], sums=sums, document=document)
    draft.corrects = one
    return draft


def next_number(series: InvoiceSeries, drafts: Sequence[Invoice]) -> tuple[int, str]:
    """Return the next number of a series after these drafts, and how it is written."""
    number = series.last_number + len(drafts) + 1
    return number, f"{series.prefix}-{number:04d}"


def sums_of(bill: Bill) -> tuple[int, int]:
    """Return net and VAT of a bill."""
    return bill.net_minor, bill.vat_minor


def draft_of(
    series: InvoiceSeries,
    tax: PayoutTax,
    *,
    number: int,
    role: InvoiceRole,
    sums: tuple[int, int],
    document: Document,
) -> Invoice:
    """Return one paper of a payout, unsaved."""
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
