"""The one way out by HTTP: to addresses that were checked, within limits, never by way of a redirect."""

from rapport.kit.outgoing.addresses import is_public
from rapport.kit.outgoing.client import Answer, Limits, Outgoing
from rapport.kit.outgoing.errors import NotReached, Outcome
from rapport.kit.outgoing.targets import Target, target_of

__all__ = ["Answer", "Limits", "NotReached", "Outcome", "Outgoing", "Target", "is_public", "target_of"]
