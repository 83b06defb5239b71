"""Organisations, people and roles."""

import pytest

from rapport.apps.identity.actions import (
    add_member,
    change_organisation,
    change_role,
    create_person,
    disable_person,
    end_membership,
    set_password,
)
from rapport.apps.identity.errors import LastOwner, RoleNotYours
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.models import Membership, Organisation, Person, Role
from rapport.apps.identity.queries import actor_of, is_partner, names_of, person_with_address, team_of, workspaces_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from tests.make.identity import NOON, PASSWORD, STORY, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db


def membership_of(person: Person) -> Membership:
    return Membership.objects.get(person=person)


def trail(subject: str) -> list[str]:
    """Rows of one moment stand in no order."""
    return sorted(AuditRow.objects.filter(subject=subject).values_list("action", flat=True))


def test_an_address_is_kept_in_lower_case_and_found_in_any() -> None:
    person = make_person(email="Ines@Example.COM")
    assert person.email == "ines@example.com"
    assert person_with_address(" INES@example.com ") == person
    assert Person.objects.get_by_natural_key("Ines@Example.com") == person


def test_an_address_belongs_to_one_person() -> None:
    make_person(email="ines@example.com")
    with pytest.raises(BadInput) as refused:
        make_person(email="INES@example.com")
    assert "email" in refused.value.fields


@pytest.mark.parametrize("password", ["short", "12345678901234", "password123", "ines@example.com"])
def test_a_weak_password_is_refused_at_its_field(password: str) -> None:
    with pytest.raises(BadInput) as refused:
        make_person(email="ines@example.com", password=password)
    assert "password" in refused.value.fields
    assert not Person.objects.exists()


def test_a_password_is_kept_as_an_argon2_hash() -> None:
    person = make_person(password=PASSWORD)
    assert person.password.startswith("argon2$")
    assert person.check_password(PASSWORD)


def test_without_a_password_only_mailed_codes_open() -> None:
    assert not make_person().has_usable_password()


