"""Links that show a replay to whoever holds them: make one, take one back."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.apps.identity.rights import Capability
from rapport.apps.replays.actions import revoke_share, share_replay
from rapport.apps.replays.queries import all_replays, shares_of
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import succeeded
from rapport.doors.console.frame import program_or_404
from rapport.doors.console.program.pages import lead_to
from rapport.doors.console.replays.forms import ShareForm
from rapport.doors.console.replays.pages import replay_page
from rapport.kit.clock import now


@require_POST
@allow(Capability.TERMS_WRITE)
def share(request: Request, program_id: str, replay_id: str) -> HttpResponse:
    """Make a link that shows a replay for some days."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, all_replays().filter(program=program), pk=replay_id)
    form = ShareForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        share_replay(replay=row, shows_names=told["shows_names"], days=told["days"], by=request.actor, at=now())

    if succeeded(form, act):
        messages.success(request, _("The link is made. Whoever has it reads this replay, and nothing else."))
        return lead_to("replay", program, row.id)
    return replay_page(request, program, row, share_form=form)


@require_POST
@allow(Capability.TERMS_WRITE)
def revoke(request: Request, program_id: str, replay_id: str, share_id: str) -> HttpResponse:
    """Take a link back."""
    program = program_or_404(request, program_id)
    row = find_or_404(request, all_replays().filter(program=program), pk=replay_id)
    found = find_or_404(request, shares_of(row.id).select_related("replay__program"), pk=share_id)
    revoke_share(share=found, by=request.actor, at=now())
    messages.success(request, _("The link shows nothing any more."))
    return lead_to("replay", program, row.id)
