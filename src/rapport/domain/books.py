"""The books: which accounts there are, which movements each kind of entry may make, and what to book for a commission.

Double entry, the way of a source and a destination: a posting moves a positive amount from one account to another of
the same currency, so that nothing can be unbalanced. An account's balance is what came in less what went out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Self


class AccountKind(StrEnum):
    """Where money sits."""

    EXPENSE = "expense"
    """What the program's commissions cost; below zero by the sum of what was earned."""
    ACCRUED = "accrued"
    """Earned by an agreement, waiting for approval."""
    PAYABLE = "payable"
    """Approved and owed to an agreement; below zero when money already paid out was reversed."""
    RESERVED = "reserved"
    """Taken into a payout that is not settled yet."""
    PAID = "paid"
    """Received by the partner."""
    FUNDING = "funding"
    """The merchant's own money that payouts are made from."""
    TRANSIT = "transit"
    """Sent and not yet known to have arrived."""
    PAID_OUT = "paid_out"
    """Arrived at partners: the money side of `PAID`."""
    WITHHELD_TAX = "withheld_tax"
    """Kept back from a partner for a tax office."""
    INPUT_VAT = "input_vat"
    """VAT that partners are paid on top of what they earned; below zero by what the program paid."""
    WRITTEN_OFF = "written_off"
    """Debts of partners that the program gave up; below zero by their sum."""
    NETWORK_FEE = "network_fee"
    """Owed to the network or manager that runs the program."""
    EXCHANGE = "exchange"
    """Where one currency leaves and another comes in, at the rate that the payout names."""
    EXCHANGE_RESULT = "exchange_result"
    """What exchanging cost more, or less, than the rate said: below zero by a gain."""
    OPENING = "opening"
    """Where balances brought from another system come from."""
    ADJUSTMENT = "adjustment"
    """Where corrections by hand come from, each with its reason."""


AGREEMENT_KINDS: Final = frozenset({AccountKind.ACCRUED, AccountKind.PAYABLE, AccountKind.RESERVED, AccountKind.PAID})
"""Accounts that each agreement has of its own; all others belong to the program."""

NEVER_BELOW_ZERO: Final = frozenset(
    {
        AccountKind.ACCRUED,
        AccountKind.RESERVED,
        AccountKind.PAID,
        AccountKind.TRANSIT,
        AccountKind.PAID_OUT,
        AccountKind.WITHHELD_TAX,
    }
)
"""Accounts that only ever give back what came in."""


class AccountName(NamedTuple):
    """An account of a book by what it is: its kind, whose it is ("" for the program's own) and its currency."""

    kind: AccountKind
    owner: str
    currency: str

    def __str__(self) -> str:
        """Say it in a few words, such as `payable EUR of agr_…`."""
        return f"{self.kind} {self.currency}" + (f" of {self.owner}" if self.owner else "")


class EntryKind(StrEnum):
    """What one entry records."""

    JUDGED = "judged"
    REVERSED = "reversed"
    APPROVED = "approved"
    APPROVAL_UNDONE = "approval_undone"
    RESERVED = "reserved"
    SENT = "sent"
    SETTLED = "settled"
    WITHHELD = "withheld"
    VAT_ADDED = "vat_added"
    WRITTEN_OFF = "written_off"
    NETWORK_FEE_CHARGED = "network_fee_charged"
    EXCHANGED = "exchanged"
    OPENED = "opened"
    ADJUSTED = "adjusted"
    MIRRORED = "mirrored"
    """The mirror of an earlier entry: a payout failed, returned or cancelled, or a booking made by mistake."""


Route = tuple[AccountKind, AccountKind]

