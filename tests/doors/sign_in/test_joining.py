"""Coming in by a one-time address, in the browser's eyes."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import strip_tags

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.actions import issue_first_owner_invitation, revoke_invitation
from rapport.apps.identity.inputs import PersonInput, TeammateInput
from rapport.apps.identity.models import Membership, Organisation, Person, Role
from rapport.apps.identity.queries import actor_of, open_invitations_of
from rapport.flows.invitations import Host, invite_partner_person, invite_teammate
from rapport.kit.clock import now
from tests.make.identity import PASSWORD, STORY, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db

OWNER = {
    "organisation": "Marlow & Lind",
    "name": "Ines Krüger",
    "email": "Ines@marlow.example",
    "password": PASSWORD,
}


@pytest.fixture
def invited() -> Callable[..., str]:
    """Invite somebody by mail and return the address that the mail carries."""

    def invite(organisation: Organisation, email: str = "bo@marlow.example", role: Role = Role.SALES) -> str:
        given = TeammateInput(email=email, role=role)
        invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=now())
        return mailed_address()

    return invite


def mailed_address() -> str:
    text = Mail.objects.order_by("-created_at", "-id")[0].body_text
    return next(line for line in text.splitlines() if "/invitations/" in line).split("localhost", 1)[1].split("/", 1)[1]


def test_the_first_owner_begins_by_the_printed_address_and_is_signed_in(client: Client) -> None:
    path = issue_first_owner_invitation(at=now())
    assert client.get(path).status_code == 200
    answer = client.post(path, OWNER)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/console/"
    person = Person.objects.get(email="ines@marlow.example")
    assert [seat.role for seat in actor_of(person).seats] == ["owner"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "short"), ("email", "nobody"), ("name", ""), ("organisation", " "), ("name", "N\x00")],
)
def test_a_beginning_that_cannot_be_used_is_said_at_its_field(client: Client, field: str, value: str) -> None:
    path = issue_first_owner_invitation(at=now())
    answer = client.post(path, OWNER | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Person.objects.exists()
    assert client.post(path, OWNER).status_code == 302


def test_closed_and_invented_addresses_are_the_same(client: Client) -> None:
    old = issue_first_owner_invitation(at=now())
    issue_first_owner_invitation(at=now())

    def seen(path: str) -> tuple[int, str]:
        answer = client.get(path)
        return answer.status_code, strip_tags(answer.content.decode())

    assert seen(old) == seen("/start/invented")
    assert seen("/invitations/invented")[0] == 410
    assert client.post("/invitations/invented", {"name": "x"}).status_code == 410
    assert client.post(old, OWNER).status_code == 410


def test_an_invited_teammate_joins_and_is_signed_in(client: Client, invited: Callable[..., str]) -> None:
    organisation = make_organisation()
    path = f"/{invited(organisation)}"
    page = client.get(path)
    assert b"bo@marlow.example" in page.content
    assert client.post(path, {"name": "Bo", "password": "short"}).status_code == 422
    assert client.post(path, {"name": "Bo", "password": ""}).status_code == 422
    assert client.post(path, {"name": "Bo", "password": PASSWORD})["Location"] == "/"
    assert client.get("/")["Location"] == "/console/"
    assert client.get(path).status_code == 410


def test_nobody_chooses_role_or_address_of_an_invitation(client: Client, invited: Callable[..., str]) -> None:
    organisation = make_organisation()
    path = f"/{invited(organisation)}"
    extra = {"role": "owner", "email": "evil@example.com", "organisation": "org_x", "is_active": "0"}
    client.post(path, {"name": "Bo", "password": PASSWORD, **extra})
    person = Person.objects.get(email="bo@marlow.example")
    assert person.is_active
    assert [(m.role, m.organisation) for m in Membership.objects.filter(person=person)] == [("sales", organisation)]


def test_whoever_has_an_account_signs_in_before_joining(client: Client, invited: Callable[..., str]) -> None:
    bo = make_person(email="bo@marlow.example")
    path = f"/{invited(make_organisation())}"
    assert f"?next={path}".encode() in client.get(path).content
    assert client.post(path).status_code == 422
    client.force_login(make_person())
    assert client.post(path).status_code == 422
    client.force_login(bo)
    assert client.get(path).status_code == 200
    assert client.post(path)["Location"] == "/"
    assert Membership.objects.get(person=bo).role == Role.SALES


def test_a_revoked_invitation_is_gone_at_once(client: Client, invited: Callable[..., str]) -> None:
    organisation = make_organisation()
    path = f"/{invited(organisation)}"
    revoke_invitation(invitation_id=open_invitations_of(organisation.id)[0].id, by=STORY, at=now())
    assert client.get(path).status_code == 410


def test_a_partner_comes_in_by_mail_without_choosing_a_password(client: Client) -> None:
    ours, firm = make_organisation(), make_organisation("Fold & Crease")
    given = PersonInput(email="mila@fold.example", name="Mila")
    host = Host(workspace_id=ours.id, program_name="Marlow Partners")
    invite_partner_person(organisation_id=firm.id, given=given, host=host, by=STORY, at=now())
    mail = Mail.objects.get()
    assert (mail.recipient, mail.workspace_id, mail.holds_secret) == ("mila@fold.example", ours.id, True)
    assert "Marlow Partners" in mail.subject
    path = f"/{mailed_address()}"
    assert b'value="Mila"' in client.get(path).content
    client.post(path, {"name": "Mila", "password": ""})
    assert client.get("/")["Location"] == "/portal/"


def test_somebody_with_two_places_chooses_and_somebody_without_is_told(client: Client) -> None:
    ours, firm = make_organisation(), make_organisation("Fold & Crease")
    person = make_member(ours, Role.SALES)
    Membership.objects.create(id="mem_x", person=person, organisation=firm, role=Role.PARTNER, created_at=now())
    client.force_login(person)
    page = client.get("/").content
    assert b"/console/" in page
    assert b"/portal/" in page
    client.force_login(make_person())
    page = client.get("/").content
    assert b"/console/" not in page
    assert b"/portal/" not in page


def test_a_person_changes_its_name_and_nothing_else(client: Client) -> None:
    person = make_member(make_organisation(), Role.SALES)
    client.force_login(person)
    answer = client.post("/account/", {"name": "Bo Lind", "email": "evil@example.com", "is_active": "", "id": "per_x"})
    assert answer["Location"] == "/account/"
    before = person.email
    person.refresh_from_db()
    assert (person.name, person.email, person.is_active) == ("Bo Lind", before, True)
    assert client.post("/account/", {"name": ""}).status_code == 422


def test_pages_with_a_secret_in_their_address_are_kept_by_nobody(client: Client) -> None:
    answer = client.get(issue_first_owner_invitation(at=now()))
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
