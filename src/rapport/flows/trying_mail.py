"""A test letter: whether the mail server takes what we write, told at once and by its own words."""

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import queue_mail, send_mail
from rapport.apps.delivery.errors import MailNotSent
from rapport.apps.delivery.letters import Letter
from rapport.apps.delivery.models import Mail


def send_test_letter(*, recipient: str, workspace_id: str, at: datetime) -> Mail:
    """Write a letter and hand it over at once; the job that would do it later finds it sent, or tries again."""
    letter = Letter(
        recipient=recipient,
        subject=_("A test letter from Rapport"),
        paragraphs=(
            _("This letter shows that your mail server takes what Rapport writes."),
            _("If it arrived among unwanted mail, look at SPF, DKIM and DMARC of your domain."),
        ),
        workspace_id=workspace_id,
    )
    mail = queue_mail(letter=letter, at=at)
    try:
        return send_mail(mail_id=mail.id, at=at)
    except MailNotSent:
        mail.refresh_from_db()
        return mail
