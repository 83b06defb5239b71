"""What came back is read from a real server of mailboxes, each message once, whatever lies there and is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.delivery.actions import take_returned
from rapport.apps.delivery.boxes import open_box
from rapport.apps.delivery.models import Mail, MailReport, MailState, ReportKind
from rapport.apps.delivery.tasks import read_bounces
from tests.apps.delivery import returned_messages as messages
from tests.apps.delivery.test_returned import letter
from tests.make.identity import NOON
from tests.support.databases import FreshDatabase
from tests.support.mailboxes import QUOTED, STRANGE, USER, Mailboxes, keeping_mail

ODD = {
    "nothing": b"\n",
    "no headers": b"only words\n",
    "bytes of no alphabet": b"Subject: \xff\xfe\x00odd\nContent-Type: text/plain; charset=nowhere\n\n\xc3\x28\x80\n",
    "a report without an end": messages.POSTFIX.partition("Action:")[0].encode(),
    "a boundary that never comes": b'Content-Type: multipart/report; boundary="x"\n\nnothing of it\n',
    "a report of somebody else's mail": messages.POSTFIX.replace(messages.MAIL_ID, "mai_of_nobody").encode(),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Mailboxes]:
    with keeping_mail() as boxes:
        yield boxes


@pytest.fixture
def boxes(server: Mailboxes, monkeypatch: pytest.MonkeyPatch) -> Mailboxes:
    """The server with an empty mailbox; this process believes its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    with server.signed_in() as session:
        if session.select("INBOX")[1] != [b"0"]:
            session.store("1:*", "+FLAGS", r"(\Deleted)")
            session.expunge()
    return server


@pytest.fixture
def sent(db: None) -> Mail:
    mail = Mail(id=messages.MAIL_ID, recipient="mila@shop.example", subject="Welcome", workspace_id="org_marlow")
    mail.state, mail.created_at, mail.sent_at = MailState.SENT, NOON, NOON
    mail.save(force_insert=True)
    assert letter().recipient == mail.recipient
    return mail


def take(boxes: Mailboxes, scheme: str = "imaps", **where: str) -> tuple[int, int]:
    taken = take_returned(open_box(boxes.address(scheme, **where)), at=NOON)
    return taken.messages, taken.reports


def test_bounces_complaints_letters_and_odd_things_are_each_read_once(boxes: Mailboxes, sent: Mail) -> None:
    told = (messages.DELAYED, messages.POSTFIX, messages.HEADERS_ALONE, messages.COMPLAINT)
    boxes.deliver(*(text.encode() for text in told), messages.ABSENCE_NOTE.encode(), *ODD.values())
    assert take(boxes) == (len(told) + 1 + len(ODD), len(told))
    assert boxes.unseen() == 0
    assert take(boxes) == (0, 0)
    sent.refresh_from_db()
    assert sent.state == MailState.COMPLAINED
    assert set(MailReport.objects.values_list("kind", flat=True)) == {
        ReportKind.DELAY,
        ReportKind.BOUNCE,
        ReportKind.COMPLAINT,
    }


def test_the_job_reads_the_box_of_the_settings(boxes: Mailboxes, sent: Mail, settings: Settings) -> None:
    boxes.deliver(messages.POSTFIX.encode())
    settings.MAIL_BOUNCES_URL = boxes.address()
    read_bounces.call()
    sent.refresh_from_db()
    assert sent.state == MailState.BOUNCED


@pytest.mark.django_db
def test_another_mailbox_than_the_inbox_may_be_named(boxes: Mailboxes, sent: Mail) -> None:
    boxes.deliver(messages.POSTFIX.encode(), box="Mail that came back")
    assert take(boxes, box="Mail%20that%20came%20back") == (1, 1)
    assert take(boxes) == (0, 0), "the inbox is another one"


@pytest.mark.django_db
def test_the_connection_is_secured_on_request_before_the_password_is_said(boxes: Mailboxes, sent: Mail) -> None:
    boxes.deliver(messages.POSTFIX.encode())
    assert take(boxes, "imap", host=STRANGE) == (1, 1)
    boxes.deliver(messages.COMPLAINT.encode())
    assert take(boxes, "imap", host="127.0.0.1") == (1, 1), "a server of this machine needs no TLS"


@pytest.mark.django_db
def test_a_server_that_nobody_vouches_for_is_not_told_the_password(
    boxes: Mailboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxes.deliver(messages.POSTFIX.encode())
    monkeypatch.delenv("SSL_CERT_FILE")
    for scheme in ("imaps", "imap"):
        with pytest.raises(OSError, match="certificate verify failed"):
            take(boxes, scheme)
    assert boxes.unseen() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["password", "mailbox"])
def test_a_wrong_password_or_a_missing_mailbox_is_said(boxes: Mailboxes, wrong: str) -> None:
    address = boxes.address(box="Nowhere" if wrong == "mailbox" else "INBOX")
    if wrong == "password":
        address = address.replace(QUOTED, f"{USER.replace('@', '%40')}:guessed")
    with pytest.raises(OSError, match=r"(?i)authentication failed|the mailbox Nowhere cannot be opened"):
        take_returned(open_box(address), at=NOON)


KILLED = """
import os, signal, sys
import django
django.setup()
from rapport.apps.delivery.actions import reports
from rapport.apps.delivery.boxes import open_box
from rapport.kit.clock import now
taken = reports.take_report
def take_and_die(**given):
    taken(**given)
    os.kill(os.getpid(), signal.SIGKILL)
reports.take_report = take_and_die
reports.take_returned(open_box(sys.argv[1]), at=now())
"""


def test_a_reader_that_is_killed_loses_nothing_and_counts_nothing_twice(
    boxes: Mailboxes, fresh_database: FreshDatabase
) -> None:
    mail = Mail(id=messages.MAIL_ID, recipient="mila@shop.example", subject="Welcome", workspace_id="org_marlow")
    mail.state, mail.created_at, mail.sent_at = MailState.SENT, NOON, NOON
    mail.save(force_insert=True)
    boxes.deliver(messages.POSTFIX.encode(), messages.COMPLAINT.encode())
    environment = {**os.environ, "RAPPORT_DATABASE_URL": fresh_database.url, "SSL_CERT_FILE": str(boxes.certificate)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, boxes.address()],
        env=environment | {"DJANGO_SETTINGS_MODULE": "rapport.config.settings"},
        cwd=Path(__file__).parents[3],
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (MailReport.objects.count(), boxes.unseen()) == (1, 2), "kept, and not yet marked as read"
    assert take(boxes) == (2, 1)
    assert MailReport.objects.count() == 2
