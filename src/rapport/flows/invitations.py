"""Inviting people: the one-time address and the mail that carries it are written together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity import actions as identity
from rapport.apps.identity.inputs import PersonInput, TeammateInput
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.models import Invitation, Person, Role
from rapport.apps.identity.queries import team_of
from rapport.apps.partners.errors import AgreementMove, SomebodyIsIn
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import introduction_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.tracking.queries import aliases_of, coupons_of

BROUGHT_ALONG_FOR = timedelta(days=30)
"""How long somebody who did not ask for it has to look at an invitation."""


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
        with speaking(given.language):
            queue_mail(letter=_to_partner(issued, host=host), at=at)
    return issued.invitation


def invite_introduced(*, agreement: Agreement, by: Actor, at: datetime) -> Invitation:
    """Invite the person of a partner who was brought along, in their language; thirty days to look and accept.

    Raises `SomebodyIsIn` for a partner who has come in already, `AgreementMove` for an agreement that has ended.
    """
    if agreement.state == AgreementState.ENDED:
        raise AgreementMove(agreement.get_state_display(), str(AgreementState.ACTIVE.label))
    with transaction():
        who = introduction_of(agreement.id)
        organisation_id = agreement.partner.organisation_id
        if who is None or team_of(organisation_id).exists():
            raise SomebodyIsIn
        given = PersonInput(email=who.email, name=who.name, language=who.language)
        issued = identity.invite_partner_person(
            organisation_id=organisation_id, given=given, good_for=BROUGHT_ALONG_FOR, by=by, at=at
        )
        with speaking(who.language):
            queue_mail(letter=_to_introduced(issued, agreement), at=at)
    return issued.invitation


def tell_of_offer(*, agreement: Agreement, at: datetime) -> None:
    """Write to a partner who signs in already that terms wait to be accepted, inside the caller's transaction."""
    for seat in team_of(agreement.partner.organisation_id).filter(person__is_active=True):
        with speaking(seat.person.language):
            queue_mail(letter=_of_offer(agreement, person=seat.person), at=at)


def _of_offer(agreement: Agreement, *, person: Person) -> Letter:
    program = agreement.program
    words = {"program": program.name, "person": person.name}
    return Letter(
        recipient=person.email,
        subject=_("%(program)s offers you terms") % words,
        paragraphs=(
            _("Hello %(person)s,") % words,
            *_what_goes_on(agreement),
            _("What they bring is yours as soon as you have accepted the terms of %(program)s.") % words,
        ),
        button=Button(_("See the terms and accept"), reverse("portal:terms", args=(agreement.id,))),
        workspace_id=program.workspace_id,
        about_id=agreement.id,
    )


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


def _to_introduced(issued: identity.IssuedInvitation, agreement: Agreement) -> Letter:
    program = agreement.program
    words = {"program": program.name, "person": issued.invitation.name, "workspace": program.workspace.name}
    return Letter(
        recipient=issued.invitation.email,
        subject=_("%(program)s: your codes and links go on here") % words,
        paragraphs=(
            _("Hello %(person)s,") % words,
            _("%(workspace)s runs its partner program in Rapport now, and has brought you along.") % words,
            *_what_goes_on(agreement),
            _("What they bring is written down for you from now on, and yours as soon as you have accepted the terms."),
        ),
        button=Button(_("See the terms and accept"), issued.path),
        notes=(_("The address works once, for thirty days, and for this mail address only."),),
        workspace_id=program.workspace_id,
        about_id=issued.invitation.id,
        holds_secret=True,
    )


def _what_goes_on(agreement: Agreement) -> Iterator[str]:
    codes = [coupon.code for coupon in coupons_of(agreement.id)]
    if codes:
        yield _("Your codes: %(codes)s.") % {"codes": ", ".join(sorted(codes))}
    if aliases_of(agreement.id).exists():
        yield _("Your old links lead on as before.")
