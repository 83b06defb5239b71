"""Two at once: a one-time address opens once, and somebody stays owner."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from rapport.apps.identity.actions import (
    accept_invitation,
    end_membership,
    invite_teammate,
    issue_first_owner_invitation,
    start_workspace,
)
from rapport.apps.identity.inputs import OrganisationInput, PersonInput, TeammateInput
from rapport.apps.identity.models import Membership, Organisation, Person, Role
from rapport.apps.record.errors import Refusal
from tests.make.identity import NOON, PASSWORD, STORY, make_member, make_organisation
from tests.support.databases import FreshDatabase

AT_ONCE = 8


def at_once(act: Callable[[int], object]) -> list[str]:
    """Do the same in several threads; return what came of each: the refusal's code, or `done`."""
    outcomes: list[str] = []
    together = threading.Barrier(AT_ONCE)

    def run(number: int) -> None:
        together.wait()
        try:
            act(number)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.usefixtures("fresh_database")
def test_an_invitation_opened_by_many_at_once_lets_one_in() -> None:
    organisation = make_organisation()
    given = TeammateInput(email="bo@marlow.example", role=Role.SALES)
    path = invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=NOON).path
    secret = path.rsplit("/", 1)[1]
    outcomes = at_once(lambda _number: accept_invitation(secret=secret, name="Bo", at=NOON))
    assert outcomes == ["done", *["invitation_closed"] * (AT_ONCE - 1)]
    assert (Person.objects.count(), Membership.objects.count()) == (1, 1)


def test_many_first_owners_at_once_are_one(fresh_database: FreshDatabase) -> None:
    assert fresh_database.engine == connection.vendor
    secret = issue_first_owner_invitation(at=NOON).rsplit("/", 1)[1]

    def begin(number: int) -> None:
        person = PersonInput(email=f"p{number}@example.com", name="N")
        organisation = OrganisationInput(name=f"Org {number}")
        start_workspace(secret=secret, organisation=organisation, person=person, password=PASSWORD, at=NOON)

    assert at_once(begin).count("done") == 1
    assert (Person.objects.count(), Organisation.objects.count()) == (1, 1)


@pytest.mark.usefixtures("fresh_database")
def test_owners_who_end_one_another_at_once_leave_one() -> None:
    organisation = make_organisation()
    owners = [make_member(organisation) for _ in range(AT_ONCE)]
    memberships = [Membership.objects.get(person=person).id for person in owners]
    outcomes = at_once(lambda number: end_membership(membership_id=memberships[number], by=STORY, at=NOON))
    assert outcomes == [*["done"] * (AT_ONCE - 1), "last_owner"]
    assert Membership.objects.filter(ended_at__isnull=True).count() == 1
