"""Organisations, people, and the role a person holds in an organisation."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.identity.errors import LastOwner, RoleNotYours
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.models import Membership, Organisation, Person, Role
from rapport.apps.identity.queries import person_with_address
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor, ActorKind, Seat
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.write import transaction
from rapport.kit.ids import new_id


def create_organisation(*, given: OrganisationInput, by: Actor, at: datetime) -> Organisation:
    """Create an organisation without people."""
    with transaction():
        organisation = Organisation(id=new_id("org", at=at), created_at=at, **given.model_dump())
        organisation.save(force_insert=True)
        _told("organisation.created", organisation.id, organisation_id=organisation.id, by=by, at=at)
    return organisation


def change_organisation(*, organisation_id: str, given: OrganisationInput, by: Actor, at: datetime) -> Organisation:
    """Change what an organisation is called and where it is found."""
    with transaction():
        organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
        changed = [name for name, value in given.model_dump().items() if getattr(organisation, name) != value]
        if changed:
            for name in changed:
                setattr(organisation, name, getattr(given, name))
            organisation.save(update_fields=changed)
            audit(
                by=by,
                at=at,
                action="organisation.changed",
                subject=organisation.id,
                workspace_id=organisation.id,
                data={"fields": changed},
            )
    return organisation


def create_person(*, given: PersonInput, password: str = "", by: Actor, at: datetime) -> Person:
    """Create somebody who signs in; without a password, by mailed codes only."""
    with transaction():
        if person_with_address(given.email):
            sentence = _("Somebody signs in with this address already.")
            raise BadInput(sentence, fields={"email": sentence})
        person = Person(id=new_id("per", at=at), created_at=at, **given.model_dump())
        _put_password(person, password=password)
        person.save(force_insert=True)
        _told("person.created", person.id, organisation_id="", by=by, at=at)
    return person


def set_password(*, person_id: str, password: str, by: Actor, at: datetime) -> Person:
    """Set a person's password, which ends every session of theirs."""
    with transaction():
        person = Person.objects.select_for_update().get(pk=person_id)
        _put_password(person, password=password)
        person.save(update_fields=["password"])
        _told("person.password_set", person.id, organisation_id="", by=by, at=at)
    return person


def change_person(*, person_id: str, name: str, by: Actor, at: datetime, language: str = "") -> Person:
    """Change what a person is called, and the language that it reads; an empty one stays as it is."""
    with transaction():
        person = Person.objects.select_for_update().get(pk=person_id)
        given = read_input(PersonInput, {"email": person.email, "name": name, "language": language or person.language})
        if (person.name, person.language) != (given.name, given.language):
            person.name, person.language = given.name, given.language
            person.save(update_fields=["name", "language"])
            _told("person.changed", person.id, organisation_id="", by=by, at=at)
    return person


def note_sign_in(*, person_id: str, at: datetime) -> None:
    """Leave a trace of somebody coming in."""
    by = Actor(ActorKind.PERSON, person_id)
    with transaction():
        _told("person.signed_in", person_id, organisation_id="", by=by, at=at)


def disable_person(*, person_id: str, by: Actor, at: datetime) -> Person:
    """Let a person sign in no more; open sessions end with the next request."""
    with transaction():
        person = Person.objects.select_for_update().get(pk=person_id)
        if person.is_active:
            person.is_active = False
            person.save(update_fields=["is_active"])
            _told("person.disabled", person.id, organisation_id="", by=by, at=at)
    return person


def add_member(*, organisation_id: str, person_id: str, role: Role, by: Actor, at: datetime) -> Membership:
    """Give a person a role in an organisation; whoever holds one there already keeps it."""
    with transaction():
        Organisation.objects.select_for_update().get(pk=organisation_id)
        held = _living(organisation_id).filter(person_id=person_id).first()
        if held:
            return held
        membership = Membership.objects.create(
            id=new_id("mem", at=at), organisation_id=organisation_id, person_id=person_id, role=role, created_at=at
        )
        _told("member.added", membership.id, organisation_id=organisation_id, by=by, at=at, role=role)
    return membership


def change_role(*, membership_id: str, role: Role, by: Actor, at: datetime) -> Membership:
    """Change the role of a member, from the next request on; the last owner stays owner."""
    with transaction():
        membership = _locked(membership_id)
        if membership.ended_at is not None or membership.role == role:
            return membership
        _check_ownership(membership, by=by, becomes=role)
        was, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        _told(
            "member.role_changed",
            membership.id,
            organisation_id=membership.organisation_id,
            by=by,
            at=at,
            role=role,
            was=was,
        )
    return membership


def end_membership(*, membership_id: str, by: Actor, at: datetime) -> Membership:
    """Take a member out of a team, from the next request on; the last owner stays."""
    with transaction():
        membership = _locked(membership_id)
        if membership.ended_at is not None:
            return membership
        _check_ownership(membership, by=by)
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
        _told("member.ended", membership.id, organisation_id=membership.organisation_id, by=by, at=at)
    return membership


def check_may_give(role: str, *, organisation_id: str, by: Actor) -> None:
    """Refuse whoever gives or takes away the role of owner without being one."""
    owner = Seat(organisation_id, Role.OWNER)
    if role == Role.OWNER and by.kind is not ActorKind.SYSTEM and owner not in by.seats:
        raise RoleNotYours


def _check_ownership(membership: Membership, *, by: Actor, becomes: Role | None = None) -> None:
    organisation_id = membership.organisation_id
    for role in (membership.role, becomes or ""):
        check_may_give(role, organisation_id=organisation_id, by=by)
    others = _living(organisation_id).filter(role=Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise LastOwner


def _living(organisation_id: str) -> QuerySet[Membership]:
    return Membership.objects.filter(organisation_id=organisation_id, ended_at__isnull=True)


def _locked(membership_id: str) -> Membership:
    """Return a membership under the lock of its organisation, so that two owners cannot end each other at once."""
    organisation_id = Membership.objects.values_list("organisation_id", flat=True).get(pk=membership_id)
    Organisation.objects.select_for_update().get(pk=organisation_id)
    return Membership.objects.get(pk=membership_id)


def _put_password(person: Person, *, password: str) -> None:
    if not password:
        person.set_unusable_password()
        return
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        sentence = " ".join(error.messages)
        raise BadInput(sentence, fields={"password": sentence}) from None
    person.set_password(password)


def _told(action: str, subject: str, *, organisation_id: str, by: Actor, at: datetime, **data: str) -> None:
    audit(by=by, at=at, action=action, subject=subject, workspace_id=organisation_id, data=data)
