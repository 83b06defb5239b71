"""Read identity: who acts with which seats, who belongs to a team, which invitation an address opens."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet

from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.errors import InvitationClosed
from rapport.apps.identity.models import ApiKey, Invitation, Membership, Organisation, Person, Role
from rapport.apps.identity.rights import TEAM_ROLES
from rapport.apps.record.actors import Actor, ActorKind, Seat
from rapport.apps.record.asking import composed

# Whoever has not signed in: a person without an id and without a seat.
ANONYMOUS = Actor(ActorKind.PERSON, "anonymous")


def actor_of(person: Person | AnonymousUser) -> Actor:
    """Return the person as an actor with the seats held at this moment; a disabled person holds none."""
    if isinstance(person, AnonymousUser):
        return ANONYMOUS
    if not person.is_active:
        return Actor(ActorKind.PERSON, person.id)
    held = Membership.objects.filter(person=person, ended_at__isnull=True).order_by("id")
    seats = tuple(Seat(*row) for row in held.values_list("organisation_id", "role"))
    return Actor(ActorKind.PERSON, person.id, seats)


def actor_of_key(secret: str) -> Actor | None:
    """Return the key as an actor, one seat per scope; nothing for an unknown or revoked key. One query."""
    key = key_of(secret)
    return actor_of_row(key) if key else None


def key_of(secret: str) -> ApiKey | None:
    """Return the living key that has this secret."""
    return next(iter(_living_keys(digest=digest_of(secret))), None)


@composed
def _living_keys(digest: str) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(secret_digest=digest, revoked_at__isnull=True)


def actor_of_row(key: ApiKey) -> Actor:
    """Return an API key as an actor."""
    return Actor(ActorKind.KEY, key.id, tuple(Seat(key.organisation_id, scope) for scope in key.scopes))


def has_owner() -> bool:
    """Say whether anybody owns a workspace of this installation."""
    return Membership.objects.filter(role=Role.OWNER, ended_at__isnull=True).exists()


def open_invitation(*, secret: str, at: datetime) -> Invitation:
    """Return the invitation that this secret opens; raises `InvitationClosed`."""
    invitation = (
        Invitation.objects.select_related("organisation")
        .filter(secret_digest=digest_of(secret), accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)
        .first()
    )
    if invitation is None:
        raise InvitationClosed
    return invitation


def person_with_address(email: str) -> Person | None:
    """Return the person who signs in with this address."""
    return Person.objects.filter(email=email.strip().lower()).first()


def partner_organisation_of(email: str) -> Organisation | None:
    """Return the organisation for which the person with this address is a partner, if there is one."""
    seats = Membership.objects.filter(
        person__email=email.strip().lower(), person__is_active=True, role=Role.PARTNER, ended_at__isnull=True
    )
    seat = seats.select_related("organisation").order_by("id").first()
    return seat.organisation if seat else None


def organisations() -> QuerySet[Organisation]:
    """Return all organisations; whoever shows one finds it through `rights.find`."""
    return Organisation.objects.all()


def workspaces_of(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations on whose team the actor is, by name."""
    return Organisation.objects.filter(id__in=_seats(actor, roles=TEAM_ROLES)).order_by("name", "id")


def is_on_a_team(actor: Actor) -> bool:
    """Say whether the actor has a place on the team of a workspace."""
    return bool(_seats(actor, roles=TEAM_ROLES))


def is_partner(actor: Actor) -> bool:
    """Say whether the actor has a place in a partner's portal."""
    return bool(_seats(actor, roles=(Role.PARTNER,)))


def team_of(organisation_id: str) -> QuerySet[Membership]:
    """Return the living memberships of an organisation with their people, oldest first."""
    return (
        Membership.objects.filter(organisation_id=organisation_id, ended_at__isnull=True)
        .select_related("person")
        .order_by("id")
    )


def open_invitations_of(organisation_id: str) -> QuerySet[Invitation]:
    """Return the invitations of an organisation that nobody took up yet, newest first; the expired ones too."""
    return Invitation.objects.filter(
        organisation_id=organisation_id, accepted_at__isnull=True, revoked_at__isnull=True
    ).order_by("-id")


def partner_invitations(organisation_ids: Collection[str]) -> QuerySet[Invitation]:
    """Return all invitations to the portals of these organisations, replaced ones too, newest first."""
    rows = Invitation.objects.filter(organisation_id__in=organisation_ids, role=Role.PARTNER)
    return rows.order_by("-id")


def keys_of(organisation_id: str) -> QuerySet[ApiKey]:
    """Return the API keys of an organisation, living ones first, newest first."""
    return ApiKey.objects.filter(organisation_id=organisation_id).order_by(F("revoked_at").asc(nulls_first=True), "-id")


def names_of(person_ids: set[str]) -> dict[str, str]:
    """Return the names of people by id, for pages that show who did something."""
    return dict(Person.objects.filter(id__in=person_ids).values_list("id", "name"))


def actor_names(actors: set[tuple[str, str]]) -> dict[str, str]:
    """Return the names of people and keys by id, for pages that show who acted; `actors` are (kind, id)."""
    keys = {actor_id for kind, actor_id in actors if kind == ActorKind.KEY}
    people = {actor_id for kind, actor_id in actors if kind == ActorKind.PERSON}
    return names_of(people) | dict(ApiKey.objects.filter(id__in=keys).values_list("id", "name"))


def _seats(actor: Actor, *, roles: tuple[Role, ...]) -> list[str]:
    return sorted({seat.organisation_id for seat in actor.seats if seat.role in roles})
