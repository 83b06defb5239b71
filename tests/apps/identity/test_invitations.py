"""One-time addresses."""

from datetime import timedelta

import pytest

from rapport.apps.identity.actions import (
    IssuedInvitation,
    accept_invitation,
    invite_partner_person,
    invite_teammate,
    issue_first_owner_invitation,
    revoke_invitation,
    start_workspace,
)
from rapport.apps.identity.actions.invitations import GOOD_FOR
from rapport.apps.identity.errors import InvitationClosed, InvitedOther, MemberAlready, OwnerExists, RoleNotYours
from rapport.apps.identity.inputs import OrganisationInput, PersonInput, TeammateInput
from rapport.apps.identity.models import Invitation, Membership, Organisation, Person, Role
from rapport.apps.identity.queries import actor_of, has_owner, open_invitation, open_invitations_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from tests.make.identity import NOON, PASSWORD, STORY, make_actor, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db

ORGANISATION = OrganisationInput(name="Marlow & Lind")
OWNER = PersonInput(email="ines@marlow.example", name="Ines Krüger")


def secret_of(path: str) -> str:
    return path.rsplit("/", 1)[1]


def start(path: str, *, days: int = 0) -> Person:
    return start_workspace(
        secret=secret_of(path), organisation=ORGANISATION, person=OWNER, password=PASSWORD, at=NOON + timedelta(days)
    )


def invite(
    organisation: Organisation, *, email: str = "bo@marlow.example", role: Role = Role.SALES
) -> IssuedInvitation:
    given = TeammateInput(email=email, role=role)
    return invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=NOON)


def test_the_first_owner_starts_the_workspace_by_the_printed_address() -> None:
    owner = start(issue_first_owner_invitation(at=NOON))
    assert has_owner()
    assert [(seat.role, Organisation.objects.get(pk=seat.organisation_id).name) for seat in actor_of(owner).seats] == [
        ("owner", "Marlow & Lind")
    ]
    assert owner.check_password(PASSWORD)


def test_the_printed_address_opens_once() -> None:
    path = issue_first_owner_invitation(at=NOON)
    start(path)
    with pytest.raises(InvitationClosed):
        start(path)
    with pytest.raises(OwnerExists):
        issue_first_owner_invitation(at=NOON)


def test_each_print_replaces_the_address_before() -> None:
    old, new = issue_first_owner_invitation(at=NOON), issue_first_owner_invitation(at=NOON)
    with pytest.raises(InvitationClosed):
        start(old)
    start(new)


def test_the_printed_address_lasts_seven_days() -> None:
    path = issue_first_owner_invitation(at=NOON)
    with pytest.raises(InvitationClosed):
        start(path, days=7)


def test_an_address_left_over_when_an_owner_came_by_another_way_starts_nothing() -> None:
    path = issue_first_owner_invitation(at=NOON)
    make_member(make_organisation())
    with pytest.raises(OwnerExists):
        start(path)


def test_a_refused_password_leaves_nothing_behind() -> None:
    path = issue_first_owner_invitation(at=NOON)
    with pytest.raises(BadInput):
        start_workspace(secret=secret_of(path), organisation=ORGANISATION, person=OWNER, password="short", at=NOON)
    assert not Organisation.objects.exists()
    start(path)


def test_the_tables_hold_the_digest_of_a_secret_never_the_secret() -> None:
    issued = invite(make_organisation())
    assert secret_of(issued.path) not in str(list(Invitation.objects.values()))
    assert secret_of(issued.path) not in str(list(AuditRow.objects.values()))


def test_an_invited_teammate_joins_with_the_role_of_the_invitation() -> None:
    organisation = make_organisation()
    issued = invite(organisation, role=Role.FINANCE)
    person = accept_invitation(secret=secret_of(issued.path), name="Bo Lind", password=PASSWORD, at=NOON)
    assert (person.email, person.name) == ("bo@marlow.example", "Bo Lind")
    assert Membership.objects.get(person=person).role == Role.FINANCE
    assert not open_invitations_of(organisation.id).exists()


