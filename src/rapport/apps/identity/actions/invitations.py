"""One-time addresses: the first owner's, a teammate's, a partner's. Whoever sends the mail gets the secret once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.apps.identity.actions.people import add_member, check_may_give, create_organisation, create_person
from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.errors import InvitationClosed, InvitedOther, MemberAlready, OwnerExists
from rapport.apps.identity.inputs import OrganisationInput, PersonInput, TeammateInput
from rapport.apps.identity.models import Invitation, Membership, Organisation, Person, Role
from rapport.apps.identity.queries import actor_of, has_owner, open_invitation, person_with_address
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id, random_token

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """An invitation with its secret, which stands nowhere else. `path` is the address without scheme and host."""

    invitation: Invitation
    path: str


def issue_first_owner_invitation(*, at: datetime) -> str:
    """Return the path of a new one-time address for the first owner; addresses printed before are closed.

    Raises `OwnerExists` once somebody owns a workspace.
    """
    with transaction():
        if has_owner():
            raise OwnerExists
        Invitation.objects.filter(organisation__isnull=True, accepted_at__isnull=True, revoked_at__isnull=True).update(
            revoked_at=at
        )
        issued = _issue(organisation=None, role=Role.OWNER, by=Actor.system("first-owner"), at=at)
    return issued.path


def start_workspace(
    *, secret: str, organisation: OrganisationInput, person: PersonInput, password: str, at: datetime
) -> Person:
    """Take up the first owner's address: create the workspace and its owner."""
    by = Actor.system("first-owner")
    with transaction():
        invitation = _locked(secret, at=at)
        if invitation.organisation_id is not None:
            raise InvitationClosed
        if has_owner():
            raise OwnerExists
        owner = create_person(given=person, password=password, by=by, at=at)
        workspace = create_organisation(given=organisation, by=by, at=at)
        add_member(organisation_id=workspace.id, person_id=owner.id, role=Role.OWNER, by=by, at=at)
        _close(invitation, by=actor_of(owner), at=at)
    return owner


def invite_teammate(*, organisation_id: str, given: TeammateInput, by: Actor, at: datetime) -> IssuedInvitation:
    """Invite somebody to a team; a new invitation takes the place of an open one to the same address."""
    check_may_give(given.role, organisation_id=organisation_id, by=by)
    with transaction():
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        if _is_member(organisation_id, email=given.email):
            raise MemberAlready
        _replace(organisation_id, email=given.email, at=at)
        return _issue(organisation=organisation, role=given.role, given=given, by=by, at=at)


def invite_partner_person(
    *, organisation_id: str, given: PersonInput, by: Actor, at: datetime, good_for: timedelta = GOOD_FOR
) -> IssuedInvitation:
    """Invite somebody to the portal of a partner's organisation; a new invitation takes the place of an open one."""
    with transaction():
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        _replace(organisation_id, email=given.email, at=at)
        return _issue(organisation=organisation, role=Role.PARTNER, given=given, good_for=good_for, by=by, at=at)


def note_opened(*, invitation_id: str, at: datetime) -> None:
    """Note that somebody looked at the page of an invitation; the first time counts."""
    with transaction():
        Invitation.objects.filter(pk=invitation_id, opened_at__isnull=True).update(opened_at=at)


def revoke_invitation(*, invitation_id: str, by: Actor, at: datetime) -> Invitation:
    """Close an invitation that nobody took up yet."""
    with transaction():
        invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
        if invitation.accepted_at is None and invitation.revoked_at is None:
            invitation.revoked_at = at
            invitation.save(update_fields=["revoked_at"])
            _told(invitation, action="invitation.revoked", by=by, at=at)
    return invitation


def accept_invitation(
    *, secret: str, at: datetime, name: str = "", password: str = "", signed_in: Person | None = None
) -> Person:
    """Take up an invitation: join the team, as a new person or as the one who signed in.

    Whoever signs in with the invited address already must have signed in: the secret alone gives a new person a
    place, never somebody else's account. Raises `InvitationClosed`, `InvitedOther`, `BadInput`.
    """
    with transaction():
        invitation = _locked(secret, at=at)
        if invitation.organisation_id is None:
            raise InvitationClosed
        person = person_with_address(invitation.email)
        if person is None:
            given = PersonInput(
                email=invitation.email,
                name=name or invitation.name or invitation.email,
                language=invitation.language,
            )
            by = Actor.system("invitation")
            person = create_person(given=given, password=password, by=by, at=at)
        elif signed_in is None or signed_in.pk != person.pk:
            raise InvitedOther
        by = actor_of(person)
        add_member(
            organisation_id=invitation.organisation_id, person_id=person.id, role=Role(invitation.role), by=by, at=at
        )
        _close(invitation, by=by, at=at)
    return person


def _issue(
    *,
    organisation: Organisation | None,
    role: Role,
    by: Actor,
    at: datetime,
    given: PersonInput | TeammateInput | None = None,
    good_for: timedelta = GOOD_FOR,
) -> IssuedInvitation:
    secret = random_token()
    invitation = Invitation.objects.create(
        id=new_id("inv", at=at),
        organisation=organisation,
        email=given.email if given else "",
        name=given.name if isinstance(given, PersonInput) else "",
        language=given.language if isinstance(given, PersonInput) else "en",
        role=role,
        secret_digest=digest_of(secret),
        created_at=at,
        expires_at=at + good_for,
    )
    _told(invitation, action="invitation.issued", by=by, at=at)
    return IssuedInvitation(invitation, f"/invitations/{secret}" if organisation else f"/start/{secret}")


def _replace(organisation_id: str, *, email: str, at: datetime) -> None:
    Invitation.objects.filter(
        organisation_id=organisation_id, email=email, accepted_at__isnull=True, revoked_at__isnull=True
    ).update(revoked_at=at)


def _is_member(organisation_id: str, *, email: str) -> bool:
    return Membership.objects.filter(
        organisation_id=organisation_id, person__email=email, ended_at__isnull=True
    ).exists()


def _locked(secret: str, *, at: datetime) -> Invitation:
    """Return the open invitation under a lock, so that an address is taken up once."""
    Invitation.objects.select_for_update().filter(secret_digest=digest_of(secret)).first()
    return open_invitation(secret=secret, at=at)


def _close(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    _told(invitation, action="invitation.accepted", by=by, at=at)


def _told(invitation: Invitation, *, action: str, by: Actor, at: datetime) -> None:
    audit(
        by=by,
        at=at,
        action=action,
        subject=invitation.id,
        workspace_id=invitation.organisation_id or "",
        data={"role": invitation.role},
    )
