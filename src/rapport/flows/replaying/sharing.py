"""Signed links that show one replay to whoever holds them, and nothing else."""

from datetime import datetime

from django.core import signing
from django.urls import reverse

from rapport.apps.identity.errors import NotFound
from rapport.apps.replays.models import ReplayShare
from rapport.apps.replays.queries import share_of

_SALT = "rapport.replay"


def share_link(share: ReplayShare) -> str:
    """Return the path that shows a shared replay."""
    token = signing.dumps(share.id, salt=_SALT, compress=True)
    return reverse("public:replay", args=[token])


def opened_share(token: str, *, at: datetime) -> ReplayShare:
    """Return what a link shows; raises `NotFound` for one that is broken, taken back or too old."""
    try:
        share = share_of(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound from None
    if share is None or not share.opens(at=at):
        raise NotFound
    return share
