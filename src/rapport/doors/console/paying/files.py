"""Files and calls of a run, rail by rail: made once, handed out as the same bytes, asked again, given back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.payouts import actions
from rapport.apps.payouts.files import content_of, digest_of_file, written_as
from rapport.apps.payouts.models import MethodKind, PayoutFile, PayoutRun, PayoutState, RailCall
from rapport.apps.payouts.queries import calls_of, files_of_run, payouts_of_run
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.paying.forms import SettleRestForm
from rapport.doors.console.paying.runs import found_run, run_page
from rapport.flows import paying
from rapport.flows.paying_jobs import carry_calls, send_run
from rapport.kit.clock import now

AT_ONCE = 200
"""Up to so many payouts are noted as sent while the page waits; more are left to the worker."""


@require_POST
@allow(Capability.PAYOUT_WRITE)
def make(request: Request, program_id: str, run_id: str, kind: str) -> HttpResponse:
    """Make the files or calls of one rail, and note what stands in them as sent."""
    _program, row = found_run(request, program_id, run_id)
    wanted = request.POST.get("format", "")
    files = actions.make_files(run_id=row.id, kind=_kind(kind), by=request.actor, at=now(), format_=wanted)
    if written_as(files[0]).is_call:
        carry_calls.enqueue(run_id=row.id)
        return done(request, _("It goes out now."), name="payout-run", at=(row.program_id, row.id))
    if sum(file.payouts_count for file in files) <= AT_ONCE:
        paying.send_run(row.id, clock=now)
    else:
        send_run.enqueue(run_id=row.id)
    return done(request, _("The file is ready."), name="payout-run", at=(row.program_id, row.id))


@require_safe
@allow(Capability.PAYOUT_WRITE)
def download(request: Request, program_id: str, run_id: str, kind: str, part: int) -> HttpResponse:
    """Answer with a file that was made: the same bytes each time, or not at all."""
    _program, row = found_run(request, program_id, run_id)
    file = _file(row, _kind(kind), part)
    content, form = content_of(file), written_as(file)
    if digest_of_file(content) != file.digest:
        messages.error(request, _("The file is not what it was when it was made. Do not use it; run the doctor."))
        return done(request, _("Nothing was downloaded."), name="payout-run", at=(row.program_id, row.id))
    answer = HttpResponse(content, content_type=form.content_type, headers={"X-Content-Type-Options": "nosniff"})
    answer["Content-Disposition"] = f'attachment; filename="{row.id}-{file.place}.{form.suffix}"'
    return answer


@require_POST
@allow(Capability.PAYOUT_WRITE)
def settle_rest(request: Request, program_id: str, run_id: str, kind: str) -> HttpResponse:
    """Note that everything of a rail arrived of which nothing else is known, as a bank statement shows."""
    program, row = found_run(request, program_id, run_id)
    wanted = _kind(kind)
    form = SettleRestForm(request.POST, auto_id=f"settle-{wanted}-%s")

    def act() -> None:
        rest = payouts_of_run(row.id).filter(method_kind=wanted, state=PayoutState.SENT, known=True, unclaimed=False)
        paying.settle_all(rest, reference=form.cleaned_data["reference"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Noted."), name="payout-run", at=(row.program_id, row.id))
    return run_page(request, program, row, refused=(wanted, form))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def ask_again(request: Request, program_id: str, run_id: str, name: str) -> HttpResponse:
    """Let a call go out once more, under the same name."""
    _program, row = found_run(request, program_id, run_id)
    actions.ask_again(name=_call(row, name).name, by=request.actor, at=now())
    carry_calls.enqueue(run_id=row.id)
    return done(request, _("It is asked again."), name="payout-run", at=(row.program_id, row.id))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def give_back(request: Request, program_id: str, run_id: str, name: str) -> HttpResponse:
    """Give up a refused call; the money of everybody in it is payable again."""
    _program, row = found_run(request, program_id, run_id)
    actions.give_call_back(name=_call(row, name).name, by=request.actor, at=now())
    carry_calls.enqueue(run_id=row.id)
    words = _("Given back. Everything in it is payable again.")
    return done(request, words, name="payout-run", at=(row.program_id, row.id))


def _kind(text: str) -> MethodKind:
    if text not in MethodKind.values:
        raise Http404(_("There is no such file."))
    return MethodKind(text)


def _file(row: PayoutRun, kind: MethodKind, part: int) -> PayoutFile:
    found = next((file for file in files_of_run(row.id) if file.method_kind == kind and file.part == part), None)
    if found is None:
        raise Http404(_("This file was not made yet."))
    return found


def _call(row: PayoutRun, name: str) -> RailCall:
    found = next((call for call in calls_of(row.id) if call.name == name), None)
    if found is None:
        raise Http404(_("There is no such call."))
    return found