def test_a_new_password_replaces_the_old_one() -> None:
    person = make_person(password=PASSWORD)
    changed = set_password(person_id=person.id, password="seven small boats", by=actor_of(person), at=NOON)
    assert changed.check_password("seven small boats")
    assert "person.password_set" in trail(person.id)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody", "name": "N"}, "email"),
        ({"email": "a@example.com", "name": " "}, "name"),
        ({"email": "a@example.com", "name": "N", "is_active": True}, "is_active"),
        ({"email": "a@example.com", "name": "N" * 121}, "name"),
    ],
)
def test_what_cannot_be_used_is_named_field_by_field(given: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(PersonInput, given)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "Shop", "website": "javascript:alert(1)"}, "website"),
        ({"name": "Shop", "country": "Germany"}, "country"),
        ({"name": "Shop", "created_at": "2020-01-01"}, "created_at"),
    ],
)
def test_an_organisation_takes_only_what_it_knows(given: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(OrganisationInput, given)
    assert list(refused.value.fields) == [field]


def test_an_organisation_changes_its_name_and_says_which_fields_changed() -> None:
    organisation = make_organisation("Marlow")
    given = OrganisationInput(name="Marlow & Lind", country="de", website="https://marlow.example")
    change_organisation(organisation_id=organisation.id, given=given, by=STORY, at=NOON)
    change_organisation(organisation_id=organisation.id, given=given, by=STORY, at=NOON)
    organisation.refresh_from_db()
    assert (organisation.name, organisation.country) == ("Marlow & Lind", "DE")
    assert trail(organisation.id) == ["organisation.changed", "organisation.created"]


def test_a_person_holds_one_living_role_in_an_organisation() -> None:
    organisation, person = make_organisation(), make_person()
    first = add_member(organisation_id=organisation.id, person_id=person.id, role=Role.SALES, by=STORY, at=NOON)
    again = add_member(organisation_id=organisation.id, person_id=person.id, role=Role.OWNER, by=STORY, at=NOON)
    assert again == first
    assert again.role == Role.SALES


def test_the_last_owner_can_neither_leave_nor_step_down() -> None:
    owner = make_member(make_organisation())
    membership = membership_of(owner)
    with pytest.raises(LastOwner):
        end_membership(membership_id=membership.id, by=actor_of(owner), at=NOON)
    with pytest.raises(LastOwner):
        change_role(membership_id=membership.id, role=Role.MANAGER, by=actor_of(owner), at=NOON)


def test_a_second_owner_may_leave() -> None:
    organisation = make_organisation()
    first, second = make_member(organisation), make_member(organisation)
    ended = end_membership(membership_id=membership_of(second).id, by=actor_of(first), at=NOON)
    assert ended.ended_at == NOON
    assert [membership.person for membership in team_of(organisation.id)] == [first]


def test_ending_or_changing_twice_counts_once() -> None:
    organisation = make_organisation()
    make_member(organisation)
    membership = membership_of(make_member(organisation, Role.SALES))
    for _ in range(2):
        change_role(membership_id=membership.id, role=Role.FINANCE, by=STORY, at=NOON)
    for _ in range(2):
        end_membership(membership_id=membership.id, by=STORY, at=NOON)
    change_role(membership_id=membership.id, role=Role.SALES, by=STORY, at=NOON)
    assert trail(membership.id) == ["member.added", "member.ended", "member.role_changed"]


def test_only_an_owner_gives_or_takes_away_the_role_of_owner() -> None:
    organisation = make_organisation()
    owner, manager = make_member(organisation), make_member(organisation, Role.MANAGER)
    make_member(organisation)
    for membership, role in ((membership_of(manager), Role.OWNER), (membership_of(owner), Role.SALES)):
        with pytest.raises(RoleNotYours) as refused:
            change_role(membership_id=membership.id, role=role, by=actor_of(manager), at=NOON)
        assert "role" in refused.value.fields
    with pytest.raises(RoleNotYours):
        end_membership(membership_id=membership_of(owner).id, by=actor_of(manager), at=NOON)


def test_who_changed_a_role_stands_in_the_trail_without_names() -> None:
    organisation = make_organisation()
    owner, member = make_member(organisation), make_member(organisation, Role.SALES)
    by: Actor = actor_of(owner)
    change_role(membership_id=membership_of(member).id, role=Role.FINANCE, by=by, at=NOON)
    row = AuditRow.objects.get(action="member.role_changed")
    assert (row.actor_kind, row.actor_id, row.workspace_id) == ("person", owner.id, organisation.id)
    assert row.data == {"role": "finance", "was": "sales"}


def test_disabling_twice_is_noted_once() -> None:
    person = make_person()
    for _ in range(2):
        disable_person(person_id=person.id, by=STORY, at=NOON)
    assert trail(person.id) == ["person.created", "person.disabled"]


def test_places_of_a_person_follow_from_the_seats() -> None:
    ours, firm = make_organisation("Ours"), make_organisation("Firm")
    person = make_member(ours, Role.SALES)
    assert list(workspaces_of(actor_of(person))) == [ours]
    assert not is_partner(actor_of(person))
    add_member(organisation_id=firm.id, person_id=person.id, role=Role.PARTNER, by=STORY, at=NOON)
    assert list(workspaces_of(actor_of(person))) == [ours]
    assert is_partner(actor_of(person))


def test_names_are_found_by_id() -> None:
    person = create_person(given=PersonInput(email="b@example.com", name="Bo"), by=STORY, at=NOON)
    assert names_of({person.id, "per_gone"}) == {person.id: "Bo"}


def test_rows_read_well_in_a_log() -> None:
    organisation = make_organisation("Marlow")
    person = make_member(organisation)
    assert str(organisation) == "Marlow"
    assert str(person) == person.name
    assert str(membership_of(person)) == f"{person.id} owner {organisation.id}"
    assert Organisation.objects.count() == 1
