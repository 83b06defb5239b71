"""Organisations, people and seats for stories, made by the real actions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from rapport.apps.identity.actions import add_member, create_organisation, create_person, disable_person, make_key
from rapport.apps.identity.actions.keys import IssuedKey
from rapport.apps.identity.inputs import KeyInput, OrganisationInput, PersonInput
from rapport.apps.identity.models import Organisation, Person, Role
from rapport.apps.identity.queries import actor_of
from rapport.apps.identity.rights import KeyScope
from rapport.apps.record.actors import Actor

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STORY = Actor.system("story")
PASSWORD = "a quiet green harbour"

_numbers = count(1)


def make_organisation(name: str = "Marlow & Lind", *, at: datetime = NOON) -> Organisation:
    """Return a new organisation without people."""
    return create_organisation(given=OrganisationInput(name=name), by=STORY, at=at)


def make_person(
    name: str = "Ines Krüger", *, email: str = "", password: str = "", active: bool = True, at: datetime = NOON
) -> Person:
    """Return a new person without a seat; the address is made up unless given."""
    given = PersonInput(name=name, email=email or f"person{next(_numbers)}@example.com")
    person = create_person(given=given, password=password, by=STORY, at=at)
    return person if active else disable_person(person_id=person.id, by=STORY, at=at)


def make_member(organisation: Organisation, role: Role = Role.OWNER, *, at: datetime = NOON) -> Person:
    """Return a new person who holds this role in the organisation."""
    person = make_person(f"{role.label} of {organisation.name}"[:120], at=at)
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=STORY, at=at)
    return person


def make_actor(organisation: Organisation, role: Role = Role.OWNER, *, at: datetime = NOON) -> Actor:
    """Return a new member of the organisation as an actor with the rights of now."""
    return actor_of(make_member(organisation, role, at=at))


def make_api_key(organisation: Organisation, *scopes: KeyScope, name: str = "Shop", at: datetime = NOON) -> IssuedKey:
    """Return a new API key with its secret; without scopes, one that may report conversions."""
    given = KeyInput(name=name, scopes=scopes or (KeyScope.CONVERSIONS_WRITE,))
    return make_key(organisation_id=organisation.id, given=given, by=STORY, at=at)


@dataclass(frozen=True, slots=True)
class Cast:
    """Two workspaces and everybody who may knock: the callers of the route table."""

    ours: Organisation
    theirs: Organisation
    partner_firm: Organisation
    owner: Person
    manager: Person
    sales: Person
    finance: Person
    partner: Person
    strangers: dict[str, Person]
    """Per role, somebody with the same role in the other workspace (for `partner`: of another partner firm)."""
    disabled: Person


def make_cast() -> Cast:
    """Return the fixed cast; the disabled person was an owner of ours."""
    ours, theirs = make_organisation("Marlow & Lind"), make_organisation("Nordkap Outdoor")
    partner_firm, other_firm = make_organisation("Fold & Crease"), make_organisation("Deal Otter")
    disabled = make_member(ours, Role.OWNER)
    return Cast(
        ours=ours,
        theirs=theirs,
        partner_firm=partner_firm,
        owner=make_member(ours, Role.OWNER),
        manager=make_member(ours, Role.MANAGER),
        sales=make_member(ours, Role.SALES),
        finance=make_member(ours, Role.FINANCE),
        partner=make_member(partner_firm, Role.PARTNER),
        strangers={
            "owner": make_member(theirs, Role.OWNER),
            "manager": make_member(theirs, Role.MANAGER),
            "sales": make_member(theirs, Role.SALES),
            "finance": make_member(theirs, Role.FINANCE),
            "partner": make_member(other_firm, Role.PARTNER),
        },
        disabled=disable_person(person_id=disabled.id, by=STORY, at=NOON),
    )