def test_an_invitation_is_good_for_one_use_and_seven_days() -> None:
    organisation = make_organisation()
    used = secret_of(invite(organisation).path)
    accept_invitation(secret=used, at=NOON)
    with pytest.raises(InvitationClosed):
        accept_invitation(secret=used, at=NOON)
    old = secret_of(invite(organisation, email="c@marlow.example").path)
    assert open_invitation(secret=old, at=NOON + GOOD_FOR - timedelta(seconds=1)).email == "c@marlow.example"
    with pytest.raises(InvitationClosed):
        accept_invitation(secret=old, at=NOON + GOOD_FOR)


def test_a_revoked_invitation_opens_nothing() -> None:
    issued = invite(make_organisation())
    for _ in range(2):
        revoke_invitation(invitation_id=issued.invitation.id, by=STORY, at=NOON)
    with pytest.raises(InvitationClosed):
        accept_invitation(secret=secret_of(issued.path), at=NOON)
    assert AuditRow.objects.filter(action="invitation.revoked").count() == 1


def test_a_new_invitation_takes_the_place_of_the_old_one() -> None:
    organisation = make_organisation()
    old, new = invite(organisation, role=Role.SALES), invite(organisation, role=Role.FINANCE)
    with pytest.raises(InvitationClosed):
        accept_invitation(secret=secret_of(old.path), at=NOON)
    person = accept_invitation(secret=secret_of(new.path), at=NOON)
    assert Membership.objects.get(person=person).role == Role.FINANCE


def test_the_secret_alone_never_opens_the_account_of_somebody_who_has_one() -> None:
    known = make_person(email="bo@marlow.example")
    secret = secret_of(invite(make_organisation()).path)
    for visitor in (None, make_person()):
        with pytest.raises(InvitedOther):
            accept_invitation(secret=secret, signed_in=visitor, at=NOON)
    assert accept_invitation(secret=secret, signed_in=known, at=NOON) == known


def test_a_member_is_not_invited_again() -> None:
    organisation = make_organisation()
    member = make_member(organisation, Role.SALES)
    with pytest.raises(MemberAlready) as refused:
        invite(organisation, email=member.email)
    assert "email" in refused.value.fields


def test_a_manager_cannot_invite_an_owner() -> None:
    organisation = make_organisation()
    given = TeammateInput(email="c@marlow.example", role=Role.OWNER)
    manager = make_actor(organisation, Role.MANAGER)
    with pytest.raises(RoleNotYours):
        invite_teammate(organisation_id=organisation.id, given=given, by=manager, at=NOON)


@pytest.mark.parametrize("role", ["partner", "wizard", ""])
def test_a_team_takes_team_roles_only(role: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(TeammateInput, {"email": "c@marlow.example", "role": role})
    assert list(refused.value.fields) == ["role"]


def test_a_partner_person_comes_by_mail_and_sits_in_the_portal() -> None:
    firm = make_organisation("Fold & Crease")
    given = PersonInput(email="mila@fold.example", name="Mila")
    issued = invite_partner_person(organisation_id=firm.id, given=given, by=STORY, at=NOON)
    person = accept_invitation(secret=secret_of(issued.path), at=NOON)
    assert person.name == "Mila"
    assert [seat.role for seat in actor_of(person).seats] == ["partner"]
    assert not person.has_usable_password()


def test_the_address_of_the_first_owner_and_of_an_invitation_are_not_exchangeable() -> None:
    first = secret_of(issue_first_owner_invitation(at=NOON))
    invited = secret_of(invite(make_organisation()).path)
    with pytest.raises(InvitationClosed):
        accept_invitation(secret=first, at=NOON)
    with pytest.raises(InvitationClosed):
        start(f"/start/{invited}")
