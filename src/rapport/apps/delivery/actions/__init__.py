"""Write mail, send it, take in what came back, and keep mail away from addresses that want none."""

from rapport.apps.delivery.actions.reports import TakenIn, take_report, take_returned
from rapport.apps.delivery.actions.sending import send_mail, send_mail_again
from rapport.apps.delivery.actions.suppressing import lift_suppression, suppress_by_hand
from rapport.apps.delivery.actions.writing import keep_mail, mail_muted, queue_mail, write_out

__all__ = [
    "TakenIn",
    "keep_mail",
    "lift_suppression",
    "mail_muted",
    "queue_mail",
    "send_mail",
    "send_mail_again",
    "suppress_by_hand",
    "take_report",
    "take_returned",
    "write_out",
]
