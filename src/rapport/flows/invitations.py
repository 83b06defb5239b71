"""Inviting people: the one-time address and the mail that carries it are written together."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity import actions as identity
from rapport.apps.identity.inputs import PersonInput, TeammateInput
from rapport.apps.identity.models import Invitation, Role
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction


@dataclass(frozen=True, slots=True)
class Host:
    """On whose behalf a partner is invited: the workspace that pays, and how its program is called."""

    workspace_id: str
    program_name: str


def invite_teammate(*, organisation_id: str, given: TeammateInput, by: Actor, at: datetime) -> Invitation:
    """Invite somebody to a team, by mail."""
    with transaction():
        issued = identity.invite_teammate(organisation_id=organisation_id, given=given, by=by, at=at)
        queue_mail(letter=_to_teammate(issued), at=at)
    return issued.invitation


def invite_partner_person(
    *, organisation_id: str, given: PersonInput, host: Host, by: Actor, at: datetime
) -> Invitation:
    """Invite somebody to the portal of a partner's organisation, by mail."""
    with transaction():
        issued = identity.invite_partner_person(organisation_id=organisation_id, given=given, by=by, at=at)
        queue_mail(letter=_to_partner(issued, host=host), at=at)
    return issued.invitation


def _to_teammate(issued: identity.IssuedInvitation) -> Letter:
    invitation = issued.invitation
    words = {"organisation": str(invitation.organisation), "role": Role(invitation.role).label}
    return Letter(
        recipient=invitation.email,
        subject=_("%(organisation)s invites you") % words,
        paragraphs=(_("You are invited to the team of %(organisation)s as %(role)s.") % words,),
        button=Button(_("Join the team"), issued.path),
        notes=(_("The address works once, for seven days, and for this mail address only."),),
        workspace_id=invitation.organisation_id or "",
        about_id=invitation.id,
        holds_secret=True,
    )


def _to_partner(issued: identity.IssuedInvitation, *, host: Host) -> Letter:
    words = {"program": host.program_name}
    return Letter(
        recipient=issued.invitation.email,
        subject=_("Welcome to %(program)s") % words,
        paragraphs=(
            _("You are a partner of %(program)s now.") % words,
            _("Open your portal to make your first link and to see what you earn."),
        ),
        button=Button(_("Open the portal"), issued.path),
        notes=(_("The address works once, for seven days. Later you sign in with a password or a mailed code."),),
        workspace_id=host.workspace_id,
        about_id=issued.invitation.id,
        holds_secret=True,
    )
