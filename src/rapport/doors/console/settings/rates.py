"""Pages of exchange rates: what is known and how old it is, a file of the bank, a rate by hand, what jumped."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.models import Organisation
from rapport.apps.identity.rights import Capability, can
from rapport.apps.rates.actions import Kept, refuse_doubtful, take_doubtful
from rapport.apps.rates.inputs import RateInput
from rapport.apps.rates.models import DoubtfulRate
from rapport.apps.rates.queries import all_doubts, doubts_of, known_rates
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import succeeded
from rapport.doors.console.settings.forms import RateFileForm, RateForm
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.flows.rates.taking import SINCE, set_rate, take_file
from rapport.kit.clock import now

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.RATE_READ, post=Capability.RATE_WRITE)
def rates(request: Request, organisation_id: str) -> HttpResponse:
    """Show the latest rate of each pair; take in a file, or a rate that somebody writes."""
    workspace = workspace_or_404(request, organisation_id)
    sent = request.method == "POST"
    by_file = sent and request.POST.get("what") == "file"
    file_form = RateFileForm(request.POST, request.FILES) if by_file else RateFileForm()
    rate_form = RateForm(request.POST if sent and not by_file else None, initial={"day": now().date()})
    if sent and _took(request, workspace, by_file=by_file, file_form=file_form, rate_form=rate_form):
        return redirect("settings:rates", workspace.id)
    return settings_page(
        request,
        "rates.html",
        workspace=workspace,
        status=422 if file_form.errors or rate_form.errors else 200,
        known=known_rates(workspace.id, today=now().date()),
        doubts=doubts_of(workspace.id)[:SHOWN],
        may_change=can(request.actor, Capability.RATE_WRITE, workspace),
        file_form=file_form,
        rate_form=rate_form,
    )


@require_POST
@allow(Capability.RATE_WRITE)
def take(request: Request, organisation_id: str, doubt_id: str) -> HttpResponse:
    """Take a rate that jumped."""
    workspace, doubt = _found(request, organisation_id, doubt_id)
    take_doubtful(doubt_id=doubt.id, by=request.actor, at=now())
    messages.success(request, _("Taken. Orders that waited for it are judged within a minute."))
    return redirect("settings:rates", workspace.id)


@require_POST
@allow(Capability.RATE_WRITE)
def refuse(request: Request, organisation_id: str, doubt_id: str) -> HttpResponse:
    """Leave a rate that jumped aside."""
    workspace, doubt = _found(request, organisation_id, doubt_id)
    refuse_doubtful(doubt_id=doubt.id, by=request.actor, at=now())
    messages.success(request, _("Left aside: this rate is never used."))
    return redirect("settings:rates", workspace.id)


def _found(request: Request, organisation_id: str, doubt_id: str) -> tuple[Organisation, DoubtfulRate]:
    workspace = workspace_or_404(request, organisation_id)
    return workspace, find_or_404(request, all_doubts().filter(workspace_id=workspace.id), pk=doubt_id)


def _took(
    request: Request, workspace: Organisation, *, by_file: bool, file_form: RateFileForm, rate_form: RateForm
) -> bool:
    by, at = request.actor, now()

    def from_file() -> Kept:
        content = file_form.cleaned_data["file"].read()
        return take_file(content, workspace_ids=[workspace.id], by=by, at=at, since=(at - SINCE).date())

    def by_hand() -> Kept:
        told = {name: value for name, value in rate_form.cleaned_data.items() if name != "what"}
        given = read_input(RateInput, told)
        return set_rate(given, workspace_id=workspace.id, by=by, at=at)

    kept: list[Kept] = []
    act: Callable[[], Kept] = from_file if by_file else by_hand
    if not succeeded(file_form if by_file else rate_form, lambda: kept.append(act())):
        return False
    _tell(request, kept[0])
    return True


def _tell(request: Request, kept: Kept) -> None:
    words = {"new": kept.new, "known": kept.known, "doubtful": kept.doubtful}
    kept_words = ngettext("%(new)s rate kept", "%(new)s rates kept", kept.new) % words
    messages.success(request, _("%(kept)s, %(known)s known before.") % {**words, "kept": kept_words})
    if kept.doubtful:
        sentence = _("%(doubtful)s lie more than 10 %% from the last good one and wait for you below.")
        messages.warning(request, sentence % words)
