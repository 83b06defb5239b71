"""Pay the partners of the demo month by month: one finance person prepares, another approves, the bank answers."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rapport.apps.payouts import actions
from rapport.apps.payouts.exchanging import sent_totals
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRun, PayoutRunState, PayoutState
from rapport.apps.payouts.queries import bank_day_of
from rapport.domain.payouts import Verdict
from rapport.flows import paying
from rapport.flows.demo.planning import ZONE, Play
from rapport.flows.demo.staging import Stage
from rapport.flows.invoicing import issue_waiting
from rapport.flows.payout_runs import would_be_paid

PREPARED_ON = 10
PAID_ON = 15
_FINANCE, _SECOND = 3, 4
"""The places in the cast of who prepares and who approves."""
_FAILS, _RETURNS = 3, 5
"""The runs, counted from the first with anything to pay, in which a payout does not arrive."""


@dataclass(frozen=True, slots=True)
class Payday:
    """One month's closing: prepared on one day, paid on another, its outcome known the day after."""

    number: int
    prepared_on: date
    pay_on: date

    @property
    def known_on(self) -> date:
        """The day on which the bank has answered."""
        return self.pay_on + timedelta(days=1)


def paydays_of(play: Play) -> tuple[Payday, ...]:
    """Return the paydays of a play whose outcome is known before it ends."""
    months = sorted({(play.first_on + timedelta(days=number)).replace(day=PREPARED_ON) for number in range(play.days)})
    found = [Payday(n, on, bank_day_of("DE", on.replace(day=PAID_ON))) for n, on in enumerate(months)]
    return tuple(one for one in found if one.prepared_on >= play.first_on and one.known_on < play.until)


def pay(stage: Stage, payday: Payday, *, on: date, last: bool) -> None:
    """Do what a day brings to a payday; `last` leaves one of its payouts unknown."""
    if on == payday.prepared_on:
        _prepare_and_send(stage, payday)
    elif on == payday.known_on:
        _hear(stage, payday, last=last)


def prepare_last(stage: Stage) -> PayoutRun:
    """Prepare the run that waits for its second person."""
    at = stage.play.ends_at - timedelta(hours=8)
    pay_on = bank_day_of("DE", _next(at.astimezone(ZONE).date(), day=PAID_ON))
    return _prepared(stage, pay_on=pay_on, wish="demo-last", at=at)


def _prepare_and_send(stage: Stage, payday: Payday) -> None:
    at, wish = _at(payday.prepared_on, hour=10), f"demo-{payday.prepared_on}"
    if not PayoutRun.objects.filter(wish=wish).exists() and not _anybody_to_pay(stage, at=at):
        return
    run = _prepared(stage, pay_on=payday.pay_on, wish=wish, at=at)
    if run.state != PayoutRunState.DRAFT:
        return
    approved_at = at + timedelta(hours=4)
    foreign = sent_totals(run.id)
    actions.approve_run(run_id=run.id, total=run.total, foreign=foreign, by=stage.actor(_SECOND), at=approved_at)
    kinds = Payout.objects.filter(run=run).order_by("method_kind").values_list("method_kind", flat=True).distinct()
    for kind in kinds:
        actions.make_files(run_id=run.id, kind=MethodKind(kind), by=stage.actor(_FINANCE), at=approved_at)
    paying.send_run(run.id, clock=lambda: approved_at + timedelta(minutes=20))


def _anybody_to_pay(stage: Stage, *, at: datetime) -> bool:
    return any(row.verdict is Verdict.ELIGIBLE for row in would_be_paid(stage.program, at=at))


def _prepared(stage: Stage, *, pay_on: date, wish: str, at: datetime) -> PayoutRun:
    run = actions.prepare_run(program=stage.program, pay_on=pay_on, wish=wish, by=stage.actor(_FINANCE), at=at)
    paying.fill_run(run.id, clock=lambda: at)
    return PayoutRun.objects.get(pk=run.id)


def _hear(stage: Stage, payday: Payday, *, last: bool) -> None:
    """Take in what the bank says, the largest payouts first."""
    run = PayoutRun.objects.filter(wish=f"demo-{payday.prepared_on}").first()
    if run is None:
        return
    at, by = _at(payday.known_on, hour=9), stage.actor(_FINANCE)
    sent = Payout.objects.filter(run=run, state=PayoutState.SENT)
    ids = list(sent.order_by("-amount_minor", "agreement__partner__name").values_list("id", flat=True))
    if payday.number == _FAILS and len(ids) > 1:
        actions.fail_payout(payout_id=ids.pop(), reason="The account was closed (AC04)", by=by, at=at)
    if last and len(ids) > 1:
        actions.leave_open(payout_id=ids.pop(), reason="The bank has not answered yet", by=by, at=at)
    references = {payout_id: f"ML {payday.pay_on:%y%m}-{n:03}" for n, payout_id in enumerate(ids, 1)}
    if references:
        actions.settle_payouts(references, run_id=run.id, by=by, at=at)
    if payday.number == _RETURNS and ids:
        back_at = at + timedelta(days=0, hours=5)
        actions.return_payout(payout_id=ids[-1], reason="Sent back by the bank (MS03)", by=by, at=back_at)
    issue_waiting(at=at + timedelta(hours=6))


def _at(on: date, *, hour: int) -> datetime:
    return datetime.combine(on, time(hour), tzinfo=ZONE)


def _next(today: date, *, day: int) -> date:
    """Return the next such day of a month, today not counted."""
    if today.day < day:
        return today.replace(day=day)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=day)
