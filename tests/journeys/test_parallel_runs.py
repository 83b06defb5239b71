"""Many payout runs over the same partners at once, killed in the middle: every commission is paid by exactly one."""

import os
import random
import signal
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Count, Sum

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.inputs import ConversionInput
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import read_conversion
from rapport.apps.ledger.queries import balances_of, booked_of, recount
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import approve_run, prepare_run
from rapport.apps.payouts.errors import RunDecided
from rapport.apps.payouts.models import Payout, PayoutLine, PayoutRun
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor, ActorKind
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.domain.books import AccountKind
from rapport.flows.intake import take_conversions
from rapport.flows.offers import load_offer
from rapport.flows.paying import fill_run
from tests.make.identity import NOON, STORY
from tests.make.payouts import AFTER_HOLD, JONAS, let_holds_end, make_method, make_payable, make_run
from tests.make.road import make_agreement, make_coupon, make_program
from tests.support.databases import FreshDatabase
from tests.support.drills import scaled

PARTNERS = scaled(whole=5_000, on_sqlite=60, on_postgresql=40)
RUNS = scaled(whole=50, on_sqlite=6, on_postgresql=6)
KILLS = scaled(whole=20, on_sqlite=5, on_postgresql=5)
STEP = scaled(whole=40, on_sqlite=4, on_postgresql=4)
AT_ONCE = 100
LATER = NOON + AFTER_HOLD


@pytest.mark.drill(seconds=25)
def test_each_commission_is_in_exactly_one_payout_however_many_runs_are_killed(fresh_database: FreshDatabase) -> None:
    program = make_program()
    agreements = [_with_method(program, number) for number in range(PARTNERS)]
    _sell(program, agreements)
    let_holds_end()
    due_minor = Commission.objects.aggregate(Sum("payable_minor"))["payable_minor__sum"]

    runs = [
        prepare_run(program=program, pay_on=LATER.date(), wish=f"run {number}", by=JONAS, at=LATER)
        for number in range(RUNS)
    ]
    killed = _fill_all([run.id for run in runs])

    assert killed == KILLS
    assert not PayoutRun.objects.filter(filled_at__isnull=True).exists()
    commissions = set(Commission.objects.values_list("id", flat=True))
    in_payouts = PayoutLine.objects.order_by().values_list("subject").annotate(Count("payout", distinct=True))
    assert dict(in_payouts) == dict.fromkeys(commissions, 1)
    assert Payout.objects.aggregate(Sum("amount_minor"))["amount_minor__sum"] == due_minor
    assert PayoutRun.objects.aggregate(Sum("total_minor"))["total_minor__sum"] == due_minor
    balances = balances_of([one.id for one in agreements], [AccountKind.PAYABLE])
    assert set(balances.values()) == {0}
    assert recount(program.id).problems == []
    booked = booked_of(sorted(commissions))
    for row in Commission.objects.iterator():
        assert (row.payable_minor, row.reserved_minor) == (0, booked[row.id].reserved_minor)


def test_two_people_who_approve_the_same_run_at_once_have_one_effect(fresh_database: FreshDatabase) -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_payable(program, agreement)
    make_method(agreement.partner.organisation)
    run = make_run(program)
    together = Barrier(2)

    def approve(name: str) -> str:
        together.wait()
        try:
            approve_run(run_id=run.id, total=run.total, by=Actor(ActorKind.PERSON, name), at=LATER)
        except RunDecided:
            return "too late"
        else:
            return "approved"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(approve, ("per_mara", "per_ines")))
    assert sorted(answers) == ["approved", "too late"]
    assert AuditRow.objects.filter(action="payout_run.approved").count() == 1


def _with_method(program: Program, number: int) -> Agreement:
    agreement = make_agreement(program, name=f"Partner {number}")
    make_coupon(agreement, f"CODE{number}")
    make_method(agreement.partner.organisation)
    return agreement


def _sell(program: Program, agreements: Sequence[Agreement]) -> None:
    """Let every partner bring one to three orders."""
    rng = random.Random(7)  # noqa: S311 - orders that can be told again
    told = [
        {"external_id": f"{number}-{part}", "total": f"{rng.randint(500, 9_000)}.00", "coupons": [f"CODE{number}"]}
        for number in range(len(agreements))
        for part in range(rng.randint(1, 3))
    ]
    offer = load_offer(program.id)
    for start in range(0, len(told), AT_ONCE):
        fields = ({"kind": "sale", "currency": "EUR", "occurred_at": NOON, **one} for one in told[start:][:AT_ONCE])
        inputs = [read_input(ConversionInput, one) for one in fields]
        read = [read_conversion(one, frame=offer.frame, received_at=NOON) for one in inputs]
        take_conversions(read, offer=offer, door=Door.API, by=STORY, at=NOON)


def _fill_all(run_ids: Sequence[str]) -> int:
    """Let a process of its own fill each run, kill some without warning, and begin again where they stopped."""
    rng = random.Random(8)  # noqa: S311 - moments that nobody chose
    connections.close_all()
    working = {run_id: _begin(run_id) for run_id in run_ids}
    killed = 0
    while working:
        time.sleep(rng.uniform(0.01, 0.12))
        alive = [run_id for run_id, process in working.items() if process.is_alive()]
        if alive and killed < KILLS:
            victim = rng.choice(alive)
            os.kill(working[victim].pid or 0, signal.SIGKILL)
            killed += 1
        working = {run_id: _again(run_id, process) for run_id, process in _unfinished(working)}
    return killed


def _unfinished(working: dict[str, BaseProcess]) -> Iterable[tuple[str, BaseProcess]]:
    return [(run_id, process) for run_id, process in working.items() if process.exitcode != 0]


def _again(run_id: str, process: BaseProcess) -> BaseProcess:
    return process if process.is_alive() else _begin(run_id)


def _begin(run_id: str) -> BaseProcess:
    process = get_context("fork").Process(target=_fill, args=(run_id,))
    process.start()
    return process


def _fill(run_id: str) -> None:
    connections.close_all()
    fill_run(run_id, clock=lambda: LATER, most=STEP)
    connections.close_all()