ROUTES: Final[Mapping[EntryKind, frozenset[Route]]] = MappingProxyType(
    {
        EntryKind.JUDGED: frozenset({(AccountKind.EXPENSE, AccountKind.ACCRUED)}),
        EntryKind.REVERSED: frozenset(
            {(AccountKind.ACCRUED, AccountKind.EXPENSE), (AccountKind.PAYABLE, AccountKind.EXPENSE)}
        ),
        EntryKind.APPROVED: frozenset({(AccountKind.ACCRUED, AccountKind.PAYABLE)}),
        EntryKind.APPROVAL_UNDONE: frozenset({(AccountKind.PAYABLE, AccountKind.ACCRUED)}),
        # Within one payout, what was taken back of an earlier one goes the other way: the payout pays the difference.
        EntryKind.RESERVED: frozenset(
            {(AccountKind.PAYABLE, AccountKind.RESERVED), (AccountKind.RESERVED, AccountKind.PAYABLE)}
        ),
        # A payout in another currency goes through the exchange: one posting in each of the two.
        EntryKind.SENT: frozenset(
            {
                (AccountKind.FUNDING, AccountKind.TRANSIT),
                (AccountKind.FUNDING, AccountKind.EXCHANGE),
                (AccountKind.EXCHANGE, AccountKind.TRANSIT),
            }
        ),
        EntryKind.SETTLED: frozenset(
            {
                (AccountKind.RESERVED, AccountKind.PAID),
                (AccountKind.PAID, AccountKind.RESERVED),
                (AccountKind.FUNDING, AccountKind.TRANSIT),
                (AccountKind.TRANSIT, AccountKind.PAID_OUT),
            }
        ),
        EntryKind.WITHHELD: frozenset({(AccountKind.PAYABLE, AccountKind.WITHHELD_TAX)}),
        # The other way where a payout takes back more VAT than it adds.
        EntryKind.VAT_ADDED: frozenset(
            {(AccountKind.INPUT_VAT, AccountKind.PAYABLE), (AccountKind.PAYABLE, AccountKind.INPUT_VAT)}
        ),
        EntryKind.WRITTEN_OFF: frozenset({(AccountKind.WRITTEN_OFF, AccountKind.PAYABLE)}),
        EntryKind.NETWORK_FEE_CHARGED: frozenset(
            {(AccountKind.EXPENSE, AccountKind.NETWORK_FEE), (AccountKind.PAYABLE, AccountKind.NETWORK_FEE)}
        ),
        EntryKind.EXCHANGED: frozenset(
            {
                (AccountKind.PAYABLE, AccountKind.EXCHANGE),
                (AccountKind.EXCHANGE, AccountKind.PAYABLE),
                (AccountKind.FUNDING, AccountKind.EXCHANGE_RESULT),
                (AccountKind.EXCHANGE_RESULT, AccountKind.FUNDING),
            }
        ),
        EntryKind.OPENED: frozenset(
            {
                (AccountKind.OPENING, AccountKind.ACCRUED),
                (AccountKind.OPENING, AccountKind.PAYABLE),
                (AccountKind.PAYABLE, AccountKind.OPENING),
            }
        ),
        EntryKind.ADJUSTED: frozenset(
            {(AccountKind.ADJUSTMENT, AccountKind.PAYABLE), (AccountKind.PAYABLE, AccountKind.ADJUSTMENT)}
        ),
    }
)
"""The movements that each kind of entry may make; a mirror may make those of the entry it mirrors, turned round."""


def allowed(kind: EntryKind, route: Route) -> bool:
    """Say whether an entry of this kind may move money along this route."""
    if kind is EntryKind.MIRRORED:
        source, destination = route
        return any((destination, source) in routes for routes in ROUTES.values())
    return route in ROUTES[kind]


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of a positive amount between two kinds of account."""

    source: AccountKind
    destination: AccountKind
    minor: int

    def mirrored(self) -> Self:
        """Return the movement back."""
        return type(self)(self.destination, self.source, self.minor)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books hold for one commission, in minor units of its currency."""

    accrued_minor: int = 0
    payable_minor: int = 0
    reserved_minor: int = 0
    paid_minor: int = 0

    @property
    def minor(self) -> int:
        """Return all that is booked, wherever it sits: what the commission is worth by the books."""
        return self.accrued_minor + self.payable_minor + self.reserved_minor + self.paid_minor


