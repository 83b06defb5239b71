"""Mail: kept with its fact, sent by a job to a real server, its secrets gone afterwards."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from rapport.apps.delivery.actions import queue_mail, send_mail, send_mail_again, suppress_by_hand
from rapport.apps.delivery.actions.sending import GIVEN_UP_AFTER
from rapport.apps.delivery.backend import OutboxBackend
from rapport.apps.delivery.errors import MailNotSent, NothingToSend
from rapport.apps.delivery.inputs import SuppressionInput
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.delivery.models import Mail, MailState, Suppression
from rapport.apps.delivery.queries import may_be_read, outbox
from rapport.apps.delivery.tasks import send_mail_job
from rapport.apps.record.write import transaction
from tests.make.identity import NOON, STORY
from tests.support.mail import MailServer, listening
from tests.support.ports import free_port

pytestmark = pytest.mark.django_db

LETTER = Letter(
    recipient="mila@example.com",
    subject="Willkommen, Mila",
    paragraphs=("You are a partner of Marlow & Lind <now>.",),
    button=Button("Open the portal", "/invitations/s3cret"),
    notes=("It works once.",),
    holds_secret=True,
)


@pytest.fixture
def postbox(settings: Settings) -> Iterator[MailServer]:
    """A real SMTP server on this machine, to which the settings point."""
    with listening() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


def test_a_letter_is_written_as_text_and_as_html() -> None:
    mail = queue_mail(letter=LETTER, at=NOON)
    assert "You are a partner of Marlow & Lind <now>." in mail.body_text
    assert mail.body_text.count("/invitations/s3cret") == 1
    assert "Marlow &amp; Lind &lt;now&gt;" in mail.body_html
    assert "<now>" not in mail.body_html
    assert 'href="http' in mail.body_html


def test_mail_is_gone_when_its_fact_is_taken_back() -> None:
    def fail_half_way() -> None:
        with transaction():
            queue_mail(letter=LETTER, at=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert not Mail.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_without_a_server_mail_waits_in_the_outbox(settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    mail = queue_mail(letter=LETTER, at=NOON)
    assert list(outbox()) == [mail]
    assert not DBTaskResult.objects.exists()
    assert may_be_read(mail)
    assert str(mail) == "Willkommen, Mila → mila@example.com"


def test_with_a_server_a_job_is_written_with_the_mail(postbox: MailServer) -> None:
    mail = queue_mail(letter=LETTER, at=NOON)
    job = DBTaskResult.objects.get()
    assert mail.id in str(job.args_kwargs)
    assert not may_be_read(mail)
    assert postbox.taken == []


def test_the_job_hands_the_mail_over_once_and_forgets_the_secret(postbox: MailServer) -> None:
    mail = queue_mail(letter=LETTER, at=NOON)
    for _ in range(2):
        send_mail_job.func(mail.id)
    (taken,) = postbox.taken
    assert taken.rcpt_tos == ["mila@example.com"]
    assert "/invitations/s3cret" in str(taken.content)
    assert "text/html" in str(taken.content)
    mail.refresh_from_db()
    assert mail.sent_at is not None
    assert (mail.body_text, mail.body_html) == ("", "")


def test_mail_without_a_secret_stays_readable(postbox: MailServer) -> None:
    letter = Letter(recipient="mila@example.com", subject="Hello", paragraphs=("Hi.",))
    mail = send_mail(mail_id=queue_mail(letter=letter, at=NOON).id, at=NOON)
    assert mail.sent_at == NOON
    assert "Hi." in mail.body_text
    assert len(postbox.taken) == 1


def test_an_address_that_nobody_reads_is_noted_and_not_asked_again(postbox: MailServer) -> None:
    letter = Letter(recipient="nobody@example.com", subject="Hello", paragraphs=("Hi.",))
    mail = send_mail(mail_id=queue_mail(letter=letter, at=NOON).id, at=NOON)
    assert mail.sent_at is None
    assert mail.problem == "550 nobody lives here"
    assert mail.state == MailState.BOUNCED
    assert Suppression.objects.get().email == "nobody@example.com"
    assert postbox.taken == []


def test_a_server_that_is_busy_or_away_is_asked_again(postbox: MailServer, settings: Settings) -> None:
    later = queue_mail(letter=Letter(recipient="later@example.com", subject="Hello", paragraphs=()), at=NOON)
    with pytest.raises(MailNotSent):
        send_mail(mail_id=later.id, at=NOON)
    settings.EMAIL_PORT = free_port()
    mail = queue_mail(letter=LETTER, at=NOON)
    with pytest.raises(MailNotSent):
        send_mail(mail_id=mail.id, at=NOON)
    mail.refresh_from_db()
    assert mail.sent_at is None
    assert mail.problem
    assert "s3cret" in mail.body_text
    assert postbox.taken == []


@pytest.mark.parametrize(("recipient", "subject"), [("closed@example.com", "Hello"), ("mila@example.com", "unwanted")])
def test_a_refusal_that_does_not_blame_the_address_suppresses_nobody(
    postbox: MailServer, recipient: str, subject: str
) -> None:
    mail = queue_mail(letter=Letter(recipient=recipient, subject=subject, paragraphs=("Hi.",)), at=NOON)
    assert send_mail(mail_id=mail.id, at=NOON).state == MailState.BOUNCED
    assert not Suppression.objects.exists()
    again = send_mail_again(mail_id=mail.id, by=STORY, at=NOON)
    assert (again.state, again.problem) == (MailState.QUEUED, "")
    with pytest.raises(NothingToSend):
        send_mail_again(mail_id=mail.id, by=STORY, at=NOON)


def test_what_waited_too_long_is_given_up(postbox: MailServer) -> None:
    mail = queue_mail(letter=Letter(recipient="later@example.com", subject="Hello", paragraphs=("Hi.",)), at=NOON)
    assert send_mail(mail_id=mail.id, at=NOON + GIVEN_UP_AFTER + timedelta(seconds=1)).state == MailState.GIVEN_UP


def test_the_attempts_end_later_than_the_mail() -> None:
    waits = sum(send_mail_job.wait_s(attempt=number, chance=0) for number in range(1, send_mail_job.retries + 1))
    assert timedelta(seconds=waits) > GIVEN_UP_AFTER > timedelta(hours=24)


def test_nothing_goes_to_an_address_that_was_suppressed_meanwhile(postbox: MailServer) -> None:
    mail = queue_mail(letter=Letter(recipient="mila@example.com", subject="Hello", paragraphs=("Hi.",)), at=NOON)
    suppress_by_hand(workspace_id="", given=SuppressionInput(email="mila@example.com"), by=STORY, at=NOON)
    assert send_mail(mail_id=mail.id, at=NOON).state == MailState.SUPPRESSED
    assert postbox.taken == []


def test_the_server_learns_where_to_report(postbox: MailServer, settings: Settings) -> None:
    settings.MAIL_BOUNCES = "bounces@partners.example"
    settings.DEFAULT_FROM_EMAIL = "Marlow <rapport@partners.example>"
    mail = send_mail(mail_id=queue_mail(letter=LETTER, at=NOON).id, at=NOON)
    (taken,) = postbox.taken
    text = str(taken.content)
    assert taken.mail_from == f"bounces+{mail.id}@partners.example"
    assert f"Message-ID: <{mail.id}@partners.example>" in text
    assert "From: Marlow <rapport@partners.example>" in text
    assert "Auto-Submitted: auto-generated" in text


def test_no_subject_starts_a_header_of_its_own(postbox: MailServer) -> None:
    letter = Letter(recipient="mila@example.com", subject="Hello\r\nBcc: all@example.com", paragraphs=("Hi.",))
    mail = send_mail(mail_id=queue_mail(letter=letter, at=NOON).id, at=NOON)
    assert mail.subject == "Hello Bcc: all@example.com"
    assert postbox.taken[0].rcpt_tos == ["mila@example.com"]


def test_what_a_library_mails_is_kept_once_per_reader_and_counts_as_secret() -> None:
    message = EmailMultiAlternatives("Hi", "text", to=["a@example.com"], cc=["b@example.com"])
    message.attach_alternative("<p>html</p>", "text/html")
    assert OutboxBackend().send_messages([message]) == 1
    assert sorted(Mail.objects.values_list("recipient", "body_text", "body_html", "holds_secret")) == [
        ("a@example.com", "text", "<p>html</p>", True),
        ("b@example.com", "text", "<p>html</p>", True),
    ]
