"""Rights: what each role may do and which rows it sees."""

import pytest
from django.core.exceptions import FieldError

from rapport.apps.identity.actions import change_role, disable_person, end_membership
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import ApiKey, Membership, Organisation, Person, Role
from rapport.apps.identity.queries import ANONYMOUS, actor_of, actor_of_key
from rapport.apps.identity.rights import (
    ROLE_CAPABILITIES,
    TEAM_ROLES,
    Capability,
    KeyScope,
    can,
    find,
    has,
    organisations_of,
    scope,
)
from rapport.apps.record.actors import Actor
from tests.make.identity import NOON, STORY, make_actor, make_api_key, make_member, make_organisation

pytestmark = pytest.mark.django_db

MONEY_OUT = {Capability.LEDGER_READ, Capability.PAYOUT_READ}
PORTAL = {Capability.PORTAL_READ, Capability.PORTAL_WRITE}


def test_sales_people_never_reach_books_payouts_keys_or_terms() -> None:
    out_of_reach = MONEY_OUT | {
        Capability.COMMISSION_DECIDE,
        Capability.TERMS_WRITE,
        Capability.KEY_READ,
        Capability.KEY_WRITE,
        Capability.TEAM_WRITE,
        Capability.OUTBOX_READ,
    }
    assert not ROLE_CAPABILITIES[Role.SALES] & out_of_reach


def test_finance_reads_all_money_and_promises_nothing() -> None:
    assert ROLE_CAPABILITIES[Role.FINANCE] >= MONEY_OUT
    assert not ROLE_CAPABILITIES[Role.FINANCE] & {Capability.TERMS_WRITE, Capability.PARTNER_WRITE}


def test_a_partner_holds_the_portal_and_nothing_else() -> None:
    assert ROLE_CAPABILITIES[Role.PARTNER] == PORTAL


def test_a_key_never_holds_more_than_its_scope_says() -> None:
    assert ROLE_CAPABILITIES[KeyScope.CONVERSIONS_WRITE] == {Capability.CONVERSION_REPORT, Capability.CONVERSION_READ}
    assert all(capability.endswith(".read") for capability in ROLE_CAPABILITIES[KeyScope.READ])
    assert ROLE_CAPABILITIES[KeyScope.LINKS_WRITE] == {Capability.LINK_READ, Capability.LINK_WRITE, *PORTAL}


def test_every_role_and_scope_is_in_the_table() -> None:
    assert set(ROLE_CAPABILITIES) == {*Role, *KeyScope}


def test_a_team_sees_its_own_workspace_and_no_other() -> None:
    ours, theirs = make_organisation(), make_organisation("Nordkap")
    make_member(theirs)
    owner = make_actor(ours)
    seen = scope(owner, Capability.TEAM_READ, Membership.objects.all())
    assert {membership.organisation_id for membership in seen} == {ours.id}
    assert can(owner, Capability.TEAM_WRITE, ours)
    assert not can(owner, Capability.TEAM_WRITE, theirs)


def test_a_partner_sees_rows_of_its_own_firm_through_the_partner_path_only() -> None:
    firm, other = make_organisation("Fold & Crease"), make_organisation("Deal Otter")
    partner = make_actor(firm, Role.PARTNER)
    assert list(scope(partner, Capability.PORTAL_READ, Organisation.objects.all())) == [firm]
    assert not can(partner, Capability.PORTAL_READ, other)
    assert not can(partner, Capability.TEAM_READ, firm)
    assert not scope(partner, Capability.TEAM_READ, Organisation.objects.all()).exists()


def test_foreign_and_missing_are_the_same_not_found() -> None:
    owner, foreign = make_actor(make_organisation()), make_organisation("Nordkap")
    sentences = set()
    for missing in (foreign.id, "org_nothing"):
        with pytest.raises(NotFound) as refused:
            find(owner, Capability.TEAM_READ, Organisation.objects.all(), pk=missing)
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1


def test_the_system_sees_everything() -> None:
    organisation = make_organisation()
    assert can(STORY, Capability.LEDGER_READ, organisation)
    assert has(STORY, Capability.LEDGER_READ)
    assert find(STORY, Capability.TEAM_READ, Organisation.objects.all(), pk=organisation.id) == organisation


def test_a_seat_with_an_unknown_role_gives_nothing() -> None:
    organisation = make_organisation()
    odd = Actor(ANONYMOUS.kind, "per_x", (type(make_actor(organisation).seats[0])(organisation.id, "wizard"),))
    assert not any(has(odd, capability) for capability in Capability)


def test_a_model_that_names_no_path_is_a_slip_that_shows() -> None:
    with pytest.raises(FieldError, match="Person names no workspace_path"):
        scope(make_actor(make_organisation()), Capability.TEAM_READ, Person.objects.all())


def test_rights_taken_away_are_gone_at_the_next_look() -> None:
    organisation = make_organisation()
    make_member(organisation)
    person = make_member(organisation, Role.FINANCE)
    membership = Membership.objects.get(person=person)
    assert has(actor_of(person), Capability.LEDGER_READ)
    change_role(membership_id=membership.id, role=Role.SALES, by=STORY, at=NOON)
    assert not has(actor_of(person), Capability.LEDGER_READ)
    end_membership(membership_id=membership.id, by=STORY, at=NOON)
    assert actor_of(person).seats == ()


def test_a_disabled_person_holds_no_seat() -> None:
    person = make_member(make_organisation())
    disabled = disable_person(person_id=person.id, by=STORY, at=NOON)
    assert actor_of(disabled).seats == ()


def test_a_key_acts_for_its_workspace_with_its_scopes() -> None:
    ours, theirs = make_organisation(), make_organisation("Nordkap")
    issued = make_api_key(ours, KeyScope.CONVERSIONS_WRITE)
    actor = actor_of_key(issued.secret)
    assert actor is not None
    assert organisations_of(actor, Capability.CONVERSION_REPORT) == {ours.id}
    assert not can(actor, Capability.CONVERSION_REPORT, theirs)
    assert not has(actor, Capability.KEY_READ)
    assert not scope(actor, Capability.KEY_READ, ApiKey.objects.all()).exists()


@pytest.mark.parametrize("role", TEAM_ROLES)
def test_every_team_role_sees_who_else_is_on_the_team(role: Role) -> None:
    assert has(make_actor(make_organisation(), role), Capability.TEAM_READ)
