"""Give up a debt that no earnings will net: one person proposes it with a reason, another approves or refuses it."""

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.ledger.models import Book
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.debts import debt_minor_of, open_write_off_of
from rapport.apps.payouts.errors import DebtChanged, NoDebt, OwnWriteOff, WriteOffDecided, WriteOffOpen
from rapport.apps.payouts.models import WriteOff, WriteOffState
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain.books import AccountKind, EntryKind, Posting
from rapport.kit.ids import new_id


def propose_write_off(*, agreement: Agreement, reason: str, by: Actor, at: datetime) -> WriteOff:
    """Propose to give up all that a partner owes now."""
    if not reason.strip():
        sentence = _("Give a reason; it is kept with the write-off.")
        raise BadInput(sentence, fields={"reason": sentence})
    with transaction():
        Book.objects.select_for_update().get(subject=agreement.program_id)
        if open_write_off_of(agreement.id):
            raise WriteOffOpen
        minor = debt_minor_of(agreement)
        if not minor:
            raise NoDebt
        row = WriteOff(
            id=new_id("wof", at=at),
            agreement=agreement,
            amount_minor=minor,
            currency=agreement.program.currency,
            reason=reason.strip()[:250],
            proposed_at=at,
            proposed_by_kind=by.kind,
            proposed_by_id=by.id,
        )
        row.save(force_insert=True)
        _trace(row, "proposed", by=by, at=at)
    return row


def approve_write_off(*, write_off_id: str, by: Actor, at: datetime) -> WriteOff:
    """Give up the debt as its second person; refused where it is not what it was when it was proposed."""
    with transaction():
        row = _locked(write_off_id)
        if row.proposed_by_id == by.id:
            raise OwnWriteOff
        Book.objects.select_for_update().get(subject=row.agreement.program_id)
        if debt_minor_of(row.agreement) != row.amount_minor:
            raise DebtChanged
        given_up = [Posting(AccountKind.WRITTEN_OFF, AccountKind.PAYABLE, row.amount_minor)]
        draft = EntryDraft(
            id=new_id("ent", at=at),
            kind=EntryKind.WRITTEN_OFF,
            subject=row.id,
            reason="written-off",
            postings=posting_drafts(given_up, agreement=row.agreement_id, currency=row.currency, memo=row.id),
        )
        book_entries(book_subject=row.agreement.program_id, drafts=[draft], by=by, at=at, ids_are_new=True)
        _decide(row, WriteOffState.APPROVED, by=by, at=at)
    return row


def refuse_write_off(*, write_off_id: str, by: Actor, at: datetime) -> WriteOff:
    """Let the debt stand; whoever proposed it may take it back so."""
    with transaction():
        row = _locked(write_off_id)
        _decide(row, WriteOffState.REFUSED, by=by, at=at)
    return row


def _locked(write_off_id: str) -> WriteOff:
    rows = WriteOff.objects.select_for_update(of=("self",)).select_related("agreement__program")
    row = rows.get(pk=write_off_id)
    if row.state != WriteOffState.OPEN:
        raise WriteOffDecided(row.get_state_display())
    return row


def _decide(row: WriteOff, state: WriteOffState, *, by: Actor, at: datetime) -> None:
    row.state, row.decided_at, row.decided_by_kind, row.decided_by_id = state, at, by.kind, by.id
    row.save(update_fields=["state", "decided_at", "decided_by_kind", "decided_by_id"])
    _trace(row, str(state), by=by, at=at)


def _trace(row: WriteOff, what: str, *, by: Actor, at: datetime) -> None:
    seal_rows([row])
    workspace_id = row.agreement.program.workspace_id
    data = {"agreement": row.agreement_id, "amount_minor": row.amount_minor, "reason": row.reason}
    audit(by=by, at=at, action=f"write_off.{what}", subject=row.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=f"write_off.{what}", subject=row.agreement_id, workspace_id=workspace_id)
