"""Send payouts: make the file of an approved run once, and note that what stands in it is on its way."""

from datetime import datetime

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.payouts.actions.deciding import locked_run
from rapport.apps.payouts.errors import NotApproved, NothingToPay
from rapport.apps.payouts.files import digest_of_file, file_of, payouts_in_file
from rapport.apps.payouts.models import MethodKind, Payout, PayoutFile, PayoutRun, PayoutRunState, PayoutState
from rapport.apps.record.actions import announce_many, announcement, audit
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction, update_rows
from rapport.domain.books import AccountKind, EntryKind, Posting
from rapport.kit.ids import new_id

AT_ONCE = 100
"""Payouts marked as sent in one transaction."""


def make_file(*, run_id: str, kind: MethodKind, by: Actor, at: datetime) -> PayoutFile:
    """Make the file of one way of paying, once; from then on nothing is taken out of it."""
    with transaction():
        run = locked_run(run_id)
        made = PayoutFile.objects.filter(run=run, method_kind=kind).first()
        if made:
            return made
        if run.state != PayoutRunState.APPROVED:
            raise NotApproved
        payouts = payouts_in_file(run, kind)
        if not payouts:
            raise NothingToPay
        made = PayoutFile(
            run=run,
            method_kind=kind,
            payouts_count=len(payouts),
            total_minor=sum(payout.amount_minor for payout in payouts),
            digest=digest_of_file(file_of(run, kind, payouts)),
            made_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        made.save(force_insert=True)
        seal_rows([made])
        data = {
            "kind": str(kind),
            "payouts": made.payouts_count,
            "total_minor": made.total_minor,
            "digest": made.digest,
        }
        workspace_id = run.program.workspace_id
        audit(by=by, at=at, action="payout_file.made", subject=run.id, workspace_id=workspace_id, data=data)
    return made


def send_step(*, run_id: str, at: datetime) -> bool:
    """Note some payouts as sent whose file was made; say whether there may be more. Safe to run twice."""
    with transaction():
        run = locked_run(run_id)
        files = {row.method_kind: row for row in run.files.all()}
        waiting = Payout.objects.select_for_update(of=("self",)).filter(
            run=run, method_kind__in=list(files), state=PayoutState.RESERVED
        )
        some = list(waiting.order_by("id")[:AT_ONCE]) if run.state == PayoutRunState.APPROVED else []
        if some:
            maker = files[some[0].method_kind]
            _send(run, some, by=Actor(ActorKind(maker.actor_kind), maker.actor_id), at=at)
    return len(some) == AT_ONCE


def _send(run: PayoutRun, payouts: list[Payout], *, by: Actor, at: datetime) -> None:
    drafts = []
    for payout in payouts:
        posting = [Posting(AccountKind.FUNDING, AccountKind.TRANSIT, payout.amount_minor)]
        drafts.append(
            EntryDraft(
                id=new_id("ent", at=at),
                kind=EntryKind.SENT,
                subject=payout.id,
                reason="payout-sent",
                postings=posting_drafts(
                    posting, agreement=payout.agreement_id, currency=payout.currency, memo=payout.id
                ),
            )
        )
        payout.state, payout.sent_at = PayoutState.SENT, at
    book_entries(book_subject=run.program_id, drafts=drafts, by=by, at=at, ids_are_new=True)
    update_rows(payouts, ("state", "sent_at"))
    seal_rows(payouts)
    workspace_id = run.program.workspace_id
    announce_many(
        [announcement(at=at, kind="payout.sent", subject=payout.id, workspace_id=workspace_id) for payout in payouts]
    )
