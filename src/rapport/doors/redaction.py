"""Keeps one-time secrets out of the log: an address that carries one is written with dots instead."""

import logging
import re

# Where a secret stands in an address; a door that puts one elsewhere adds it here.
_SECRET_PLACES = re.compile(
    r"(?P<place>/(?:start|invitations|applications|paypal|accounts/password/reset/key|tax)/)[^\s/?#]+"
)


class SecretPaths(logging.Filter):
    """Rewrites the arguments of a log line before any handler sees them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without its secrets."""
        if isinstance(record.args, tuple):
            record.args = tuple(_without_secret(part) for part in record.args)
        if isinstance(record.msg, str):
            record.msg = _without_secret(record.msg)
        return True


def _without_secret(part: object) -> object:
    return _SECRET_PLACES.sub(r"\g<place>…", part) if isinstance(part, str) else part
