"""The page of components is for the team; error and account pages wear the same clothes."""

import pytest
from django.template.loader import render_to_string
from django.test import Client

from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from tests.make.identity import NOON, PASSWORD, STORY, make_organisation, make_person

ERRORS = ("400.html", "403.html", "403_csrf.html", "404.html", "500.html")


def sign_in(client: Client, role: Role) -> None:
    person = make_person(email=f"{role}@example.com", password=PASSWORD)
    organisation = make_organisation()
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=STORY, at=NOON)
    client.force_login(person)


@pytest.mark.django_db
def test_the_team_sees_every_component(client: Client) -> None:
    sign_in(client, Role.MANAGER)
    for page in ("", "portal/", "public/", "focus/"):
        assert client.get(f"/design/{page}").status_code == 200


@pytest.mark.django_db
def test_partners_and_strangers_do_not(client: Client) -> None:
    assert client.get("/design/").status_code == 302
    sign_in(client, Role.PARTNER)
    assert client.get("/design/").status_code == 403


@pytest.mark.django_db
def test_a_refused_form_comes_back_with_422_and_an_accepted_one_with_200(client: Client) -> None:
    sign_in(client, Role.OWNER)
    refused = client.post("/design/", {"name": "Clara"})
    assert refused.status_code == 422
    assert b"data-error-summary" in refused.content
    filled = {"name": "Clara", "mail": "c@example.com", "site": "halm.example", "kind": "blog", "reach": "small"}
    assert client.post("/design/", {**filled, "accepts": "on"}).status_code == 200


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_nothing_but_itself(name: str) -> None:
    page = render_to_string(name)
    assert "<h1>" in page
    assert "app." in page


def test_a_refusal_names_its_reason_and_who_can_grant_it() -> None:
    page = render_to_string("403.html", {"reason": "Only finance pays.", "grantors": ["Ines Krüger", "Jonas Feld"]})
    assert "Only finance pays." in page
    assert "Ines Krüger, Jonas Feld can grant it." in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["login/", "login/code/", "logout/", "password/reset/", "password/reset/done/"])
def test_account_pages_are_ours(client: Client, address: str) -> None:
    if address == "logout/":
        sign_in(client, Role.OWNER)
    page = client.get(f"/accounts/{address}")
    assert page.status_code == 200
    assert b'class="focus"' in page.content


def test_a_page_of_allauth_that_we_did_not_rewrite_is_dressed_too() -> None:
    page = render_to_string("account/verification_sent.html")
    assert 'class="focus"' in page
    assert 'class="focus-sentence"' in page
