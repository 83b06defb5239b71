"""Page "Is tracking alive?": what is out of order, what arrives, tests through the real doors, past outages."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.outages.actions import note_trial
from rapport.apps.outages.models import Outage
from rapport.apps.outages.queries import all_outages, all_trials, outages_of, outages_of_installation, trials_of
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.alive.machine import nobody_looks
from rapport.flows.alive.orders import Band, band_of
from rapport.flows.alive.repairing import repairable
from rapport.flows.alive.sources import Source, sources_of
from rapport.flows.alive.tasks import refund_trial, repair_outage
from rapport.flows.alive.tasks import send_trial as send_ordered
from rapport.flows.alive.telling import ToldTrial, told_trials
from rapport.flows.alive.trials import NoLink, link_to_try, order_trial
from rapport.flows.alive.words import OutageWords, outage_words
from rapport.kit.clock import now

SHOWN = 20
TRIALS = 8


@dataclass(frozen=True, slots=True)
class OutageRow:
    """One outage as the page says it."""

    outage: Outage
    words: OutageWords
    repairable: bool


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source with its band, where it has ever told anything."""

    source: Source
    band: Band


@require_safe
@allow(Capability.CONVERSION_READ)
def alive(request: Request, program_id: str) -> HttpResponse:
    """Show whether tracking is alive."""
    program, at = program_or_404(request, program_id), now()
    rows, trials = outage_rows(request, program), _trials(program)
    return program_page(
        request,
        "alive/page.html",
        program=program,
        at=at,
        lasting=[row for row in rows if row.outage.is_open],
        past=[row for row in rows if not row.outage.is_open],
        unwatched=nobody_looks(at=at),
        sources=_sources(program, at=at),
        trials=trials,
        asks_again=_asks_again(trials),
        can_try=link_to_try(program) is not None,
        may_try=can(request.actor, Capability.PROGRAM_WRITE, program),
        may_repair=can(request.actor, Capability.CONVERSION_REPORT, program),
    )


@require_safe
@allow(Capability.CONVERSION_READ)
def trials_part(request: Request, program_id: str) -> HttpResponse:
    """Return the list of tests alone, for the page that asks again while some are on their way."""
    program = program_or_404(request, program_id)
    trials = _trials(program)
    content = {
        "program_row": program,
        "trials": trials,
        "asks_again": _asks_again(trials),
        "may_try": can(request.actor, Capability.PROGRAM_WRITE, program),
        "zone": program.zone,
    }
    return render(request, "console/alive/trials.html", content)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def send_trial(request: Request, program_id: str) -> HttpResponse:
    """Send a test click and its test order through the real doors."""
    program = program_or_404(request, program_id)
    try:
        trial = order_trial(program, by=request.actor, at=now())
    except NoLink as refusal:
        messages.error(request, refusal.sentence)
        return redirect("console:alive", program.id)
    send_ordered.enqueue(trial_id=trial.id)
    return done(request, _("A test click and a test order are on their way."), name="alive", at=(program.id,))


@require_POST
@allow(Capability.PROGRAM_WRITE)
def send_refund(request: Request, program_id: str, trial_id: str) -> HttpResponse:
    """Take a test order back."""
    program = program_or_404(request, program_id)
    trial = get_object_or_404(all_trials().filter(program=program), pk=trial_id)
    note_trial(trial, refund_ordered_at=trial.refund_ordered_at or now())
    refund_trial.enqueue(trial_id=trial.id)
    return done(request, _("A test refund is on its way."), name="alive", at=(program.id,))


@require_POST
@allow(Capability.CONVERSION_REPORT)
def repair(request: Request, program_id: str, outage_id: str) -> HttpResponse:
    """Read the shop's orders of an outage's time again."""
    program = program_or_404(request, program_id)
    outage = find_or_404(request, all_outages().filter(program=program), pk=outage_id)
    repair_outage.enqueue(outage_id=outage.id)
    return done(request, _("The shop’s orders of that time are read again."), name="alive", at=(program.id,))


def outage_rows(request: Request, program: Program) -> list[OutageRow]:
    """Return the outages that this person may see, newest first: those of the installation with the right to jobs."""
    found = list(outages_of(program.id)[:SHOWN])
    if can(request.actor, Capability.JOB_READ, program):
        found += outages_of_installation()[:SHOWN]
    fit = {outage.id for outage in repairable(found)}
    rows = [OutageRow(one, outage_words(one), one.id in fit) for one in found]
    return sorted(rows, key=lambda row: row.outage.began_at, reverse=True)


def _sources(program: Program, *, at: datetime) -> list[SourceRow]:
    rows = [(source, band_of(program, source, at=at)) for source in sources_of(program)]
    return [SourceRow(source, band) for source, band in rows if band is not None]


def _trials(program: Program) -> list[ToldTrial]:
    return told_trials(trials_of(program.id), most=TRIALS, at=now())


def _asks_again(trials: list[ToldTrial]) -> bool:
    """Say whether the page should ask again, because some tests are on their way."""
    return any(one.is_on_its_way for one in trials)
