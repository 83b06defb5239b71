"""The job that sends one mail."""

from rapport.apps.delivery.actions import send_mail
from rapport.apps.jobs.retry import job
from rapport.kit.clock import now


@job(retries=8, first_wait_s=5)
def send_mail_job(mail_id: str) -> None:
    """Send one mail; one that was sent already is left alone."""
    send_mail(mail_id=mail_id, at=now())
