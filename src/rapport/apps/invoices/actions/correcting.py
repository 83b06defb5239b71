"""Put a paper right: it is taken back by one of its range and written anew by the next, and never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from rapport.apps.invoices.actions.issuing import (
    bills_of,
    draft_of,
    issue_drafts,
    locked_series,
    next_number,
    sums_of,
    take_back_of,
)
from rapport.apps.invoices.actions.objecting import decide_objection
from rapport.apps.invoices.documents import Document, both_of, document_of
from rapport.apps.invoices.errors import NothingToCorrect, PaperReplaced
from rapport.apps.invoices.models import Invoice, InvoiceCorrection, InvoiceObjection, InvoiceRole, ObjectionState
from rapport.apps.invoices.queries import may_correct, names_by_payout
from rapport.apps.payouts.actions import correct_vat
from rapport.apps.payouts.models import PayoutTax
from rapport.apps.payouts.taxing import origins_kept
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.taxes.queries import standing_of
from rapport.domain.money import Money
from rapport.domain.vat import Bill

_ANEW = {
    InvoiceRole.INVOICE.value: InvoiceRole.NEW_INVOICE,
    InvoiceRole.CREDIT.value: InvoiceRole.NEW_CREDIT,
    InvoiceRole.NEW_INVOICE.value: InvoiceRole.NEW_INVOICE,
    InvoiceRole.NEW_CREDIT.value: InvoiceRole.NEW_CREDIT,
}
_SAID_ANEW = ("supplier", "customer", "shares", "notes", "self_billing", "total")
"""What of a paper may come out another way when it is written anew; its lines are what the payout paid."""


@dataclass(frozen=True, slots=True)
class Anew:
    """A paper as it would be written now: by the tax profiles of today and the VAT of the payout's day."""

    tax: PayoutTax
    bill: Bill
    treated: tuple[str, str]
    document: Document
    differs: tuple[str, ...]
    """Which parts of it come out another way."""

    def vat_more(self, invoice: Invoice) -> Money:
        """Return by how much its VAT is larger than that of the paper that it replaces."""
        return Money(self.bill.vat_minor - invoice.vat_minor, invoice.currency)


@override(settings.LANGUAGE_CODE)
def anew_of(invoice: Invoice, *, name: str = "", on: date | None = None) -> Anew:
    """Return a paper as it would be written now: in the language of papers, whoever looks at it."""
    payout = invoice.payout
    tax = PayoutTax.objects.select_related("profile", "payer", "payout__agreement__program").get(pk=payout.pk)
    standing = standing_of(payout.agreement, on=payout.run.pay_on)
    before = both_of(tax)
    parties = (standing.profile or before[0], standing.payer or before[1])
    treatment, percent = standing.treatment_if_billed
    origins = origins_kept(tax, at=None)
    found = bills_of(tax, now=(treatment, percent), origins=origins)
    bill = found.invoice if _ANEW[invoice.role] is InvoiceRole.NEW_INVOICE else found.credit
    document = document_of(
        bill,
        payout,
        parties,
        name=name,
        on=on or invoice.issued_on,
        earlier=names_by_payout({origin.payout_id for origin in origins.values()}),
    )
    differs = tuple(key for key in _SAID_ANEW if document[key] != invoice.document[key])
    return Anew(tax, bill, (treatment.value, percent), document, differs)


@override(settings.LANGUAGE_CODE)
def correct_invoice(*, invoice: Invoice, reason: str, by: Actor, at: datetime) -> InvoiceCorrection:
    """Take a paper back and write it anew; VAT that comes out another way is owed from then on."""
    if not reason.strip():
        sentence = _("Say what was wrong; the partner reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    with transaction():
        series = locked_series(invoice.payout_id)
        if not may_correct(invoice):
            raise PaperReplaced
        on = at.astimezone(ZoneInfo(invoice.payout.agreement.program.zone)).date()
        found = anew_of(invoice)
        if not found.differs:
            raise NothingToCorrect
        takes_back = take_back_of(invoice, series, found.tax, (), on=on)
        number, name = next_number(series, [takes_back])
        anew = draft_of(
            series,
            found.tax,
            number=number,
            role=_ANEW[invoice.role],
            sums=sums_of(found.bill),
            document=anew_of(invoice, name=name, on=on).document | {"replaces": invoice.name},
        )
        issue_drafts(series, [takes_back, anew], by=by, at=at)
        row = InvoiceCorrection(
            original=invoice,
            takes_back=takes_back,
            anew=anew,
            reason=reason.strip()[:250],
            corrected_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        _follow(invoice, found, row, by=by, at=at)
    return row


def _follow(invoice: Invoice, found: Anew, row: InvoiceCorrection, *, by: Actor, at: datetime) -> None:
    """Book the VAT that changed, decide the objection if there is one, and write down what was done."""
    is_invoice = row.anew.role == InvoiceRole.NEW_INVOICE
    vat_minor = found.vat_more(invoice).minor
    if vat_minor or (is_invoice and "shares" in found.differs):
        treated = found.treated if is_invoice else None
        correct_vat(payout=invoice.payout, treated=treated, vat_minor=vat_minor, by=by, at=at)
    if InvoiceObjection.objects.filter(pk=invoice.pk, state=ObjectionState.OPEN).exists():
        decide_objection(invoice, ObjectionState.CORRECTED, by=by, at=at)
    data = {"reason": row.reason, "takes_back": row.takes_back.name, "anew": row.anew.name, "vat_minor": vat_minor}
    workspace_id = invoice.payout.agreement.program.workspace_id
    audit(by=by, at=at, action="invoice.corrected", subject=invoice.id, workspace_id=workspace_id, data=data)
