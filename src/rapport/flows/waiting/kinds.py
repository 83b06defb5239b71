"""What kinds of things wait for a person, within which time each is looked at, and how much of each there is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.queries import WAITING_ALARM
from rapport.domain.money import Money
from rapport.flows.explaining.words import order_words


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, by place."""

    applications: int
    conflicts: int
    corrections: int
    receipts: int
    proposals: int
    held: int
    replies: int
    messages: int
    runs: int
    unknown: int
    unpaid: int
    shops: int
    rates: int = 0
    objections: int = 0

    @property
    def conversions(self) -> int:
        """Return what waits among the conversions."""
        return self.conflicts + self.corrections + self.rates

    @property
    def commissions(self) -> int:
        """Return what waits among the commissions."""
        return self.proposals + self.held + self.replies + self.messages

    @property
    def payouts(self) -> int:
        """Return what waits among the payouts."""
        return self.runs + self.unknown + self.unpaid + self.objections


class Waits(StrEnum):
    """What kind of thing waits."""

    APPLICATION = "application"
    CONFLICT = "conflict"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    PROPOSAL = "proposal"
    HELD = "held"
    REPLY = "reply"
    MESSAGE = "message"
    RUN = "run"
    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    """Money is due to a partner who has not said how to be paid."""
    RATE = "rate"
    """Orders in a foreign currency wait for the rate of their day."""
    OBJECTION = "objection"
    """A partner says that a paper written in its name is wrong."""
    SHOP = "shop"
    """A shop's own list of orders differs from ours."""


PROMISES = {
    Waits.APPLICATION: timedelta(hours=24),
    Waits.CONFLICT: timedelta(days=2),
    Waits.CORRECTION: WAITING_ALARM,
    Waits.RECEIPT: timedelta(days=2),
    Waits.PROPOSAL: timedelta(days=2),
    Waits.HELD: timedelta(days=7),
    Waits.REPLY: timedelta(days=3),
    Waits.MESSAGE: timedelta(days=2),
    Waits.RUN: timedelta(days=1),
    Waits.UNKNOWN: timedelta(days=3),
    Waits.UNPAID: timedelta(days=14),
    Waits.RATE: timedelta(days=2),
    Waits.OBJECTION: timedelta(days=5),
    Waits.SHOP: timedelta(days=2),
}
"""Within which time each is looked at: the ring around its age is full when this is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: `subject` is the id whose page tells more, `amount` the money that waits with it."""

    kind: Waits
    subject: str
    heading: str
    sentence: str
    since: datetime
    age: timedelta
    amount: Money | None = None
    within: timedelta | None = None
    """What was promised about this one, where that is not the promise of its kind."""

    @property
    def share(self) -> float:
        """Return how much of the promise is used up; over 1 it is broken."""
        return self.age / (self.within or PROMISES[self.kind])

    @property
    def is_late(self) -> bool:
        """Say whether the promise is broken."""
        return self.share > 1


def order_of(commission: Commission) -> str:
    """Return the merchant's own number of the order behind a commission, or name the tier or bonus."""
    return order_words(commission)
