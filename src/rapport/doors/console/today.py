"""The first page: what waits, nearest to its promise first, and how yesterday was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import approvable, commissions_of_program
from rapport.apps.conversions.queries import conversions_of
from rapport.apps.identity.rights import Capability, can, has
from rapport.apps.jobs.queries import failed_jobs
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import programs_of
from rapport.apps.record.queries import latest_examination
from rapport.domain.money import Money
from rapport.doors.access import Request, allow
from rapport.doors.console.alive import outage_rows
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.intentions import bar_of
from rapport.doors.ui.shell import focus_shell
from rapport.flows.alive.machine import nobody_looks
from rapport.flows.daybook import Compared, Day, what_comes, yesterday
from rapport.flows.explaining.words import order_words
from rapport.flows.service import service_clocks
from rapport.flows.waiting import Counts, Waiting, Waits, alike_together, count_waiting, what_waits
from rapport.kit.clock import now

READY = 5
"""Commissions on the page that could be approved now."""

MOST = 50
"""Rows of a kind on the page; whoever has more waiting goes to the list of that kind."""


@dataclass(frozen=True, slots=True)
class KindOfWork:
    """One kind of what waits: who sees it, how its chip is called, which page tells more."""

    words: Promise
    capability: Capability
    counted: str
    route: str


KINDS = {
    Waits.APPLICATION: KindOfWork(lazy("Applications"), Capability.APPLICATION_READ, "applications", "application"),
    Waits.CONFLICT: KindOfWork(lazy("Conflicts"), Capability.CONVERSION_READ, "conflicts", "conversion"),
    Waits.CORRECTION: KindOfWork(lazy("Corrections"), Capability.CONVERSION_READ, "corrections", "correction"),
    Waits.RECEIPT: KindOfWork(lazy("Receipts"), Capability.CONVERSION_READ, "receipts", "receipt"),
    Waits.PROPOSAL: KindOfWork(lazy("Proposals"), Capability.COMMISSION_READ, "proposals", "commission"),
    Waits.HELD: KindOfWork(lazy("Held"), Capability.COMMISSION_READ, "held", "conversion"),
    Waits.REPLY: KindOfWork(lazy("Replies"), Capability.COMMISSION_READ, "replies", "conversion"),
    Waits.MESSAGE: KindOfWork(lazy("Questions"), Capability.COMMISSION_READ, "messages", "commission"),
    Waits.RUN: KindOfWork(lazy("Payout runs"), Capability.PAYOUT_READ, "runs", "payout-run"),
    Waits.UNKNOWN: KindOfWork(lazy("Unknown payouts"), Capability.PAYOUT_READ, "unknown", "payout-run"),
    Waits.UNPAID: KindOfWork(lazy("No payout method"), Capability.PAYOUT_READ, "unpaid", "payout-method"),
    Waits.RATE: KindOfWork(lazy("Without a rate"), Capability.CONVERSION_READ, "rates", "conversion"),
    Waits.OBJECTION: KindOfWork(lazy("Objections"), Capability.PAYOUT_READ, "objections", "invoice"),
    Waits.SHOP: KindOfWork(lazy("Shops"), Capability.CONVERSION_READ, "shops", "shop"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """One kind among what waits."""

    kind: Waits
    words: Promise
    number: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of yesterday beside its usual one, and where it comes from."""

    words: str
    url: str
    compared: Compared
    money: Money | None = None
    usual: Money | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the queue with the page that tells more."""

    waiting: Waiting
    url: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A commission that could be approved before silence does it; `share` of its hold is over, `left` is to come."""

    commission: Commission
    heading: str
    share: float
    left: timedelta


@require_safe
@allow(Capability.PROGRAM_READ)
def home(request: Request) -> HttpResponse:
    """Lead to the first program; whoever has none yet is told how to begin."""
    program = programs_of(request.actor).first()
    if program:
        return redirect("console:today", program.id)
    may_open = has(request.actor, Capability.PROGRAM_WRITE)
    return render(request, "console/no_program.html", focus_shell() | {"may_open": may_open})


