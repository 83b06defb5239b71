"""The settings of a workspace, as its people use them."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from rapport.apps.delivery.actions import queue_mail
from rapport.apps.delivery.letters import Letter
from rapport.apps.delivery.models import Mail, MailState, Suppression
from rapport.apps.identity.models import ApiKey, Invitation, Membership, Organisation, Person, Role
from rapport.apps.identity.queries import actor_of_key
from rapport.apps.record.actions import audit
from rapport.apps.record.models import AuditRow
from rapport.doors.console.settings.trail import SHOWN
from rapport.flows.backup.keeping import archive_path
from rapport.kit.clock import now
from tests.make.identity import STORY, make_api_key, make_member, make_organisation
from tests.support.mail import listening
from tests.support.names import naming

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organisation:
    return make_organisation()


@pytest.fixture
def owner(ours: Organisation) -> Person:
    return make_member(ours, Role.OWNER)


@pytest.fixture
def by_owner(client: Client, owner: Person) -> Client:
    client.force_login(owner)
    return client


def words_of(content: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(strip_tags(content.decode())))


def test_inviting_a_teammate_mails_the_address_and_shows_who_is_invited(by_owner: Client, ours: Organisation) -> None:
    page = f"/console/settings/{ours.id}/team/"
    assert by_owner.post(page, {"email": "Bo@marlow.example", "role": "finance"})["Location"] == page
    assert Mail.objects.get().recipient == "bo@marlow.example"
    assert "bo@marlow.example" in words_of(by_owner.get(page).content)


def test_inviting_takes_the_two_fields_of_the_form_and_no_more(by_owner: Client, ours: Organisation) -> None:
    theirs = make_organisation("Nordkap")
    extra = {"organisation_id": theirs.id, "organisation": theirs.id, "expires_at": "2099-01-01", "name": "Evil"}
    by_owner.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": "sales"} | extra)
    invitation = Invitation.objects.get()
    assert (invitation.organisation_id, invitation.name) == (ours.id, "")
    assert invitation.expires_at.year < 2099


@pytest.mark.parametrize("role", ["partner", "wizard", ""])
def test_a_role_that_no_team_has_is_refused(by_owner: Client, ours: Organisation, role: str) -> None:
    answer = by_owner.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": role})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_a_manager_is_told_at_the_field_that_only_owners_make_owners(client: Client, ours: Organisation) -> None:
    client.force_login(make_member(ours, Role.MANAGER))
    answer = client.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": "owner"})
    assert answer.status_code == 422
    assert "Only an owner can give" in words_of(answer.content)


def test_a_role_holds_from_the_next_request_on(by_owner: Client, ours: Organisation) -> None:
    sales = make_member(ours, Role.SALES)
    hers = Client()
    hers.force_login(sales)
    audit = f"/console/settings/{ours.id}/audit/"
    assert hers.get(audit).status_code == 403
    member = f"/console/settings/{ours.id}/team/{Membership.objects.get(person=sales).id}/"
    by_owner.post(member, {"role": "finance"})
    assert hers.get(audit).status_code == 200
    by_owner.post(f"{member}end/")
    assert hers.get(audit).status_code == 403
    assert by_owner.get(member).status_code == 404


def test_the_last_owner_is_told_why_not(by_owner: Client, ours: Organisation, owner: Person) -> None:
    member = f"/console/settings/{ours.id}/team/{Membership.objects.get(person=owner).id}/"
    for answer in (by_owner.post(member, {"role": "sales"}), by_owner.post(f"{member}end/")):
        assert answer.status_code == 422
        assert "This is the last owner" in words_of(answer.content)


def test_a_key_is_shown_on_one_answer_and_never_again(by_owner: Client, ours: Organisation) -> None:
    page = f"/console/settings/{ours.id}/keys/"
    answer = by_owner.post(page, {"name": "Shop server", "scopes": ["conversions:write"]})
    found = re.search(r"rk_live_[\w-]{43}", answer.content.decode())
    assert found
    assert "no-store" in answer["Cache-Control"]
    assert actor_of_key(found[0]) is not None
    assert found[0] not in by_owner.get(page).content.decode()
    by_owner.post(f"{page}{ApiKey.objects.get().id}/revoke/")
    assert actor_of_key(found[0]) is None
    assert "Revoked" in words_of(by_owner.get(page).content)


def test_a_key_without_a_purpose_is_refused(by_owner: Client, ours: Organisation) -> None:
    page = f"/console/settings/{ours.id}/keys/"
    assert by_owner.post(page, {"name": "Shop server", "scopes": ["everything"]}).status_code == 422
    assert by_owner.post(page, {"name": "", "scopes": ["read"]}).status_code == 422
    assert not ApiKey.objects.exists()


def test_an_organisation_changes_by_its_owner_field_by_field(by_owner: Client, ours: Organisation) -> None:
    page = f"/console/settings/{ours.id}/organisation/"
    said = {"name": "Marlow", "website": "https://marlow.example", "country": "de", "created_at": "2001-01-01"}
    assert by_owner.post(page, said)["Location"] == page
    created_at = ours.created_at
    ours.refresh_from_db()
    assert (ours.name, ours.country, ours.created_at) == ("Marlow", "DE", created_at)
    answer = by_owner.post(page, said | {"country": "x1"})
    assert answer.status_code == 422
    assert "country" in answer.context["form"].errors


def test_the_trail_names_people_keys_and_rules(by_owner: Client, ours: Organisation, owner: Person) -> None:
    by_owner.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": "sales"})
    words = words_of(by_owner.get(f"/console/settings/{ours.id}/audit/").content)
    assert "invitation.issued" in words
    assert owner.name in words
    assert STORY.id in words
    assert "bo@marlow.example" not in words


def test_the_trail_of_one_subject_is_shown_alone(by_owner: Client, ours: Organisation) -> None:
    key = make_api_key(ours).key
    words = words_of(by_owner.get(f"/console/settings/{ours.id}/audit/?subject={key.id}").content)
    assert "key.made" in words
    assert "scopes: conversions:write" in words
    assert "member.added" not in words


def test_the_trail_is_read_page_by_page(by_owner: Client, ours: Organisation) -> None:
    for _ in range(2 * SHOWN):
        audit(by=STORY, at=now(), action="tested", subject=ours.id, workspace_id=ours.id)
    page = f"/console/settings/{ours.id}/audit/"
    seen: list[str] = []
    address: str | None = page
    while address:
        answer = by_owner.get(address)
        seen += [row.id for row, _name, _details in answer.context["rows"]]
        older = answer.context["older"]
        address = f"{page}?before={older}" if older else None
    wanted = AuditRow.objects.filter(workspace_id=ours.id).order_by("-id").values_list("id", flat=True)
    assert seen == list(wanted)


def test_the_trail_of_another_workspace_stays_there(by_owner: Client, ours: Organisation) -> None:
    foreign = make_api_key(make_organisation("Nordkap")).key
    answer = by_owner.get(f"/console/settings/{ours.id}/audit/?subject={foreign.id}")
    assert answer.context["rows"] == []


def test_the_outbox_shows_our_mail_and_never_codes_for_signing_in(by_owner: Client, ours: Organisation) -> None:
    for letter in (
        Letter(recipient="a@example.com", subject="Ours", paragraphs=("Hi.",), workspace_id=ours.id),
        Letter(recipient="b@example.com", subject="Theirs", paragraphs=("Hi.",), workspace_id="org_x"),
        Letter(recipient="c@example.com", subject="A code", paragraphs=("Hi.",), code="BCDF", holds_secret=True),
    ):
        queue_mail(letter=letter, at=now())
    words = words_of(by_owner.get(f"/console/settings/{ours.id}/outbox/").content)
    assert "Ours" in words
    assert "Theirs" not in words
    assert "A code" not in words
    code = Mail.objects.get(subject="A code")
    assert by_owner.get(f"/console/settings/{ours.id}/outbox/{code.id}/").status_code == 404


def test_the_outbox_says_how_far_each_mail_has_come_and_tries_again(
    by_owner: Client, ours: Organisation, settings: Settings
) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    letter = Letter(recipient="a@example.com", subject="Welcome", paragraphs=("Hi.",), workspace_id=ours.id)
    came_back, waiting = queue_mail(letter=letter, at=now()), queue_mail(letter=letter, at=now())
    Mail.objects.filter(pk=came_back.pk).update(state=MailState.BOUNCED, problem="552 5.2.2 full", attempts=1)
    outbox = f"/console/settings/{ours.id}/outbox/"
    assert "Came back" in words_of(by_owner.get(outbox).content)
    assert list(by_owner.get(f"{outbox}?state=bounced").context["letters"]) == [Mail.objects.get(pk=came_back.pk)]
    page = by_owner.get(f"{outbox}{came_back.id}/")
    assert "552 5.2.2 full" in words_of(page.content)
    assert "Send again" in words_of(page.content)
    assert "Send again" not in words_of(by_owner.get(f"{outbox}{waiting.id}/").content)
    words = words_of(by_owner.post(f"{outbox}{came_back.id}/again/", follow=True).content)
    assert "The mail is sent again." in words
    words = words_of(by_owner.post(f"{outbox}{came_back.id}/again/", follow=True).content)
    assert "cannot be sent again" in words


def test_mail_is_tried_and_its_records_are_shown_to_paste(
    by_owner: Client, ours: Organisation, settings: Settings
) -> None:
    page = f"/console/settings/{ours.id}/mail/"
    assert "There is no mail server yet" in words_of(by_owner.post(f"{page}try/", follow=True).content)
    settings.DEFAULT_FROM_EMAIL = "Marlow <rapport@marlow.example>"
    with listening() as server, naming() as names:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        settings.DNS_SERVER = names.address
        assert f"127.0.0.1:{server.port}" in words_of(by_owner.get(page).content)
        assert "The mail server took a letter" in words_of(by_owner.post(f"{page}try/", follow=True).content)
        assert len(server.taken) == 1
        words = words_of(by_owner.post(page).content)
        assert "There is no SPF record." in words
        assert "v=DMARC1; p=none" in words
    words = words_of(by_owner.post(f"{page}try/", follow=True).content)
    assert "The mail server did not take it" in words


def test_a_backup_is_asked_for_and_listed(by_owner: Client, ours: Organisation, settings: Settings) -> None:
    page = f"/console/settings/{ours.id}/backups/"
    assert "No backup yet." in words_of(by_owner.get(page).content)
    by_owner.post(page)
    assert DBTaskResult.objects.filter(task_path="rapport.flows.backup.tasks.back_up").exists()
    settings.BACKUP_FOLDER.mkdir(exist_ok=True)
    archive = archive_path(settings.BACKUP_FOLDER, at=now())
    archive.write_bytes(b"x" * 2_048)
    assert archive.name in words_of(by_owner.get(page).content)
    archive.unlink()


def test_an_address_is_suppressed_by_hand_and_lifted(by_owner: Client, ours: Organisation) -> None:
    pages = f"/console/settings/{ours.id}/suppressions/"
    assert "No address is suppressed." in words_of(by_owner.get(pages).content)
    refused = by_owner.post(pages, {"email": "nobody"})
    assert refused.status_code == 422
    by_owner.post(pages, {"email": "gone@example.com", "note": "asked on the phone"})
    assert "asked on the phone" in words_of(by_owner.get(pages).content)
    by_owner.post(f"{pages}{Suppression.objects.get().id}/lift/")
    assert "Lifted" in words_of(by_owner.get(pages).content)


def test_a_mailed_address_is_shown_only_where_no_mail_server_carries_it(
    by_owner: Client, ours: Organisation, settings: Settings
) -> None:
    settings.EMAIL_HOST = ""
    by_owner.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": "sales"})
    page = f"/console/settings/{ours.id}/outbox/{Mail.objects.get().id}/"
    assert b"/invitations/" in by_owner.get(page).content
    settings.EMAIL_HOST = "mail.example"
    assert b"/invitations/" not in by_owner.get(page).content


def test_only_an_owner_hands_over_what_makes_an_owner(by_owner: Client, client: Client, ours: Organisation) -> None:
    by_owner.post(f"/console/settings/{ours.id}/team/", {"email": "bo@marlow.example", "role": "owner"})
    page = f"/console/settings/{ours.id}/outbox/{Mail.objects.get().id}/"
    assert b"/invitations/" in by_owner.get(page).content
    client.force_login(make_member(ours, Role.MANAGER))
    assert b"/invitations/" not in client.get(page).content


def test_what_people_typed_is_never_taken_for_markup(by_owner: Client, ours: Organisation, owner: Person) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    by_owner.post("/account/", {"name": hostile})
    by_owner.post(f"/console/settings/{ours.id}/organisation/", {"name": hostile})
    by_owner.post(f"/console/settings/{ours.id}/keys/", {"name": hostile, "scopes": ["read"]})
    for place in ("team", "keys", "organisation", "audit", f"team/{Membership.objects.get(person=owner).id}"):
        page = by_owner.get(f"/console/settings/{ours.id}/{place}/").content
        assert b"<script>alert" not in page
        assert b"<img src=x" not in page


def test_a_person_of_two_workspaces_can_choose(by_owner: Client, ours: Organisation, owner: Person) -> None:
    second = make_organisation("Second")
    Membership.objects.create(id="mem_2", person=owner, organisation=second, role=Role.SALES, created_at=now())
    assert f"/console/settings/{second.id}/team/" in by_owner.get(f"/console/settings/{ours.id}/team/").content.decode()
    assert by_owner.get("/console/settings/").status_code == 302
