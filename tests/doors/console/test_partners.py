"""Partners: what each brings, as a page and as a file, and the moves of its agreement."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners.models import AgreementState
from tests.doors.console.conftest import client_of
from tests.doors.console.test_applications import words_of
from tests.make.identity import make_member
from tests.make.program_pages import Everything
from tests.make.road import make_agreement


def address(told: Everything, name: str) -> str:
    return reverse(f"console:{name}", args=[told.program.id, told.agreement.id])


def test_the_list_says_what_each_partner_earned(manager: Client, told: Everything) -> None:
    make_agreement(told.program, name="Aunt Berta")
    page = words_of(manager.get(reverse("console:partners", args=[told.program.id])).content)
    assert "2 partners" in page
    assert page.index("Aunt Berta") < page.index("Slow Mornings")


@pytest.mark.parametrize(
    ("sort", "first"), [("earned", "Slow Mornings"), ("name", "Aunt Berta"), ("mood", "Aunt Berta")]
)
def test_the_list_is_sorted_as_asked(manager: Client, told: Everything, sort: str, first: str) -> None:
    make_agreement(told.program, name="Aunt Berta")
    page = manager.get(reverse("console:partners", args=[told.program.id]), {"sort": sort}).content.decode()
    names = sorted(("Slow Mornings", "Aunt Berta"), key=lambda name: page.index(f">{name}</a>"))
    assert names[0] == first


def test_the_file_holds_what_the_page_shows_and_no_formula(manager: Client, told: Everything) -> None:
    make_agreement(told.program, name='=HYPERLINK("https://evil.example")')
    answer = manager.get(reverse("console:partners-csv", args=[told.program.id]), {"state": "active"})
    assert answer["Content-Type"].startswith("text/csv")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[-1] == "EUR"
    assert {row[0] for row in rows} == {"Slow Mornings", '\'=HYPERLINK("https://evil.example")'}
    assert next(row for row in rows if row[0] == "Slow Mornings")[-2:] == ["2", "26.67"]


def test_a_partner_shows_its_links_codes_terms_and_commissions(manager: Client, told: Everything) -> None:
    page = words_of(manager.get(address(told, "partner")).content)
    for words in ("Ten linen pyjamas", "ANNA12", "You earn 12 % of every sale.", "sale 10428", "agreement.active"):
        assert words in page


def test_suspending_needs_a_reason_and_holds_what_comes(manager: Client, told: Everything) -> None:
    assert manager.post(address(told, "agreement-suspend"), {"reason": ""}).status_code == 422
    assert manager.post(address(told, "agreement-suspend"), {"reason": "A question is open."}).status_code == 303
    told.agreement.refresh_from_db()
    assert told.agreement.state == AgreementState.SUSPENDED
    assert "A question is open." in words_of(manager.get(address(told, "partner")).content)
    assert manager.post(address(told, "agreement-resume")).status_code == 303
    told.agreement.refresh_from_db()
    assert told.agreement.state == AgreementState.ACTIVE


def test_an_agreement_that_ended_cannot_be_moved_again(manager: Client, told: Everything) -> None:
    given = {"reason": "Bid on our name.", "for_breach": "on"}
    assert manager.post(address(told, "agreement-end"), given).status_code == 303
    told.agreement.refresh_from_db()
    assert (told.agreement.state, told.agreement.ended_for_breach) == (AgreementState.ENDED, True)
    assert manager.post(address(told, "agreement-resume")).status_code == 422
    assert manager.post(address(told, "agreement-suspend"), {"reason": "Again."}).status_code == 422


def test_finance_reads_a_partner_and_moves_nothing(marlow: Organisation, told: Everything) -> None:
    finance = client_of(marlow, Role.FINANCE)
    assert address(told, "agreement-end") not in finance.get(address(told, "partner")).content.decode()
    assert finance.post(address(told, "agreement-end"), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("place", ["0", "100", "-1", "nine", "99999999999999999999"])
def test_a_place_in_the_list_that_is_none_shows_the_beginning(manager: Client, told: Everything, place: str) -> None:
    page = manager.get(reverse("console:partners", args=[told.program.id]), {"from": place})
    assert "Slow Mornings" in words_of(page.content)


def test_a_partner_who_never_came_in_is_mailed_the_way_again(manager: Client, told: Everything) -> None:
    assert "Mail the way in again" in words_of(manager.get(address(told, "partner")).content)
    assert manager.post(address(told, "partner-invite")).status_code == 303
    make_member(told.agreement.partner.organisation, Role.PARTNER)
    assert "Mail the way in again" not in words_of(manager.get(address(told, "partner")).content)
    assert manager.post(address(told, "partner-invite")).status_code == 422
