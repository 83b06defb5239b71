"""What people of the team intended: the moment to change one's mind, what became of it, and taking it back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability
from rapport.apps.imports.queries import run_of, validations_of
from rapport.apps.jobs.models import Intention, IntentionState
from rapport.apps.jobs.queries import intentions_at
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.flows import intentions as flow
from rapport.kit.clock import now

FRESH = timedelta(minutes=10)
"""How long the bar still offers to take something back; afterwards its own page does."""

SHOWN = 3
REFUSALS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One intention as pages show it: what happens or happened, and whether it can still be taken back."""

    intention: Intention
    sentence: str
    may_undo: bool
    who: str = ""

    @property
    def waits(self) -> bool:
        """Whether the worker has to do something about it."""
        return self.intention.state in {IntentionState.INTENDED, IntentionState.UNDOING}


def bar_of(request: Request, program: Program, *, at: datetime) -> dict[str, Any]:
    """Return what the bar shows: what this person intended in the last minutes."""
    mine = intentions_at(program.id).filter(
        actor_kind=request.actor.kind, actor_id=request.actor.id, at__gte=at - FRESH
    )
    told = [_told(one) for one in mine[:SHOWN]]
    return {
        "intended": told,
        "any_waits": any(one.waits for one in told),
    }


@require_safe
@allow(Capability.COMMISSION_READ)
def intentions(request: Request, program_id: str) -> HttpResponse:
    """Show what was intended, newest first; as a piece of another page only one's own last ones."""
    program = program_or_404(request, program_id)
    if request.headers.get("HX-Request"):
        content = {"program_row": program, "zone": program.zone, **bar_of(request, program, at=now())}
        return render(request, "console/intentions/bar.html", content)
    page: Page[Intention] = page_of(intentions_at(program.id), request)
    return program_page(request, "intentions/list.html", program=program, page=page, rows=list(_named(page.rows)))


@require_safe
@allow(Capability.COMMISSION_READ)
def intention(request: Request, program_id: str, intention_id: str) -> HttpResponse:
    """Show one intention: what it is about, what was done, and why the rest was not."""
    program = program_or_404(request, program_id)
    row = _found(program, intention_id)
    subjects = {one.id: one for one in _commissions(program, row)}
    refused = [
        (subjects[one], why) for one, why in list((row.refused | row.kept).items())[:REFUSALS_SHOWN] if one in subjects
    ]
    return program_page(
        request,
        "intentions/one.html",
        program=program,
        told=next(iter(_named([row]))),
        refused=refused,
        done=_done(row, subjects),
        run_id=row.arguments.get("run", ""),
        together=Money(sum(one.worth.minor for one in subjects.values()), program.currency),
    )


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def undo(request: Request, program_id: str, intention_id: str) -> HttpResponse:
    """Withdraw what has not begun, or let the worker take back what was done."""
    program = program_or_404(request, program_id)
    row = flow.undo(intention=_found(program, intention_id), program=program, by=request.actor, at=now())
    withdrawn = row.state == IntentionState.WITHDRAWN
    words = _("Withdrawn; nothing was done.") if withdrawn else _("It is being taken back; this page says how far.")
    return done(request, words, name="intention", at=(program.id, row.id))


def _commissions(program: Program, row: Intention) -> Iterable[Commission]:
    """Return the commissions that an intention is about: named by it, or by the lines of the file behind it."""
    rows = commissions_of_program(program.id)
    if row.act != flow.VALIDATE:
        return rows.filter(pk__in=row.subjects)
    decided = validations_of(row.arguments["run"]).filter(outcome="")
    return rows.filter(conversion_id__in=decided.values("conversion_id")).order_by("id")


def _done(row: Intention, subjects: Mapping[str, Commission]) -> list[Commission]:
    if row.act == flow.VALIDATE:
        return list(subjects.values())[:REFUSALS_SHOWN] if row.done else []
    return [subjects[one] for one in row.done[:REFUSALS_SHOWN] if one in subjects]


def _found(program: Program, intention_id: str) -> Intention:
    row = intentions_at(program.id).filter(pk=intention_id).first()
    if row is None:
        raise NotFound
    return row


def _named(rows: Iterable[Intention]) -> Iterable[Told]:
    found = list(rows)
    names = actor_names({(row.actor_kind, row.actor_id) for row in found})
    for row in found:
        told = _told(row)
        yield Told(row, told.sentence, told.may_undo, names.get(row.actor_id, row.actor_id))


def _told(row: Intention) -> Told:
    may_undo = row.state in {IntentionState.INTENDED, IntentionState.DONE}
    return Told(row, _sentence(row), may_undo)


def _sentence(row: Intention) -> str:
    if row.act == flow.VALIDATE:
        return _sentence_of_file(row)
    number = len(row.subjects)
    about = ngettext("%(n)s commission", "%(n)s commissions", number) % {"n": number}
    if row.state == IntentionState.INTENDED:
        doing = _("Approving %(about)s.") if row.act == "approve" else _("Declining %(about)s.")
        return doing % {"about": about}
    if row.state == IntentionState.WITHDRAWN:
        return _("Withdrawn: %(about)s stay as they were.") % {"about": about}
    did = _("Approved: %(done)s of %(n)s.") if row.act == "approve" else _("Declined: %(done)s of %(n)s.")
    sentence = did % {"done": len(row.done), "n": number}
    return " ".join(filter(None, (sentence, _taken_back(row))))


def _taken_back(row: Intention) -> str:
    """Say how far it was taken back, if anybody asked for that."""
    if row.state == IntentionState.UNDOING:
        return _("Being taken back: %(n)s so far.") % {"n": len(row.taken_back)}
    if row.state == IntentionState.UNDONE:
        return _("Taken back.")
    return _("Nothing of it can be taken back.") if row.kept else ""


def _sentence_of_file(row: Intention) -> str:
    """Say what becomes of the decisions of a file; its page tells line by line."""
    told = {"file": run_of(row.arguments["run"]).file_name}
    return {
        IntentionState.INTENDED: _("Deciding about the orders of %(file)s."),
        IntentionState.WITHDRAWN: _("Withdrawn: the orders of %(file)s stay as they were."),
        IntentionState.UNDOING: _("The decisions of %(file)s are being taken back."),
        IntentionState.UNDONE: _("Decisions of %(file)s were taken back; new amounts stay."),
    }.get(IntentionState(row.state), _("The orders of %(file)s were decided.")) % told
