"""Say what became of a payout: it arrived, failed, came back, or nobody knows yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rapport.apps.commissions.actions import follow_postings, lock_commissions
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.payouts.actions.deciding import close_if_known, locked_run
from rapport.apps.payouts.actions.giving_back import give_back
from rapport.apps.payouts.errors import PayoutMoved
from rapport.apps.payouts.exchanging import exchange_result_of
from rapport.apps.payouts.models import ChangeNotice, Payout, PayoutRun, PayoutState
from rapport.apps.payouts.providers.ach.reasons import corrected_fields
from rapport.apps.payouts.queries import nets_of
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.vault import sealed_for
from rapport.apps.record.write import transaction
from rapport.domain.books import AccountKind, EntryKind, Posting
from rapport.domain.payouts import exchange_result, settling
from rapport.domain.states import PayoutState as Rule
from rapport.domain.states import find_move
from rapport.kit.ids import new_id


def settle_payouts(
    references: Mapping[str, str],
    *,
    run_id: str,
    by: Actor,
    at: datetime,
    costs: Mapping[str, int] | None = None,
) -> tuple[list[Payout], list[Payout]]:
    """Note that payouts of a run arrived, each with the reference that the bank gave it.

    Returns those that are settled now for the first time, and those that cannot be settled; one that was settled
    before is in neither. `costs` are what sending another currency truly cost, in minor units of the program's: the
    difference goes to gain and loss.
    """
    with transaction():
        run = locked_run(run_id)
        payouts = _locked(run, references)
        settled = [payout for payout in payouts if payout.state == PayoutState.SENT]
        wrong = [payout for payout in payouts if payout.state not in {PayoutState.SENT, PayoutState.SETTLED}]
        if settled:
            _settle(run, settled, references=references, by=by, at=at)
            for payout in settled:
                if costs and payout.id in costs:
                    _book_result(run, payout, costs[payout.id] - payout.amount_minor, by=by, at=at)
            close_if_known(run, by=by, at=at)
    return settled, wrong


def fail_payout(*, payout_id: str, reason: str, by: Actor, at: datetime) -> Payout:
    """Note that a payout never left or was refused; the money is payable again."""
    return _undo(payout_id, PayoutState.FAILED, reason=reason, by=by, at=at)


def return_payout(
    *, payout_id: str, reason: str, by: Actor, at: datetime, came_back_minor: int | None = None
) -> Payout:
    """Note that a payout came back, also after it had arrived; the money is payable again, to the cent.

    `came_back_minor` is what came back to the program, in its currency: what is missing of the cost is a loss.
    """
    return _undo(payout_id, PayoutState.RETURNED, reason=reason, by=by, at=at, came_back_minor=came_back_minor)


def leave_open(*, payout_id: str, reason: str, by: Actor, at: datetime) -> Payout:
    """Note that nobody knows what became of a payout: it stays sent, is never sent again, and blocks only itself."""
    with transaction():
        run, payout = _found(payout_id)
        if payout.state != PayoutState.SENT:
            raise PayoutMoved(payout.get_state_display())
        if payout.known:
            payout.known, payout.reason = False, reason.strip()[:250]
            payout.save(update_fields=["known", "reason"])
            _trace(run, payout, "unknown", by=by, at=at)
    return payout


def leave_unclaimed(*, payout_id: str, reason: str, by: Actor, at: datetime) -> Payout:
    """Note that a provider waits for the partner to take the money: it stays sent until that is known."""
    with transaction():
        run, payout = _found(payout_id)
        if payout.state != PayoutState.SENT:
            raise PayoutMoved(payout.get_state_display())
        if not (payout.unclaimed and payout.known):
            payout.unclaimed, payout.known, payout.reason = True, True, reason.strip()[:250]
            payout.save(update_fields=["unclaimed", "known", "reason"])
            _trace(run, payout, "unclaimed", by=by, at=at)
    return payout


def keep_notice(*, payout_id: str, code: str, corrected: str, at: datetime) -> ChangeNotice | None:
    """Keep what a bank wants to be written another way, once; return it where it is new."""
    with transaction():
        run, payout = _found(payout_id)
        if payout.notices.filter(code=code).exists():
            return None
        notice = ChangeNotice(id=new_id("not", at=at), payout=payout, code=code, received_at=at)
        notice.corrected = sealed_for(notice, "corrected", corrected)
        number = corrected_fields(code, corrected).get("account", "")
        notice.shown = f"… {number[-4:]}" if number else ""
        notice.save(force_insert=True)
        announce(at=at, kind="payout.change_asked", subject=payout.id, workspace_id=run.program.workspace_id)
    return notice


def _settle(
    run: PayoutRun, payouts: Sequence[Payout], *, references: Mapping[str, str], by: Actor, at: datetime
) -> None:
    nets = nets_of([payout.id for payout in payouts])
    moved = {
        payout.id: {subject: one for subject, minor in nets[payout.id].items() if (one := settling(minor))}
        for payout in payouts
    }
    commissions = lock_commissions({subject for each in moved.values() for subject in each})
    drafts = [_settled(payout, moved[payout.id], entry_id=new_id("ent", at=at)) for payout in payouts]
    book_entries(book_subject=run.program_id, drafts=drafts, by=by, at=at, ids_are_new=True)
    for payout in payouts:
        follow_postings(commissions, moved[payout.id])
        payout.state, payout.settled_at, payout.known = PayoutState.SETTLED, at, True
        # What stood here about a payout that waited or was unknown is over.
        payout.unclaimed, payout.reason = False, ""
        payout.reference = references[payout.id].strip()[:64]
        payout.save(update_fields=["state", "settled_at", "known", "unclaimed", "reason", "reference"])
        _trace(run, payout, "settled", by=by, at=at)


def _settled(payout: Payout, moved: Mapping[str, Posting], *, entry_id: str) -> EntryDraft:
    sent = payout.sent
    arrived = [Posting(AccountKind.TRANSIT, AccountKind.PAID_OUT, sent.minor)]
    return EntryDraft(
        id=entry_id,
        kind=EntryKind.SETTLED,
        subject=payout.id,
        reason="payout-settled",
        postings=(
            *(
                draft
                for subject, posting in moved.items()
                for draft in posting_drafts(
                    [posting], agreement=payout.agreement_id, currency=payout.currency, memo=subject
                )
            ),
            *posting_drafts(arrived, agreement=payout.agreement_id, currency=sent.currency, memo=payout.id),
        ),
    )


def _book_result(run: PayoutRun, payout: Payout, difference_minor: int, *, by: Actor, at: datetime) -> None:
    """Book what exchanging cost more than the run's rate said, or less; nothing where it cost exactly that."""
    posting = exchange_result(difference_minor)
    if posting is None:
        return
    drafts = posting_drafts([posting], agreement=payout.agreement_id, currency=payout.currency, memo=payout.id)
    entry = EntryDraft(new_id("ent", at=at), EntryKind.EXCHANGED, payout.id, "exchange-result", drafts)
    book_entries(book_subject=run.program_id, drafts=[entry], by=by, at=at, ids_are_new=True)


