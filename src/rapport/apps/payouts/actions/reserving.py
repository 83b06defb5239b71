"""Prepare a payout run: take agreement after agreement, weigh it, and reserve what is paid; a few at a time.

Every step is one short transaction that moves the run's own mark, so a run that was killed goes on where it stopped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from rapport.apps.commissions.actions import follow_postings, lock_commissions
from rapport.apps.ledger.models import Book
from rapport.apps.ledger.queries import PayablePosting
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions.taking_up import (
    Reserved,
    exchanged,
    nets_of_postings,
    payout_of,
    preparer_of,
    write_reserved,
)
from rapport.apps.payouts.errors import PaydayPassed
from rapport.apps.payouts.exchanging import rates_for_run, run_rates, wishes_of
from rapport.apps.payouts.models import (
    Payout,
    PayoutRun,
    PayoutRunRate,
    PayoutRunState,
    PayoutState,
    PayoutVerdict,
)
from rapport.apps.payouts.queries import dues_of, methods_in_use, open_postings
from rapport.apps.payouts.taxing import Taxed, origins_of, taxed
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows
from rapport.apps.record.write import insert_rows, transaction
from rapport.apps.taxes.queries import Standing, standings
from rapport.domain.payouts import Verdict, weigh
from rapport.kit.clock import to_ms
from rapport.kit.ids import new_id

AT_ONCE = 40
"""Agreements looked at in one transaction: more would keep other writers waiting."""


class Crossed(Exception):
    """Somebody booked on the same agreements meanwhile: the step is done again."""


def prepare_run(*, program: Program, pay_on: date, wish: str, by: Actor, at: datetime) -> PayoutRun:
    """Open a run; `wish` names what somebody asked for once, so that asking twice opens one run."""
    today = at.astimezone(ZoneInfo(program.zone)).date()
    if pay_on < today:
        raise PaydayPassed(today)
    with transaction():
        run, opened = PayoutRun.objects.get_or_create(
            wish=wish,
            defaults={
                "id": new_id("run", at=at),
                "program": program,
                "currency": program.currency,
                "pay_on": pay_on,
                "prepared_at": at,
                "prepared_by_kind": by.kind,
                "prepared_by_id": by.id,
            },
        )
        if opened:
            seal_rows([run])
            audit(by=by, at=at, action="payout_run.prepared", subject=run.id, workspace_id=program.workspace_id)
    return run


def fill_step(*, run_id: str, at: datetime, most: int = AT_ONCE) -> bool:
    """Look at the next agreements of a draft and reserve what is paid; say whether there may be more.

    Raises `Crossed` when a booking came in between, which the caller answers by calling again.
    """
    with transaction():
        run = PayoutRun.objects.select_for_update(of=("self",)).select_related("program").get(pk=run_id)
        if run.state != PayoutRunState.DRAFT or run.filled_at:
            return False
        agreements = _next_agreements(run, most)
        if not agreements:
            _finish(run, at=at)
            return False
        _look_at(run, agreements, at=at)
        run.filled_upto = agreements[-1].id
        run.save(update_fields=["filled_upto"])
        seal_rows([run])
    return True


def _next_agreements(run: PayoutRun, most: int) -> list[Agreement]:
    rows = Agreement.objects.filter(program=run.program, id__gt=run.filled_upto).order_by("id")
    return list(rows.select_related("partner", "program")[:most])


def _look_at(run: PayoutRun, agreements: Sequence[Agreement], *, at: datetime) -> None:
    ids = [row.id for row in agreements]
    waiting = open_postings(ids)
    if not waiting:
        return
    # Locks in the order of every writer: commissions, then the book. What came in between is looked at again.
    commissions = lock_commissions(_subjects(waiting.values()))
    Book.objects.select_for_update().get(subject=run.program_id)
    found = open_postings(ids)
    if not _commissions_in(_subjects(found.values())) <= commissions.keys():
        raise Crossed
    nets = {row.id: nets_of_postings(found.get(row.id, ())) for row in agreements}
    papers = standings(agreements, program=run.program, on=run.pay_on)
    methods = methods_in_use({row.partner.organisation_id for row in agreements})
    wishes = wishes_of([method.id for method in methods.values()])
    rates = rates_for_run(run, set(wishes.values()), at=at)
    sums = {key: _sum(found.get(key, ())) for key in ids}
    dues = dues_of(agreements, sums, papers=papers, at=at, rates=rates)
    taxes = _taxes(nets, papers)
    verdicts, reserved = [], []
    for agreement in agreements:
        due = replace(dues[agreement.id], tax_minor=taxes[agreement.id].tax_minor)
        verdict, obstacles = weigh(due, at_ms=to_ms(at))
        if verdict is Verdict.ELIGIBLE:
            method, postings = methods[agreement.partner.organisation_id], found[agreement.id]
            one = payout_of(run, agreement, method=method, postings=postings, tax=taxes[agreement.id], at=at)
            one = exchanged(one, wishes.get(method.id, ""), rates)
            if one.payout.sent.minor:
                reserved.append(one)
            else:
                verdict = Verdict.BELOW_THRESHOLD
        if verdict is not Verdict.NOTHING:
            verdicts.append(
                PayoutVerdict(
                    run=run,
                    agreement=agreement,
                    verdict=verdict.value,
                    reasons=[one.value for one in obstacles],
                    payable_minor=due.payable_minor,
                    threshold_minor=due.threshold_minor,
                )
            )
    insert_rows(verdicts)
    seal_rows(verdicts)
    _fix_rates(run, reserved)
    write_reserved(run, reserved, at=at)
    follow_postings(commissions, {subject: one for each in reserved for subject, one in each.moved.items()})


def _fix_rates(run: PayoutRun, reserved: Iterable[Reserved]) -> None:
    """Keep the rates that these payouts took: every later one of the run takes the same."""
    taken = {one.exchange.currency: one.exchange.known_rate for one in reserved if one.exchange}
    fixed = run_rates(run.id)
    new = [
        PayoutRunRate(run=run, currency=currency, rate=rate.text, rate_day=rate.day, rate_source=rate.source)
        for currency, rate in sorted(taken.items())
        if currency not in fixed
    ]
    insert_rows(new)
    seal_rows(new)


def _sum(postings: Iterable[PayablePosting]) -> int:
    return sum(one.minor for one in postings)


def _taxes(nets: Mapping[str, dict[str, int]], papers: Mapping[str, Standing]) -> dict[str, Taxed]:
    back = {subject for each in nets.values() for subject, minor in each.items() if minor < 0}
    origins = origins_of(back) if back else {}
    return {
        key: taxed(
            each,
            standing=papers[key],
            origins={subject: origins[subject] for subject, minor in each.items() if minor < 0 and subject in origins},
        )
        for key, each in nets.items()
    }


def _subjects(postings: Collection[Sequence[PayablePosting]]) -> set[str]:
    return {one.memo for each in postings for one in each}


def _commissions_in(subjects: set[str]) -> set[str]:
    return {subject for subject in subjects if subject.startswith("com_")}


def _finish(run: PayoutRun, *, at: datetime) -> None:
    sums = Payout.objects.filter(run=run, state=PayoutState.RESERVED).aggregate(
        count=Count("id"), minor=Sum("amount_minor")
    )
    run.filled_at, run.payouts_count, run.total_minor = at, sums["count"], sums["minor"] or 0
    run.save(update_fields=["filled_at", "payouts_count", "total_minor"])
    seal_rows([run])
    audit(
        by=preparer_of(run),
        at=at,
        action="payout_run.ready",
        subject=run.id,
        workspace_id=run.program.workspace_id,
        data={"payouts": run.payouts_count, "total_minor": run.total_minor, "currency": run.currency},
    )
    announce(at=at, kind="payout_run.ready", subject=run.id, workspace_id=run.program.workspace_id)
