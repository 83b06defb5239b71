"""What the tests of the program pages share."""

import pytest
from django.test import Client

from rapport.apps.identity.models import Organisation, Role
from rapport.kit.clock import now
from tests.make.identity import make_member, make_organisation
from tests.make.program_pages import Everything, make_everything


@pytest.fixture
def marlow(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def told(marlow: Organisation) -> Everything:
    """A program in which one of everything has happened."""
    return make_everything(marlow, at=now())


@pytest.fixture
def manager(marlow: Organisation) -> Client:
    """Somebody who runs the program."""
    return client_of(marlow, Role.MANAGER)


def client_of(organisation: Organisation, role: Role) -> Client:
    client = Client()
    client.force_login(make_member(organisation, role))
    return client
