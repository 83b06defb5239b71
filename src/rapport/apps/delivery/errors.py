"""What can go wrong on the way out."""


class MailNotSent(Exception):
    """The mail server did not take a mail this time; the job tries again later."""
