"""The watch over tables lets an owner write and stops everybody else of ours."""

from types import ModuleType

import pytest
from django.utils import timezone

from rapport.apps.conversions.models import Customer
from tests.support.ownership import ForeignWriteError

WRITE = "def write(): return Customer.objects.filter(key='nobody').update(story_version=1, created_at=now)"


@pytest.mark.django_db
def test_an_app_may_write_its_own_table() -> None:
    assert _module("rapport.apps.conversions.actions").write() == 0


@pytest.mark.django_db
def test_a_test_may_write_any_table() -> None:
    assert _module("tests.anywhere").write() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "writer", ["rapport.apps.commissions.actions", "rapport.flows.intake", "rapport.doors.api.views"]
)
def test_nobody_else_of_ours_may(writer: str) -> None:
    with pytest.raises(ForeignWriteError, match="which conversions owns"):
        _module(writer).write()


def _module(name: str) -> ModuleType:
    """Return a module of that name which writes the table of customers."""
    module = ModuleType(name)
    module.__dict__.update(Customer=Customer, now=timezone.now())
    exec(compile(WRITE, "<write>", "exec"), module.__dict__)  # noqa: S102 - how else would a module have another's name
    return module
