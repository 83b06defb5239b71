"""Put the VAT right of a payout that has arrived: the next run pays the difference, or nets it."""

from datetime import datetime

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.payouts.models import Payout, VatCorrection
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain.books import AccountKind, EntryKind, Posting
from rapport.kit.ids import new_id


def correct_vat(
    *, payout: Payout, treated: tuple[str, str] | None, vat_minor: int, by: Actor, at: datetime
) -> VatCorrection:
    """Book by how much the VAT of a payout was too small, or below zero too large; `treated` is how it is billed now.

    The entry names the payout, so that its mirror is booked with all others should the payout come back later.
    """
    treatment, percent = treated or ("", "")
    with transaction():
        row = VatCorrection(
            id=new_id("vco", at=at),
            payout=payout,
            treatment=treatment,
            percent=percent,
            vat_minor=vat_minor,
            corrected_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        row.save(force_insert=True)
        seal_rows([row])
        if vat_minor:
            draft = EntryDraft(
                id=new_id("ent", at=at),
                kind=EntryKind.VAT_ADDED,
                subject=payout.id,
                reason="vat-corrected",
                postings=posting_drafts(
                    [_posting(vat_minor)], agreement=payout.agreement_id, currency=payout.currency, memo=row.id
                ),
            )
            book_entries(book_subject=payout.run.program_id, drafts=[draft], by=by, at=at, ids_are_new=True)
        data = {"payout": payout.id, "treatment": treatment, "percent": percent, "vat_minor": vat_minor}
        workspace_id = payout.run.program.workspace_id
        audit(by=by, at=at, action="vat.corrected", subject=row.id, workspace_id=workspace_id, data=data)
    return row


def _posting(vat_minor: int) -> Posting:
    vat, payable = AccountKind.INPUT_VAT, AccountKind.PAYABLE
    return Posting(vat, payable, vat_minor) if vat_minor > 0 else Posting(payable, vat, -vat_minor)
