"""What comes back: reports of servers and complaints of readers, each counted once, and who gets no mail any more."""

import io
import mailbox
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.delivery.actions import (
    lift_suppression,
    queue_mail,
    send_mail_again,
    suppress_by_hand,
    take_returned,
)
from rapport.apps.delivery.boxes import Imap, Single, open_box
from rapport.apps.delivery.envelope import mail_id_in, return_path
from rapport.apps.delivery.errors import NothingToSend
from rapport.apps.delivery.inputs import SuppressionInput
from rapport.apps.delivery.letters import Letter
from rapport.apps.delivery.models import Mail, MailReport, MailState, ReportKind, Suppression, SuppressionReason
from rapport.apps.delivery.queries import latest_mail_about, mail_about, suppression_of, suppressions_of
from rapport.apps.delivery.returned import read_returned
from rapport.apps.delivery.tasks import bounces_are_read, read_bounces
from rapport.apps.record.models import AuditRow
from tests.apps.delivery import returned_messages as messages
from tests.make.identity import NOON, STORY

pytestmark = pytest.mark.django_db

WORKSPACE = "org_marlow"


def letter(recipient: str = "mila@shop.example", *, about: str = "inv_1", workspace: str = WORKSPACE) -> Letter:
    return Letter(
        recipient=recipient, subject="Welcome", paragraphs=("Hello.",), workspace_id=workspace, about_id=about
    )


@pytest.fixture
def sent() -> Mail:
    """A mail that left, under the id that the messages name."""
    mail = queue_mail(letter=letter(), at=NOON)
    Mail.objects.filter(pk=mail.pk).update(id=messages.MAIL_ID, state=MailState.SENT, sent_at=NOON)
    return Mail.objects.get(pk=messages.MAIL_ID)


def take(message: str) -> int:
    return take_returned(Single(message.encode()), at=NOON).reports


def test_the_return_path_names_the_mail(settings: Settings) -> None:
    settings.MAIL_BOUNCES = "bounces@partners.example"
    assert return_path(messages.MAIL_ID) == messages.BOUNCES
    assert mail_id_in(f"<{messages.BOUNCES.upper()}>") == messages.MAIL_ID
    assert mail_id_in("bounces@partners.example") == ""
    settings.MAIL_BOUNCES = ""
    settings.DEFAULT_FROM_EMAIL = "Rapport <rapport@partners.example>"
    assert return_path(messages.MAIL_ID) == "rapport@partners.example"


@pytest.mark.parametrize(
    ("message", "kind", "status", "blamed"),
    [
        (messages.POSTFIX, ReportKind.BOUNCE, "5.1.1", True),
        (messages.HEADERS_ALONE, ReportKind.BOUNCE, "5.1.1", True),
        (messages.FULL_BOX, ReportKind.BOUNCE, "5.2.2", False),
        (messages.DELAYED, ReportKind.DELAY, "4.4.1", False),
        (messages.COMPLAINT, ReportKind.COMPLAINT, "", False),
    ],
    ids=["postfix", "headers-alone", "full-box", "delayed", "complaint"],
)
def test_reports_are_read_whoever_wrote_them(message: str, kind: ReportKind, status: str, blamed: bool) -> None:
    found = read_returned(message.encode())
    assert found is not None
    assert (found.mail_id, found.kind, found.status, found.blames_address) == (messages.MAIL_ID, kind, status, blamed)


def test_what_reports_nothing_changes_nothing(sent: Mail) -> None:
    strange = [
        messages.ABSENCE_NOTE,
        messages.POSTFIX.replace("Action: failed", "Action: delivered"),
        messages.POSTFIX.replace(messages.MAIL_ID, "mai_none"),
        messages.POSTFIX.replace(messages.MAIL_ID, f"mai_{'0' * 26}"),
        messages.COMPLAINT.replace("Feedback-Type: abuse", "Feedback-Type: not-spam"),
        "",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--",
    ]
    assert [take(message) for message in strange] == [0] * len(strange)
    sent.refresh_from_db()
    assert sent.state == MailState.SENT


def test_a_bounce_is_noted_once_and_the_address_gets_no_more(sent: Mail) -> None:
    assert [take(messages.POSTFIX), take(messages.POSTFIX)] == [1, 0]
    sent.refresh_from_db()
    assert (sent.state, sent.reported_at) == (MailState.BOUNCED, NOON)
    assert "User unknown" in sent.problem
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("mila@shop.example", SuppressionReason.BOUNCE)
    assert str(MailReport.objects.get()) == f"bounce 5.1.1 of {sent.id}"
    assert AuditRow.objects.filter(action="mail.bounced", subject=sent.id, workspace_id=WORKSPACE).exists()

    held = queue_mail(letter=letter("Mila@Shop.example"), at=NOON)
    assert held.state == MailState.SUPPRESSED
    assert queue_mail(letter=letter(workspace="org_other"), at=NOON).state == MailState.QUEUED
    assert queue_mail(letter=letter(workspace=""), at=NOON).state == MailState.QUEUED, "a code for signing in"


