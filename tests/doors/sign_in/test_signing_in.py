"""Signing in with a password or a mailed code, signing out, and what strangers learn meanwhile."""

import re

import pytest
from django.test import Client
from django.utils.html import strip_tags

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.actions import add_member, disable_person
from rapport.apps.identity.models import Person, Role
from rapport.apps.record.models import AuditRow
from tests.make.identity import NOON, PASSWORD, STORY, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CODE = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
RESET = "/accounts/password/reset/"


@pytest.fixture
def ines() -> Person:
    person = make_person(email="ines@example.com", password=PASSWORD)
    organisation = make_organisation()
    add_member(organisation_id=organisation.id, person_id=person.id, role=Role.OWNER, by=STORY, at=NOON)
    return person


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def newest_mail() -> Mail:
    return Mail.objects.order_by("-created_at", "-id")[0]


def mailed_code() -> str:
    found = re.search(r"^ {4}(\S+)$", newest_mail().body_text, re.MULTILINE)
    assert found
    return found[1]


def words_of(content: bytes) -> str:
    """The page without its one-time token."""
    return re.sub(r"\s+", " ", strip_tags(content.decode()))


def test_a_password_opens_and_leads_to_the_console(client: Client, ines: Person) -> None:
    answer = client.post(LOGIN, {"login": "INES@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/console/"
    assert AuditRow.objects.get(action="person.signed_in").actor_id == ines.id


def test_a_new_session_key_is_given_at_sign_in(client: Client, ines: Person) -> None:
    planted = client.session
    planted["theme"] = "dark"
    planted.save()
    before = client.session.session_key
    client.post(LOGIN, {"login": ines.email, "password": PASSWORD})
    assert client.session.session_key != before


def test_a_mailed_code_opens_once(client: Client, ines: Person) -> None:
    assert client.post(CODE, {"email": ines.email})["Location"] == CONFIRM
    code = mailed_code()
    assert newest_mail().holds_secret
    assert newest_mail().workspace_id == ""
    assert client.post(CONFIRM, {"code": code}).status_code == 302
    assert is_signed_in(client)
    other = Client()
    other.post(CODE, {"email": ines.email})
    other.post(CONFIRM, {"code": code})
    assert not is_signed_in(other)


def test_three_wrong_codes_end_the_attempt(client: Client, ines: Person) -> None:
    client.post(CODE, {"email": ines.email})
    code = mailed_code()
    for _ in range(3):
        client.post(CONFIRM, {"code": "BBBB-BBBB"})
    client.post(CONFIRM, {"code": code})
    assert not is_signed_in(client)


def test_known_and_unknown_addresses_get_the_same_answers(ines: Person) -> None:
    def seen(address: str, email: str, field: str) -> list[object]:
        client = Client()
        answer = client.post(address, {field: email})
        page = client.get(answer["Location"])
        return [answer.status_code, answer["Location"], words_of(page.content).replace(email, "…")]

    for address in (CODE, RESET):
        assert seen(address, ines.email, "email") == seen(address, "who@example.com", "email")
    assert Mail.objects.filter(recipient="who@example.com").count() == 2
    assert "There is no account for it" in newest_mail().body_text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ines: Person) -> None:
    pages = set()
    for email in (ines.email, "who@example.com"):
        answer = Client().post(LOGIN, {"login": email, "password": "wrong password"})
        assert answer.status_code in {200, 422}
        pages.add(words_of(answer.content))
    assert len(pages) == 1


def test_at_most_ten_passwords_an_hour_are_tried_on_one_account(ines: Person) -> None:
    for number in range(12):
        # Each try from another network: the account itself counts.
        Client(REMOTE_ADDR=f"10.0.{number}.7").post(LOGIN, {"login": ines.email, "password": "wrong password"})
    client = Client(REMOTE_ADDR="10.9.9.9")
    client.post(LOGIN, {"login": ines.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_tries_are_counted_for_the_network_of_the_caller() -> None:
    tries = [
        Client(REMOTE_ADDR=f"10.1.2.{number}").post(LOGIN, {"login": f"p{number}@example.com", "password": "x" * 12})
        for number in range(11)
    ]
    assert "Too many" in words_of(tries[-1].content)
    elsewhere = Client(REMOTE_ADDR="10.1.3.1").post(LOGIN, {"login": "q@example.com", "password": "x" * 12})
    assert "Too many" not in words_of(elsewhere.content)


def test_at_most_three_codes_a_minute_are_mailed_to_one_address(ines: Person) -> None:
    for number in range(6):
        Client(REMOTE_ADDR=f"10.2.{number}.1").post(CODE, {"email": ines.email})
    assert Mail.objects.filter(recipient=ines.email).count() == 3


def test_there_is_no_open_sign_up(client: Client) -> None:
    page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert b"<form" not in page.content
    client.post("/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD})
    assert not Person.objects.exists()


def test_signing_out_is_a_deed_and_not_a_link(client: Client, ines: Person) -> None:
    client.force_login(ines)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def test_a_disabled_person_is_out_with_the_next_request(client: Client, ines: Person) -> None:
    client.force_login(ines)
    disable_person(person_id=ines.id, by=STORY, at=NOON)
    assert not is_signed_in(client)
    client.post(LOGIN, {"login": ines.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_a_forgotten_password_is_replaced_by_a_mailed_address_that_works_once(client: Client, ines: Person) -> None:
    other = Client()
    other.force_login(ines)
    client.post(RESET, {"email": ines.email})
    found = re.search(r"http://localhost:\d+(/accounts/password/reset/key/\S+)", newest_mail().body_text)
    assert found
    form = client.get(found[1])
    answer = client.post(form["Location"], {"password1": "seven small boats", "password2": "seven small boats"})
    assert answer.status_code == 302
    ines.refresh_from_db()
    assert ines.check_password("seven small boats")
    assert not is_signed_in(other), "every session ends with the old password"
    assert newest_mail().subject == "Your password was changed"
    assert Client().get(found[1]).status_code != 302


def test_the_mailed_address_never_carries_a_host_that_the_request_claims(ines: Person) -> None:
    Client(headers={"host": "127.0.0.1:9"}).post(RESET, {"email": ines.email})
    assert "127.0.0.1:9" not in newest_mail().body_text
    assert Client(headers={"host": "evil.example"}).post(RESET, {"email": ines.email}).status_code == 400


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(client: Client, ines: Person) -> None:
    other = Client()
    for each in (client, other):
        each.force_login(ines)
    change = "/accounts/password/change/"
    new = {"password1": "seven small boats", "password2": "seven small boats"}
    client.post(change, {"oldpassword": "wrong password", **new})
    ines.refresh_from_db()
    assert ines.check_password(PASSWORD)
    client.post(change, {"oldpassword": PASSWORD, **new})
    ines.refresh_from_db()
    assert ines.check_password("seven small boats")
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_whoever_signs_in_by_codes_may_set_a_password(client: Client) -> None:
    mila = make_member(make_organisation("Fold"), Role.PARTNER)
    client.force_login(mila)
    client.post("/accounts/password/set/", {"password1": "seven small boats", "password2": "seven small boats"})
    mila.refresh_from_db()
    assert mila.check_password("seven small boats")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_a_foreign_place(client: Client, ines: Person, target: str) -> None:
    answer = client.post(f"{LOGIN}?next={target}", {"login": ines.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 200 or answer["Location"] == "/"


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client, ines: Person) -> None:
    wanted = client.get("/account/")["Location"]
    assert client.post(wanted, {"login": ines.email, "password": PASSWORD})["Location"] == "/account/"
