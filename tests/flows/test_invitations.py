"""Inviting people: the address and the mail that carries it are written together or not at all."""

import pytest

from rapport.apps.delivery.models import Mail
from rapport.apps.identity.errors import MemberAlready
from rapport.apps.identity.inputs import PersonInput, TeammateInput
from rapport.apps.identity.models import Invitation, Role
from rapport.apps.identity.queries import open_invitation
from rapport.flows.invitations import Host, invite_partner_person, invite_teammate
from tests.make.identity import NOON, STORY, make_member, make_organisation

pytestmark = pytest.mark.django_db


def mailed_secret(mail: Mail) -> str:
    (line,) = (line for line in mail.body_text.splitlines() if "/invitations/" in line)
    return line.rsplit("/", 1)[1]


def test_a_teammate_reads_who_invites_and_as_what() -> None:
    organisation = make_organisation("Marlow & Lind")
    given = TeammateInput(email="bo@marlow.example", role=Role.FINANCE)
    invitation = invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=NOON)
    mail = Mail.objects.get()
    assert (mail.recipient, mail.workspace_id, mail.holds_secret) == ("bo@marlow.example", organisation.id, True)
    assert mail.subject == "Marlow & Lind invites you"
    assert "to the team of Marlow & Lind as Finance" in mail.body_text
    assert open_invitation(secret=mailed_secret(mail), at=NOON) == invitation


def test_a_partner_reads_of_the_program_and_its_mail_stands_in_the_workspaces_outbox() -> None:
    workspace, firm = make_organisation("Marlow & Lind"), make_organisation("Fold & Crease")
    invitation = invite_partner_person(
        organisation_id=firm.id,
        given=PersonInput(email="mila@fold.example", name="Mila"),
        host=Host(workspace_id=workspace.id, program_name="Marlow Partners"),
        by=STORY,
        at=NOON,
    )
    mail = Mail.objects.get()
    assert (mail.recipient, mail.workspace_id) == ("mila@fold.example", workspace.id)
    assert mail.subject == "Welcome to Marlow Partners"
    assert open_invitation(secret=mailed_secret(mail), at=NOON) == invitation


def test_a_refused_invitation_mails_nothing() -> None:
    organisation = make_organisation()
    member = make_member(organisation, Role.SALES)
    given = TeammateInput(email=member.email, role=Role.FINANCE)
    with pytest.raises(MemberAlready):
        invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=NOON)
    assert not Mail.objects.exists()
    assert not Invitation.objects.exists()