def test_a_full_box_and_a_delay_suppress_nobody(sent: Mail) -> None:
    assert take(messages.DELAYED) == 1
    sent.refresh_from_db()
    assert (sent.state, sent.problem[:5]) == (MailState.SENT, "4.4.1")
    assert take(messages.FULL_BOX) == 1
    sent.refresh_from_db()
    assert sent.state == MailState.BOUNCED
    assert not Suppression.objects.exists()


def test_a_complaint_ends_mail_until_somebody_lifts_it(sent: Mail, settings: Settings) -> None:
    settings.EMAIL_HOST = "127.0.0.1"
    assert take(messages.COMPLAINT) == 1
    sent.refresh_from_db()
    assert sent.state == MailState.COMPLAINED
    [suppression] = suppressions_of(WORKSPACE)
    assert str(suppression) == "mila@shop.example (complaint)"
    held = queue_mail(letter=letter(), at=NOON)
    with pytest.raises(NothingToSend):
        send_mail_again(mail_id=held.id, by=STORY, at=NOON)
    for _ in range(2):
        lift_suppression(suppression_id=suppression.id, by=STORY, at=NOON)
    assert AuditRow.objects.filter(action="suppression.lifted").count() == 1
    assert send_mail_again(mail_id=held.id, by=STORY, at=NOON).state == MailState.QUEUED


def test_an_address_is_put_there_by_hand_once() -> None:
    given = SuppressionInput(email="Asked@Shop.example", note="asked on the phone")
    rows = [suppress_by_hand(workspace_id=WORKSPACE, given=given, by=STORY, at=NOON) for _ in range(2)]
    assert rows == [suppression_of("ASKED@shop.example", workspace_id=WORKSPACE)] * 2
    assert Suppression.objects.count() == 1


def test_others_ask_what_became_of_the_mail_about_a_thing(sent: Mail) -> None:
    later = queue_mail(letter=letter("neu@shop.example"), at=NOON)
    assert list(mail_about("inv_1")) == [later, sent]
    assert latest_mail_about(["inv_1", "inv_2"]) == {"inv_1": later}


def test_a_maildir_is_read_once_and_an_mbox_whole(sent: Mail, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "maildir")
    box.add(messages.POSTFIX.encode())
    box.add(messages.ABSENCE_NOTE.encode())
    opened = open_box(f"maildir://{tmp_path}/maildir")
    first, second = take_returned(opened, at=NOON), take_returned(opened, at=NOON)
    assert (first.messages, first.reports, second.messages) == (2, 1, 0)

    file = mailbox.mbox(tmp_path / "mbox")
    file.add(messages.POSTFIX.encode())
    file.add(messages.COMPLAINT.encode())
    file.close()
    opened = open_box(f"mbox://{tmp_path}/mbox")
    first, second = take_returned(opened, at=NOON), take_returned(opened, at=NOON)
    assert (first.messages, second.messages) == (2, 2)
    assert second.reports == 0
    assert MailReport.objects.filter(kind=ReportKind.COMPLAINT).count() == 1


def test_a_box_that_is_not_there_yet_is_empty_and_one_that_is_none_is_named(tmp_path: Path) -> None:
    for address in (f"maildir://{tmp_path}/none", f"mbox://{tmp_path}/none"):
        assert take_returned(open_box(address), at=NOON).messages == 0
    assert isinstance(open_box("imaps://me:secret@mail.example/Bounces"), Imap)
    for address in ("pop3://host", "maildir://", "imaps://mail.example", "bounces"):
        with pytest.raises(ValueError, match="mail_bounces_url must look like"):
            open_box(address)


def test_the_job_reads_the_box_of_the_settings(sent: Mail, tmp_path: Path, settings: Settings) -> None:
    assert not bounces_are_read()
    mailbox.Maildir(tmp_path / "box").add(io.BytesIO(messages.POSTFIX.encode()))
    settings.MAIL_BOUNCES_URL = f"maildir://{tmp_path}/box"
    assert bounces_are_read()
    read_bounces.func()
    sent.refresh_from_db()
    assert sent.state == MailState.BOUNCED
