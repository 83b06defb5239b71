"""Movements of an agreement's money one by one: what payouts take up and what statements tell."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from rapport.apps.ledger.models import LedgerAccount, Posting
from rapport.domain.books import AccountKind, EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One posting with the entry that it belongs to; `memo` is the thing whose money it is, `subject` the entry's.

    `mirrors` is the entry that this one undoes, if it does.
    """

    posting_id: int
    entry_id: str
    number: int
    at: datetime
    subject: str
    reason: str
    memo: str
    source: AccountKind
    destination: AccountKind
    minor: int
    mirrors: str


@dataclass(frozen=True, slots=True)
class PayablePosting:
    """One posting on payable: `minor` is below zero where it took something."""

    posting_id: int
    owner: str
    memo: str
    minor: int


def movements_of(
    owner: str, kinds: Collection[AccountKind], *, from_at: datetime, until_at: datetime
) -> list[Movement]:
    """Return what moved on an agreement's accounts of these kinds, oldest first; until excluded."""
    accounts = LedgerAccount.objects.filter(owner=owner, kind__in=[kind.value for kind in kinds])
    ids = list(accounts.values_list("id", flat=True))
    rows = Posting.objects.filter(
        Q(source_id__in=ids) | Q(destination_id__in=ids),
        entry__booked_at__gte=from_at,
        entry__booked_at__lt=until_at,
    )
    found = rows.select_related("entry", "source", "destination").order_by(
        "entry__booked_at", "entry__number", "position"
    )
    return [_movement(row) for row in found]


def moved_before(
    owner: str, kinds: Collection[AccountKind], *, at: datetime
) -> list[tuple[AccountKind, AccountKind, int]]:
    """Return what moved on an agreement's accounts of these kinds before a moment, summed by source and destination."""
    accounts = LedgerAccount.objects.filter(owner=owner, kind__in=[kind.value for kind in kinds])
    ids = list(accounts.values_list("id", flat=True))
    rows = Posting.objects.filter(Q(source_id__in=ids) | Q(destination_id__in=ids), entry__booked_at__lt=at).order_by()
    sums = rows.values_list("source__kind", "destination__kind").annotate(minor=Sum("amount_minor"))
    return [(AccountKind(source), AccountKind(destination), minor) for source, destination, minor in sums]


def openings_of(owners: Collection[str]) -> dict[str, tuple[str, int]]:
    """Return by agreement the entry that stands of its opening balance, and how much it is; below zero is a debt."""
    rows = Posting.objects.filter(
        entry__kind=EntryKind.OPENED.value, entry__subject__in=owners, entry__mirrored_by__isnull=True
    )
    found = rows.values_list("entry__subject", "entry_id", "amount_minor", "destination__kind")
    return {
        owner: (entry_id, minor if kind == AccountKind.PAYABLE else -minor) for owner, entry_id, minor, kind in found
    }


def payable_postings(owners: Collection[str], *conditions: Q) -> list[PayablePosting]:
    """Return every posting that made these agreements payable more or less, other than by reserving it, oldest first.

    What a payout gave back is among them: it can be taken up again. `conditions` choose among them.
    """
    accounts = LedgerAccount.objects.filter(owner__in=owners, kind=AccountKind.PAYABLE.value)
    owner_of = dict(accounts.values_list("id", "owner"))
    rows = Posting.objects.filter(*conditions).exclude(entry__kind=EntryKind.RESERVED.value)
    found = [
        PayablePosting(posting_id, owner_of[account_id], memo, sign * minor)
        for side, sign in (("destination_id", 1), ("source_id", -1))
        for posting_id, account_id, memo, minor in rows.filter(**{f"{side}__in": list(owner_of)}).values_list(
            "id", side, "memo", "amount_minor"
        )
    ]
    return sorted(found, key=lambda one: one.posting_id)


def payable_changes(book_subject: str, *, after: datetime) -> tuple[int, int]:
    """Return what was approved and what was taken back from payable money of a program after a moment."""
    rows = Posting.objects.filter(entry__book__subject=book_subject, entry__booked_at__gt=after).order_by()
    sums = rows.filter(Q(destination__kind=AccountKind.PAYABLE) | Q(source__kind=AccountKind.PAYABLE))
    moved = sums.values_list("source__kind", "destination__kind").annotate(minor=Sum("amount_minor"))
    found = {(source, destination): minor for source, destination, minor in moved}
    return (
        found.get((AccountKind.ACCRUED, AccountKind.PAYABLE), 0),
        found.get((AccountKind.PAYABLE, AccountKind.EXPENSE), 0),
    )


def _movement(row: Posting) -> Movement:
    return Movement(
        posting_id=row.id,
        entry_id=row.entry_id,
        number=row.entry.number,
        at=row.entry.booked_at,
        subject=row.entry.subject,
        reason=row.entry.reason,
        memo=row.memo,
        source=AccountKind(row.source.kind),
        destination=AccountKind(row.destination.kind),
        minor=row.amount_minor,
        mirrors=row.entry.mirrors_id or "",
    )
