"""Approve and decline from lists: chosen one by one or by the filter, with a moment to change one's mind."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import approvable, commissions_of_program, waiting_amounts
from rapport.apps.identity.rights import Capability
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from rapport.doors.access import Request, allow
from rapport.doors.console.forms import DeclineOrderForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.intentions import intend_act
from rapport.kit.clock import now

MOST_AT_ONCE = 5_000
"""Commissions of one intention; whoever has more waiting approves the rest with the next."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a filter shows and a person may approve, with its sum."""

    ids: Sequence[str]
    money: Money


def filtered(request: Request, program: Program) -> QuerySet[Commission]:
    """Return the commissions that the filter of an address or a form shows."""
    asked = request.POST if request.method == "POST" else request.GET
    rows = commissions_of_program(program.id)
    if asked.get("partner"):
        rows = rows.filter(agreement_id=asked["partner"])
    if asked.get("state") in CommissionState.values:
        rows = rows.filter(state=asked["state"])
    return rows


def chosen_by(rows: QuerySet[Commission], program: Program) -> Chosen:
    """Return those of these commissions that can be approved now, the oldest first."""
    found = waiting_amounts(approvable(rows), most=MOST_AT_ONCE)
    return Chosen(list(found), Money(sum(found.values()), program.currency))


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def approve(request: Request, program_id: str) -> HttpResponse:
    """Intend to approve the commissions named, or all of a filter once their number and sum are confirmed."""
    program = program_or_404(request, program_id)
    if not request.POST.get("all"):
        return _intend(request, program, _named(request, program), act="approve")
    chosen = chosen_by(filtered(request, program), program)
    seen = (request.POST.get("number"), request.POST.get("sum"))
    if seen == (str(len(chosen.ids)), str(chosen.money.minor)):
        return _intend(request, program, chosen.ids, act="approve")
    return program_page(
        request,
        "commissions/confirm.html",
        program=program,
        chosen=chosen,
        number=len(chosen.ids),
        asked=request.POST,
        changed=seen[0] is not None,
    )


@require_POST
@allow(Capability.CONVERSION_DECIDE)
def decline(request: Request, program_id: str) -> HttpResponse:
    """Ask why, and then intend to decline the orders behind the commissions named."""
    program = program_or_404(request, program_id)
    ids = _named(request, program)
    form = DeclineOrderForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        return _intend(request, program, ids, act="decline", **form.cleaned_data)
    rows = commissions_of_program(program.id).filter(pk__in=ids)
    return program_page(
        request,
        "commissions/decline.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        rows=rows,
        together=Money(sum(row.worth.minor for row in rows), program.currency),
    )


def _named(request: Request, program: Program) -> list[str]:
    """Return the commissions that the form names and this program has, in the order given."""
    named = list(dict.fromkeys(request.POST.getlist("commission")))[:MOST_AT_ONCE]
    known = set(commissions_of_program(program.id).filter(pk__in=named).values_list("id", flat=True))
    return [one for one in named if one in known]


def _intend(request: Request, program: Program, ids: Sequence[str], *, act: str, **arguments: str) -> HttpResponse:
    if ids:
        intend_act(act=act, program=program, subjects=ids, by=request.actor, at=now(), **arguments)
    answer = HttpResponseRedirect(_way_back(request, program, ids))
    answer.status_code = 303
    return answer


def _way_back(request: Request, program: Program, ids: Sequence[str]) -> str:
    back = request.POST.get("back", "")
    if back == "commission" and ids:
        return reverse("console:commission", args=[program.id, ids[0]])
    if back == "today":
        return reverse("console:today", args=[program.id])
    shown = {name: request.POST[name] for name in ("state", "partner") if request.POST.get(name)}
    return reverse("console:commissions", args=[program.id], query=shown)
