"""The jobs of mail: one sends a mail, one reads what came back."""

from django.conf import settings

from rapport.apps.delivery.actions import send_mail, take_returned
from rapport.apps.delivery.boxes import open_box
from rapport.apps.jobs.retry import job
from rapport.kit.clock import now


@job(retries=70, first_wait_s=5, longest_wait_s=7_200)
def send_mail_job(mail_id: str) -> None:
    """Send one mail; one that was sent already is left alone.

    The waits grow to two hours; before the attempts are over the mail itself is too old, and is given up.
    """
    send_mail(mail_id=mail_id, at=now())


@job(retries=3, key="mail-bounces", first_wait_s=60)
def read_bounces() -> None:
    """Take in what came back since the last time."""
    take_returned(open_box(settings.MAIL_BOUNCES_URL), at=now())


def bounces_are_read() -> bool:
    """Say whether there is a mailbox to read."""
    return bool(settings.MAIL_BOUNCES_URL)
