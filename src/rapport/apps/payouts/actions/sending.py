"""Send payouts: make the files of an approved run once, and note that what stands in them is on its way."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.payouts.actions.calling import plan_call
from rapport.apps.payouts.actions.deciding import locked_run
from rapport.apps.payouts.errors import AmountTooLarge, FormatNotOffered, MadeMeanwhile, NotApproved, NothingToPay
from rapport.apps.payouts.files import content_of, digest_of_file, payouts_of_rail
from rapport.apps.payouts.models import (
    MethodKind,
    Payout,
    PayoutFile,
    PayoutRun,
    PayoutRunState,
    PayoutState,
    RailAccount,
)
from rapport.apps.payouts.providers.protocol import TooLarge
from rapport.apps.payouts.queries import account_in_use, bank_day_of, settings_of
from rapport.apps.payouts.rails import Form, calendar_of, forms_of
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce_many, announcement, audit
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import transaction, update_rows
from rapport.domain.books import EntryKind
from rapport.domain.payouts import sending
from rapport.kit.ids import new_id

AT_ONCE = 100
"""Payouts marked as sent in one transaction."""


def make_files(
    *, run_id: str, kind: MethodKind, by: Actor, at: datetime, format_: str = "", most: int = 0
) -> list[PayoutFile]:
    """Make the files or calls of one rail, once; from then on nothing is taken out of them.

    Without a wish the best format is taken that the program is set up for; `most` makes files smaller. The bytes are
    written before the run is locked, because opening thousands of copies takes its time.
    """
    run = PayoutRun.objects.select_related("program__workspace").get(pk=run_id)
    form, account = _chosen(run.program, kind, format_)
    form = replace(form, most=most) if most else form
    drafts = _drafts(run, kind, form, account, by=by, at=at)
    with transaction():
        run = locked_run(run_id)
        if made := list(run.files.filter(method_kind=kind).order_by("part")):
            return made
        if run.state != PayoutRunState.APPROVED:
            raise NotApproved
        held = Payout.objects.filter(run=run, method_kind=kind).exclude(state=PayoutState.CANCELLED).count()
        if not held:
            raise NothingToPay
        if held != sum(file.payouts_count for file in drafts) or not _stands(account):
            raise MadeMeanwhile
        for file in drafts:
            file.save(force_insert=True)
            seal_rows([file])
            if form.is_call:
                plan_call(file)
            _trace(file, by=by, at=at)
    return drafts


def send_step(*, run_id: str, at: datetime) -> bool:
    """Note some payouts as sent whose file was made; say whether there may be more. Safe to run twice."""
    with transaction():
        run = locked_run(run_id)
        files = {row.method_kind: row for row in run.files.all()}
        waiting = (
            Payout.objects.select_for_update(of=("self",))
            .select_related("exchange")
            .filter(run=run, method_kind__in=list(files), state=PayoutState.RESERVED)
        )
        some = list(waiting.order_by("id")[:AT_ONCE]) if run.state == PayoutRunState.APPROVED else []
        if some:
            maker = files[some[0].method_kind]
            _send(run, some, by=Actor(ActorKind(maker.actor_kind), maker.actor_id), at=at)
    return len(some) == AT_ONCE


def _send(run: PayoutRun, payouts: list[Payout], *, by: Actor, at: datetime) -> None:
    drafts = []
    for payout in payouts:
        drafts.append(
            EntryDraft(
                id=new_id("ent", at=at),
                kind=EntryKind.SENT,
                subject=payout.id,
                reason="payout-sent",
                postings=tuple(
                    draft
                    for posting, currency in sending(payout.amount, payout.sent)
                    for draft in posting_drafts(
                        [posting], agreement=payout.agreement_id, currency=currency, memo=payout.id
                    )
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


def _chosen(program: Program, kind: MethodKind, wanted: str) -> tuple[Form, RailAccount | None]:
    account = account_in_use(program.id, kind)
    offered = forms_of(kind, has_account=account is not None)
    found = next((form for form in offered if wanted in {"", form.format}), None)
    if found is None:
        raise FormatNotOffered
    return found, account if found.needs_account else None


def _drafts(
    run: PayoutRun, kind: MethodKind, form: Form, account: RailAccount | None, *, by: Actor, at: datetime
) -> list[PayoutFile]:
    payouts = payouts_of_rail(run, kind)
    made_on = at.astimezone(ZoneInfo(run.program.zone)).date()
    execute_on = bank_day_of(calendar_of(kind, settings_of(run.program).country), max(run.pay_on, made_on))
    first = _files_of_day(account, at=at)
    drafts = []
    for part, some in enumerate(_parts(payouts, form.most), start=1):
        file = PayoutFile(
            run=run,
            method_kind=kind,
            payouts_count=len(some),
            total_minor=sum(payout.sent.minor for payout in some),
            made_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
            part=part,
            format=form.format,
            account=account,
            number=first + part - 1,
            execute_on=execute_on,
            program_name=run.program.name,
        )
        file.digest = digest_of_file(_written(file, some))
        drafts.append(file)
    return drafts


def _parts(payouts: Sequence[Payout], most: int) -> Iterable[list[Payout]]:
    """Divide payouts into files: each of one currency, and of no more payouts than it has room for."""
    for _currency, group in groupby(payouts, key=lambda payout: payout.sent.currency):
        some = list(group)
        for start in range(0, len(some), most):
            yield some[start : start + most]


def _written(file: PayoutFile, payouts: Sequence[Payout]) -> bytes:
    try:
        return content_of(file, payouts)
    except TooLarge as giant:
        raise AmountTooLarge(str(giant)) from giant


def _files_of_day(account: RailAccount | None, *, at: datetime) -> int:
    """Return how many files the same account had within the last day, so that the next one is told apart."""
    if account is None:
        return 0
    same = RailAccount.objects.filter(program_id=account.program_id, kind=account.kind)
    return PayoutFile.objects.filter(account__in=same, made_at__gt=at - timedelta(days=1)).count()


def _stands(account: RailAccount | None) -> bool:
    """Say whether an account is still in use: whoever changed it meanwhile does not want the old one."""
    return account is None or RailAccount.objects.filter(pk=account.pk, replaced_at__isnull=True).exists()


def _trace(file: PayoutFile, *, by: Actor, at: datetime) -> None:
    data = {
        "kind": str(file.method_kind),
        "format": str(file.format),
        "part": file.part,
        "payouts": file.payouts_count,
        "total_minor": file.total_minor,
        "digest": file.digest,
    }
    workspace_id = file.run.program.workspace_id
    audit(by=by, at=at, action="payout_file.made", subject=file.run_id, workspace_id=workspace_id, data=data)
