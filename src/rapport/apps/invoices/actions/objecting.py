"""Take a partner's objection to a paper, and decide that the paper stands as it is."""

from datetime import datetime

from rapport.apps.invoices.errors import ObjectionDecided, ObjectionTooLate, PaperReplaced
from rapport.apps.invoices.models import Invoice, InvoiceObjection, ObjectionState
from rapport.apps.invoices.queries import last_day_to_object, may_object
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Side


def object_to_invoice(*, invoice: Invoice, given: MessageInput, by: Actor, at: datetime) -> InvoiceObjection:
    """Mark a paper as disputed, within its days, and open the thread about it; a second word goes to the thread."""
    with transaction():
        Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        found = InvoiceObjection.objects.filter(pk=invoice.pk).first()
        if found is None:
            if not may_object(invoice, at=at):
                _refuse(invoice)
            found = InvoiceObjection(invoice=invoice, raised_at=at, actor_kind=by.kind, actor_id=by.id)
            found.save(force_insert=True)
            trace_objection(found, "raised", by=by, at=at)
        post_message(
            subject=invoice.id,
            side=Side.PARTNER,
            given=given,
            by=by,
            at=at,
            workspace_id=invoice.payout.agreement.program.workspace_id,
        )
    return found


def uphold_invoice(*, invoice: Invoice, by: Actor, at: datetime) -> InvoiceObjection:
    """Decide that a disputed paper stands as it is, inside the caller's transaction, which tells the partner why."""
    return decide_objection(invoice, ObjectionState.UPHELD, by=by, at=at)


def decide_objection(invoice: Invoice, state: ObjectionState, *, by: Actor, at: datetime) -> InvoiceObjection:
    """Decide an open objection once."""
    row = InvoiceObjection.objects.select_for_update(of=("self",)).filter(pk=invoice.pk).first()
    if row is None or row.state != ObjectionState.OPEN:
        raise ObjectionDecided
    row.state, row.decided_at, row.decided_by_kind, row.decided_by_id = state, at, by.kind, by.id
    row.save(update_fields=["state", "decided_at", "decided_by_kind", "decided_by_id"])
    trace_objection(row, str(state), by=by, at=at)
    return row


def trace_objection(row: InvoiceObjection, what: str, *, by: Actor, at: datetime) -> None:
    """Seal an objection and write down what was done to it."""
    seal_rows([row])
    agreement = row.invoice.payout.agreement
    workspace_id, data = agreement.program.workspace_id, {"number": row.invoice.name}
    kind = f"invoice_objection.{what}"
    audit(by=by, at=at, action=kind, subject=row.invoice_id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=kind, subject=agreement.id, workspace_id=workspace_id)


def _refuse(invoice: Invoice) -> None:
    if Invoice.objects.filter(corrects=invoice).exists():
        raise PaperReplaced
    raise ObjectionTooLate(last_day_to_object(invoice))
