"""What the tests of a program's own pages share."""

import pytest
from django.test import Client

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.programs.models import Program
from tests.make.identity import make_member, make_organisation
from tests.make.road import make_program


@pytest.fixture
def marlow(db: None) -> Organisation:
    return make_organisation()


@pytest.fixture
def program(marlow: Organisation) -> Program:
    """An open program with the classic terms in force."""
    return make_program(marlow)


@pytest.fixture
def manager(marlow: Organisation) -> Client:
    client = Client()
    client.force_login(make_member(marlow, Role.MANAGER))
    return client
