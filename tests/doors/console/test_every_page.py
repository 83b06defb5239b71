"""Every program page opens for whoever may, with one of everything on it and with nothing at all."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation
from tests.make.program_pages import Everything
from tests.make.road import make_program

LISTS = (
    "today",
    "applications",
    "partners",
    "partners-csv",
    "links",
    "link-new",
    "coupon-new",
    "clicks",
    "clicks-csv",
    "clicks-live",
    "clicks-people",
    "conversions",
    "corrections",
    "receipts",
    "commissions",
    "payouts",
    "payout-settings",
    "ledger",
    "health",
    "jobs",
)


@pytest.mark.parametrize("name", LISTS)
def test_a_program_with_one_of_everything_shows_it(manager: Client, told: Everything, name: str) -> None:
    assert manager.get(reverse(f"console:{name}", args=[told.program.id])).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_new_program_says_what_will_stand_here(manager: Client, marlow: Organisation, name: str) -> None:
    program = make_program(marlow)
    assert manager.get(reverse(f"console:{name}", args=[program.id])).status_code == 200


def test_each_thing_has_a_page_of_its_own(manager: Client, told: Everything) -> None:
    things = {
        "application": told.application.id,
        "partner": told.agreement.id,
        "link": told.link.id,
        "link-qr": told.link.id,
        "conversion": told.conversion.id,
        "correction": told.waiting.id,
        "receipt": told.refused.id,
        "commission": told.commission.id,
    }
    for name, thing in things.items():
        assert manager.get(reverse(f"console:{name}", args=[told.program.id, thing])).status_code == 200, name
    conflict = manager.get(reverse("console:conversion", args=[told.program.id, told.in_conflict.id]))
    assert "Which amount is true?" in conflict.content.decode()
