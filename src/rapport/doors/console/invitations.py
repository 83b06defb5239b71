"""Pages of invitations: every partner who was invited with how far that has come, sent again, revoked, sent to all."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.actions import revoke_invitation
from rapport.apps.identity.queries import partner_invitations
from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import agreements_of, introduction_of
from rapport.apps.programs.models import Program
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import place_of
from rapport.flows import admission
from rapport.flows.invitations import invite_introduced
from rapport.flows.invited import InvitationState, counts_of, invite_everybody, invited_to
from rapport.kit.clock import now

SHOWN = 100


@require_safe
@allow(Capability.PARTNER_READ)
def invitations(request: Request, program_id: str) -> HttpResponse:
    """Show who was invited, by partner; `?state=` those that have come so far."""
    program = program_or_404(request, program_id)
    everybody = invited_to(program.id, at=now())
    wanted = request.GET.get("state", "")
    rows = [row for row in everybody if row.state == wanted] if wanted in set(InvitationState) else everybody
    first = min(place_of(request.GET.get("from", "")) or 0, max(0, len(rows) - 1))
    return program_page(
        request,
        "invitations/list.html",
        program=program,
        rows=rows[first : first + SHOWN],
        number=len(everybody),
        newer=max(0, first - SHOWN) if first else None,
        older=first + SHOWN if first + SHOWN < len(rows) else None,
        counts=counts_of(everybody),
        wanted=wanted,
        uninvited=sum(row.state is InvitationState.NOT_SENT for row in everybody),
        may_write=can(request.actor, Capability.PARTNER_WRITE, program),
        may_bring=can(request.actor, Capability.TERMS_WRITE, program),
    )


@require_POST
@allow(Capability.PARTNER_WRITE)
def invite_all(request: Request, program_id: str) -> HttpResponse:
    """Invite everybody who was brought along and not invited yet."""
    program = program_or_404(request, program_id)
    number = invite_everybody(program.id, by=request.actor, at=now())
    words = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", number)
    return done(request, words % {"n": number}, name="invitations", at=(program.id,))


@require_POST
@allow(Capability.PARTNER_WRITE)
def send(request: Request, program_id: str, agreement_id: str) -> HttpResponse:
    """Send an invitation, or another one that takes its place."""
    program, agreement = _found(request, program_id, agreement_id)
    if introduction_of(agreement.id):
        invite_introduced(agreement=agreement, by=request.actor, at=now())
    else:
        admission.invite_again(agreement=agreement, by=request.actor, at=now())
    words = _("A new invitation is on its way; the one before opens nothing any more.")
    return done(request, words, name="invitations", at=(program.id,))


@require_POST
@allow(Capability.PARTNER_WRITE)
def revoke(request: Request, program_id: str, agreement_id: str, invitation_id: str) -> HttpResponse:
    """Let an invitation open nothing any more."""
    program, agreement = _found(request, program_id, agreement_id)
    mine = partner_invitations([agreement.partner.organisation_id])
    invitation = get_object_or_404(mine, pk=invitation_id)
    revoke_invitation(invitation_id=invitation.id, by=request.actor, at=now())
    return done(request, _("The invitation opens nothing any more."), name="invitations", at=(program.id,))


def _found(request: Request, program_id: str, agreement_id: str) -> tuple[Program, Agreement]:
    program = program_or_404(request, program_id)
    rows = agreements_of(program.id).select_related("program__workspace")
    return program, find_or_404(request, rows, pk=agreement_id)
