"""A program, and a partner to whom 120.00 are due."""

import pytest

from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from tests.make.payouts import make_method, make_payable
from tests.make.road import make_agreement, make_program


@pytest.fixture
def program() -> Program:
    return make_program()


@pytest.fixture
def anna(program: Program) -> Agreement:
    """A partner with a method, to whom 120.00 are due for order A-1."""
    agreement = make_agreement(program, name="Slow Mornings")
    make_payable(program, agreement, total="1000.00", order="A-1")
    make_method(agreement.partner.organisation)
    return agreement