class Cause(StrEnum):
    """Why a target differs from what is booked."""

    JUDGED = "judged"
    """New facts, a late click, a recompute: nothing that the merchant reported as taken back."""
    CORRECTED = "corrected"
    """The merchant reported a refund, cancel, chargeback or amendment."""
    PARTNER_CHANGED = "partner_changed"
    """Another agreement earns now, and one of the two sides was approved already."""
    DECIDED = "decided"
    """A person decided so: declined the order, or accepted a proposal."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A difference that waits for a person: `minor` below zero is a fall, above zero a rise."""

    cause: Cause
    minor: int


@dataclass(frozen=True, slots=True)
class Movements:
    """What to book now, and what stands proposed afterwards; with neither, nothing has changed."""

    kind: EntryKind
    postings: tuple[Posting, ...]
    proposal: Proposal | None


def movements(*, booked: Booked, target_minor: int, cause: Cause, proposed_minor: int = 0) -> Movements:
    """Say how the books of one commission get from what is booked to its target.

    A rise is always booked as newly accrued, so that it waits for an approval of its own. A fall first takes what is
    still accrued; of what is approved it takes only what the merchant's correction or a person explains, even below
    zero; the rest becomes a proposal. `proposed_minor` is how much of a fall already waits for a person (zero or
    more): a later correction books only what goes beyond it. A returned proposal replaces the one that stood open;
    none closes it.
    """
    difference_minor = target_minor - booked.minor
    if cause is Cause.PARTNER_CHANGED:
        # Both sides move together or not at all, also what is not approved yet.
        return Movements(_kind_of(difference_minor), (), _proposal(cause, difference_minor))
    if difference_minor >= 0:
        return Movements(EntryKind.JUDGED, _posting(AccountKind.EXPENSE, AccountKind.ACCRUED, difference_minor), None)
    return _fall(booked, -difference_minor, cause, proposed_minor)


def _fall(booked: Booked, fall_minor: int, cause: Cause, proposed_minor: int) -> Movements:
    from_accrued_minor = min(fall_minor, booked.accrued_minor)
    from_approved_minor = fall_minor - from_accrued_minor
    waiting_minor = min(from_approved_minor, _waiting(cause, from_approved_minor, proposed_minor))
    postings = (
        *_posting(AccountKind.ACCRUED, AccountKind.EXPENSE, from_accrued_minor),
        *_posting(AccountKind.PAYABLE, AccountKind.EXPENSE, from_approved_minor - waiting_minor),
    )
    # What stays proposed after a correction was proposed for an earlier reason.
    return Movements(EntryKind.REVERSED, postings, _proposal(Cause.JUDGED, -waiting_minor))


def _waiting(cause: Cause, from_approved_minor: int, proposed_minor: int) -> int:
    """Return how much of a fall of approved money nobody has explained yet."""
    if cause is Cause.JUDGED:
        return from_approved_minor
    return proposed_minor if cause is Cause.CORRECTED else 0


def approval(booked: Booked) -> tuple[Posting, ...]:
    """Return the posting that makes everything accrued payable; nothing when nothing waits."""
    return _posting(AccountKind.ACCRUED, AccountKind.PAYABLE, booked.accrued_minor)


def approval_undone(booked: Booked) -> tuple[Posting, ...]:
    """Return the posting that takes back what is payable and in no payout yet; nothing when there is none."""
    return _posting(AccountKind.PAYABLE, AccountKind.ACCRUED, max(booked.payable_minor, 0))


def opening(minor: int) -> Posting:
    """Return the posting of a balance brought from another system: owed to the partner, or below zero owed by it."""
    if minor > 0:
        return Posting(AccountKind.OPENING, AccountKind.PAYABLE, minor)
    return Posting(AccountKind.PAYABLE, AccountKind.OPENING, -minor)


def _kind_of(difference_minor: int) -> EntryKind:
    return EntryKind.REVERSED if difference_minor < 0 else EntryKind.JUDGED


def _posting(source: AccountKind, destination: AccountKind, minor: int) -> tuple[Posting, ...]:
    return (Posting(source, destination, minor),) if minor else ()


def _proposal(cause: Cause, minor: int) -> Proposal | None:
    return Proposal(cause, minor) if minor else None