@require_safe
@allow(Capability.PROGRAM_READ)
def today(request: Request, program_id: str) -> HttpResponse:
    """Show what waits (`?kind=` shows one kind), yesterday, and what the end of the day brings."""
    program, at = program_or_404(request, program_id), now()
    counts = count_waiting(program)
    chips = [chip for chip in _chips(request, program, counts) if chip.number]
    together = sum(chip.number for chip in chips)
    chosen = request.GET.get("kind", "")
    kinds = frozenset(chip.kind for chip in chips if chosen in {"", chip.kind})
    found = what_waits(program, kinds=kinds, most=MOST, at=at)
    rows = [_row(one, program) for one in (found if chosen else alike_together(found, most=MOST))]
    late = [row for row in rows if row.waiting.is_late]
    day = yesterday(program, at=at)
    may_see_jobs = can(request.actor, Capability.JOB_READ, program)
    return program_page(
        request,
        "today/page.html",
        program=program,
        at=at,
        heading=_heading(together, late=len(late)),
        chips=chips,
        chosen=chosen,
        together=together,
        late=late,
        waiting=[row for row in rows if not row.waiting.is_late],
        may_decide=can(request.actor, Capability.APPLICATION_DECIDE, program),
        failed=len(failed_jobs()) if may_see_jobs else 0,
        outages=[row for row in outage_rows(request, program) if row.outage.is_open],
        unwatched=may_see_jobs and nobody_looks(at=at),
        unhealthy=_problems_found() if may_see_jobs else 0,
        over_corrected=conversions_of(program.id).filter(over_corrected=True).count(),
        usual_words=_("against eight times %(weekday)s") % {"weekday": date_format(day.on, "l")},
        figures=_figures(program, day),
        coming=what_comes(program, at=at),
        clocks=service_clocks(program, at=at),
        ready=_ready(request, program, at=at),
        **bar_of(request, program, at=at),
    )


def _problems_found() -> int:
    """Return how many problems the doctor found when it last looked."""
    last = latest_examination()
    return last.problems_count if last else 0


def _ready(request: Request, program: Program, *, at: datetime) -> list[Ready]:
    """Return the commissions whose hold ends first, for whoever may approve them before that."""
    if not can(request.actor, Capability.CONVERSION_DECIDE, program):
        return []
    rows = approvable(commissions_of_program(program.id)).order_by("hold_until", "id")[:READY]
    return [_ready_row(row, at=at) for row in rows]


def _ready_row(row: Commission, *, at: datetime) -> Ready:
    order = order_words(row)
    ends = row.hold_until
    whole = max(ends - row.created_at, timedelta(seconds=1))
    heading = ", ".join(filter(None, (row.agreement.partner.name, order)))
    return Ready(row, heading, (at - row.created_at) / whole, max(ends - at, timedelta()))


def _chips(request: Request, program: Program, counts: Counts) -> list[Chip]:
    """Return the kinds that this person may see, with how many of each wait."""
    return [
        Chip(kind, work.words, getattr(counts, work.counted))
        for kind, work in KINDS.items()
        if can(request.actor, work.capability, program)
    ]


def _row(one: Waiting, program: Program) -> Row:
    if not one.subject:
        return Row(one, f"?kind={one.kind}")
    return Row(one, reverse(f"console:{KINDS[one.kind].route}", args=[program.id, one.subject]))


def _heading(together: int, *, late: int) -> str:
    """Say what the page answers: how much waits, and how much of it too long."""
    if not together:
        return _("Nothing waits")
    waits = ngettext("%(n)s thing waits", "%(n)s things wait", together) % {"n": together}
    if not late:
        return _("%(waits)s, all within their promise") % {"waits": waits}
    return _("%(waits)s, %(late)s past the promise") % {"waits": waits, "late": late}


def _figures(program: Program, day: Day) -> list[Figure]:
    def figure(words: str, route: str, compared: Compared, *, money: bool = False) -> Figure:
        url = reverse(f"console:{route}", args=[program.id])
        if not money:
            return Figure(words, url, compared)
        return Figure(
            words, url, compared, Money(compared.now, program.currency), Money(compared.usual, program.currency)
        )

    return [
        figure(_("Clicks"), "clicks", day.clicks),
        figure(_("Orders"), "conversions", day.orders),
        figure(_("Sales"), "conversions", day.sales_minor, money=True),
        figure(_("Commission"), "commissions", day.commission_minor, money=True),
    ]
