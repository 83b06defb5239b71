"""Decide about a run: a second person approves it, or somebody abandons it and everything is given back."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.payouts.actions.giving_back import give_back
from rapport.apps.payouts.errors import (
    FileIsMade,
    NothingToPay,
    PayoutMoved,
    RunDecided,
    RunNotReady,
    SecondPersonNeeded,
    TotalDiffers,
)
from rapport.apps.payouts.exchanging import sent_totals
from rapport.apps.payouts.models import Payout, PayoutRun, PayoutRunState, PayoutState
from rapport.apps.payouts.queries import UNDECIDED
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction
from rapport.domain.money import Money
from rapport.domain.payouts import no_second_person

AT_ONCE = 10
"""Payouts given back in one transaction."""


def approve_run(*, run_id: str, total: Money, by: Actor, at: datetime, foreign: Collection[Money] = ()) -> PayoutRun:
    """Approve a run as its second person, who confirms its total and what it sends in each other currency.

    Whoever comes second is told that it is decided.
    """
    with transaction():
        run = locked_run(run_id)
        if run.state != PayoutRunState.DRAFT:
            raise RunDecided(run.get_state_display())
        _check(run, total=total, foreign=foreign, by=by)
        run.state, run.approved_at = PayoutRunState.APPROVED, at
        run.approved_by_kind, run.approved_by_id = by.kind, by.id
        run.save(update_fields=["state", "approved_at", "approved_by_kind", "approved_by_id"])
        data = {"payouts": run.payouts_count, "total_minor": run.total_minor, "currency": run.currency}
        _trace(run, "approved", data=data, by=by, at=at)
    return run


def abandon_run(*, run_id: str, reason: str, by: Actor, at: datetime) -> PayoutRun:
    """Abandon a draft; what it reserved is given back by `release_step`, a few payouts at a time."""
    with transaction():
        run = locked_run(run_id)
        if run.state != PayoutRunState.DRAFT:
            raise RunDecided(run.get_state_display())
        run.state, run.ended_at, run.reason = PayoutRunState.ABANDONED, at, _given(reason)
        run.save(update_fields=["state", "ended_at", "reason"])
        _trace(run, "abandoned", data={"reason": run.reason}, by=by, at=at)
    return run


def release_step(*, run_id: str, at: datetime, by: Actor) -> bool:
    """Give back what an abandoned run still holds, a few payouts; say whether there may be more."""
    with transaction():
        run = locked_run(run_id)
        if run.state != PayoutRunState.ABANDONED:
            return False
        held = Payout.objects.select_for_update(of=("self",)).filter(run=run, state=PayoutState.RESERVED)
        some = list(held.order_by("id")[:AT_ONCE])
        for payout in some:
            _cancel(payout, reason=run.reason, by=by, at=at)
    return len(some) == AT_ONCE


def cancel_payout(*, payout_id: str, reason: str, by: Actor, at: datetime) -> Payout:
    """Take one payout out of its run before it is sent; the money is payable again."""
    with transaction():
        run = locked_run(Payout.objects.values_list("run_id", flat=True).get(pk=payout_id))
        payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
        if payout.state == PayoutState.CANCELLED:
            return payout
        if payout.state != PayoutState.RESERVED:
            raise PayoutMoved(payout.get_state_display())
        if run.files.filter(method_kind=payout.method_kind).exists():
            raise FileIsMade
        if run.state == PayoutRunState.DRAFT and not run.filled_at:
            raise RunNotReady
        _cancel(payout, reason=_given(reason), by=by, at=at)
        run.payouts_count -= 1
        run.total_minor -= payout.amount_minor
        run.save(update_fields=["payouts_count", "total_minor"])
        seal_rows([run])
        close_if_known(run, by=by, at=at)
    return payout


def locked_run(run_id: str) -> PayoutRun:
    """Return a run, locked until the caller's transaction ends."""
    rows = PayoutRun.objects.select_for_update(of=("self",)).select_related("program__workspace")
    return rows.get(pk=run_id)


def close_if_known(run: PayoutRun, *, by: Actor, at: datetime) -> None:
    """Close an approved run once it is known what became of every payout."""
    if run.state == PayoutRunState.APPROVED and not run.payouts.filter(state__in=UNDECIDED).exists():
        run.state, run.ended_at = PayoutRunState.CLOSED, at
        run.save(update_fields=["state", "ended_at"])
        _trace(run, "closed", data={}, by=by, at=at)


def _check(run: PayoutRun, *, total: Money, foreign: Collection[Money], by: Actor) -> None:
    if not run.filled_at:
        raise RunNotReady
    if not run.payouts_count:
        raise NothingToPay
    changers = set(run.payouts.values_list("method__actor_id", flat=True))
    if why := no_second_person(approver=by.id, preparer=run.prepared_by_id, changers=changers):
        raise SecondPersonNeeded(why)
    if total != run.total:
        raise TotalDiffers
    for one in (sums := sent_totals(run.id)):
        if one not in foreign:
            raise TotalDiffers(one.currency)
    if len(foreign) > len(sums):
        raise TotalDiffers


def _cancel(payout: Payout, *, reason: str, by: Actor, at: datetime) -> None:
    give_back(payout, reason="payout-cancelled", by=by, at=at)
    payout.state, payout.ended_at, payout.reason = PayoutState.CANCELLED, at, reason
    payout.save(update_fields=["state", "ended_at", "reason"])
    seal_rows([payout])
    workspace_id = payout.run.program.workspace_id
    audit(
        by=by, at=at, action="payout.cancelled", subject=payout.id, workspace_id=workspace_id, data={"reason": reason}
    )
    announce(at=at, kind="payout.cancelled", subject=payout.id, workspace_id=workspace_id)


def _given(reason: str) -> str:
    if not reason.strip():
        sentence = _("Give a reason; it is kept with the run.")
        raise BadInput(sentence, fields={"reason": sentence})
    return reason.strip()[:250]


def _trace(run: PayoutRun, what: str, *, data: dict[str, object], by: Actor, at: datetime) -> None:
    seal_rows([run])
    workspace_id = run.program.workspace_id
    audit(by=by, at=at, action=f"payout_run.{what}", subject=run.id, workspace_id=workspace_id, data=data)
    announce(at=at, kind=f"payout_run.{what}", subject=run.id, workspace_id=workspace_id)
