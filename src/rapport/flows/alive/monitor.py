"""The monitor: a test order through the real doors again and again, what arrives, and where links lead."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.outages.actions import Concern, note_look
from rapport.apps.outages.models import OutageKind, Trial
from rapport.apps.outages.queries import trials_of, watch
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import all_programs
from rapport.flows.alive.alarming import BY, settle
from rapport.flows.alive.destinations import watch_destinations
from rapport.flows.alive.orders import watch_orders
from rapport.flows.alive.trials import WITHIN, NoLink, note_arrivals, order_trial, send_trial_through

_log = logging.getLogger(__name__)

ORDERS_EVERY = timedelta(minutes=5)
DESTINATIONS_EVERY = timedelta(hours=1)


def look_around(*, at: datetime) -> None:
    """Do for every open program whatever is due."""
    note_arrivals(at=at)
    _for_each_program(lambda program: _look_at(program, at=at))


def look_at_links(*, at: datetime) -> None:
    """Look where the links of every open program lead, when it is time; apart from all else, as pages may be slow."""
    if settings.MONITOR_MINUTES:
        _for_each_program(lambda program: _look_at_links(program, at=at))


def _for_each_program(look: Callable[[Program], None]) -> None:
    for program in all_programs().filter(state=ProgramState.OPEN):
        try:
            look(program)
        except Exception:  # noqa: BLE001 - what is odd in one program must not hide the others from the monitor
            _log.exception("the monitor could not look at the program %s", program.id)


def _look_at(program: Program, *, at: datetime) -> None:
    judge_trials(program, at=at)
    if _is_due(f"orders:{program.id}", ORDERS_EVERY, at=at):
        watch_orders(program, at=at)
        note_look(name=f"orders:{program.id}", data={}, at=at)
    every = timedelta(minutes=settings.MONITOR_MINUTES)
    if every and _is_due(f"trial:{program.id}", every, at=at):
        try_doors(program, at=at)


def _look_at_links(program: Program, *, at: datetime) -> None:
    if _is_due(f"destinations:{program.id}", DESTINATIONS_EVERY, at=at):
        watch_destinations(program, at=at)


def try_doors(program: Program, *, at: datetime) -> None:
    """Send a test click and a test order; a program without links has nothing to try."""
    note_look(name=f"trial:{program.id}", data={}, at=at)
    try:
        trial = order_trial(program, by=BY, at=at, by_monitor=True)
    except NoLink:
        return
    send_trial_through(trial, by=BY, at=at)
    judge_trials(program, at=at)


def judge_trials(program: Program, *, at: datetime) -> None:
    """Begin or end the outage of test orders by the last one of the monitor that is decided."""
    for trial in trials_of(program.id).filter(by_monitor=True)[:10]:
        problem = _problem(trial, at=at)
        if problem is None:
            continue  # on its way: the one before it still speaks
        concern = Concern(OutageKind.TRIAL, program)
        since = trial.sent_at if problem else (trial.arrived_at or at)
        settle(concern, ill=bool(problem), since=since, figures={"problem": problem}, at=at)
        return


def _problem(trial: Trial, *, at: datetime) -> str | None:
    """Return why a trial failed, an empty text if it came through, nothing while it is on its way."""
    if trial.problem:
        return trial.problem
    if trial.arrived_at:
        return ""
    if at - trial.sent_at <= WITHIN:
        return None
    return _("A test order was acknowledged and is not among the orders after %(minutes)s minutes.") % {
        "minutes": int(WITHIN.total_seconds() // 60)
    }


def _is_due(name: str, every: timedelta, *, at: datetime) -> bool:
    last = watch(name)
    return last is None or at - last.looked_at >= every
