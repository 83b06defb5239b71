"""What can go wrong on the way out."""

from django.utils.translation import gettext as _

from rapport.apps.record.errors import Refusal


class MailNotSent(Exception):
    """The mail server did not take a mail this time; the job tries again later."""


class NothingToSend(Refusal):
    """A mail cannot be sent again: it is on its way, it arrived, or its text is gone."""

    code = "nothing_to_send"

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("This mail cannot be sent again. Do again what caused it, such as an invitation."))
