"""The way out as this installation allows it: the public internet, and what its operator named on this machine."""

from django.conf import settings

from rapport.kit.outgoing import Outgoing


def outgoing() -> Outgoing:
    """Return the client for whatever leaves this house by HTTP."""
    return Outgoing(loopback=settings.LOOPBACK_HOSTS)