def _undo(
    payout_id: str, state: PayoutState, *, reason: str, by: Actor, at: datetime, came_back_minor: int | None = None
) -> Payout:
    with transaction():
        run, payout = _found(payout_id)
        if payout.state == state:
            return payout
        if find_move(Rule(payout.state), Rule(state)) is None:
            raise PayoutMoved(payout.get_state_display())
        cost_minor = payout.amount_minor + exchange_result_of(payout.id)
        give_back(payout, reason=f"payout-{state}", by=by, at=at)
        if came_back_minor is not None:
            _book_result(run, payout, cost_minor - came_back_minor, by=by, at=at)
        payout.state, payout.ended_at, payout.known, payout.unclaimed = state, at, True, False
        payout.reason = reason.strip()[:250]
        payout.save(update_fields=["state", "ended_at", "known", "unclaimed", "reason"])
        _trace(run, payout, state, by=by, at=at)
        close_if_known(run, by=by, at=at)
    return payout


def _found(payout_id: str) -> tuple[PayoutRun, Payout]:
    run = locked_run(Payout.objects.values_list("run_id", flat=True).get(pk=payout_id))
    return run, _locked(run, [payout_id])[0]


def _locked(run: PayoutRun, payout_ids: Mapping[str, str] | Sequence[str]) -> list[Payout]:
    rows = Payout.objects.select_for_update(of=("self",)).select_related(
        "agreement__partner", "run__program", "exchange"
    )
    return list(rows.filter(run=run, pk__in=list(payout_ids)).order_by("id"))


def _trace(run: PayoutRun, payout: Payout, what: str, *, by: Actor, at: datetime) -> None:
    seal_rows([payout])
    workspace_id = run.program.workspace_id
    data = {"amount_minor": payout.amount_minor, "currency": payout.currency, "reference": payout.reference}
    audit(by=by, at=at, action=f"payout.{what}", subject=payout.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=f"payout.{what}", subject=payout.id, workspace_id=workspace_id)
