"""Read mail, what became of it, and who gets none."""

from collections.abc import Collection

from django.conf import settings
from django.db.models import F, QuerySet

from rapport.apps.delivery.models import Mail, MailState, Suppression

_STOPPED = frozenset({MailState.BOUNCED, MailState.GIVEN_UP, MailState.SUPPRESSED})


def mail_is_sent() -> bool:
    """Say whether there is a mail server; without one, mail stays on the outbox page."""
    return bool(settings.EMAIL_HOST)


def outbox() -> QuerySet[Mail]:
    """Return all mail, newest first."""
    return Mail.objects.order_by("-created_at", "-id")


def mail_about(about_id: str) -> QuerySet[Mail]:
    """Return the mails about a thing, by its public id (an invitation, an application), newest first.

    `state` says what became of each: queued, sent, bounced, complained, suppressed, given up.
    """
    return outbox().filter(about_id=about_id)


def latest_mail_about(about_ids: Collection[str]) -> dict[str, Mail]:
    """Return the newest mail about each of these things that has one, in one query."""
    rows = Mail.objects.filter(about_id__in=sorted(about_ids)).order_by("created_at", "id")
    return {mail.about_id: mail for mail in rows}


def may_be_read(mail: Mail) -> bool:
    """Say whether a page may show the text: a secret is shown only where no mail server could carry it."""
    return not mail.holds_secret or not mail_is_sent()


def may_be_sent_again(mail: Mail) -> bool:
    """Say whether trying once more can bring a mail to its reader; the text of a secret that was sent is gone."""
    suppressed = suppression_of(mail.recipient, workspace_id=mail.workspace_id)
    return mail_is_sent() and mail.state in _STOPPED and bool(mail.body_text) and suppressed is None


def suppressions_of(workspace_id: str) -> QuerySet[Suppression]:
    """Return the addresses that get, or once got, no mail of a workspace; those in force first, newest first."""
    rows = Suppression.objects.filter(workspace_id=workspace_id)
    return rows.order_by(F("lifted_at").desc(nulls_first=True), "-id")


def suppression_of(email: str, *, workspace_id: str) -> Suppression | None:
    """Return why an address gets no mail of a workspace, if it gets none."""
    rows = Suppression.objects.filter(workspace_id=workspace_id, email=email.lower(), lifted_at__isnull=True)
    return rows.first()
