"""Undo what a payout moved, by mirrors: newest first, and its commissions follow."""

from datetime import datetime

from rapport.apps.commissions.actions import follow_postings, lock_commissions
from rapport.apps.ledger.actions import reverse_entry
from rapport.apps.ledger.models import Entry
from rapport.apps.ledger.queries import entries_of
from rapport.apps.payouts.models import Payout, PayoutLine
from rapport.apps.record.actors import Actor
from rapport.domain.books import AGREEMENT_KINDS, AccountKind, Posting
from rapport.kit.ids import new_id


def give_back(payout: Payout, *, reason: str, by: Actor, at: datetime) -> None:
    """Mirror everything that was booked for a payout, inside the caller's transaction and under the payout's lock."""
    subjects = PayoutLine.objects.filter(payout=payout).values_list("subject", flat=True)
    commissions = lock_commissions(set(subjects))
    for entry in _booked_for(payout):
        mirror = reverse_entry(entry_id=entry.id, mirror_id=new_id("ent", at=at), reason=reason, by=by, at=at)
        follow_postings(commissions, _moved(mirror))


def _booked_for(payout: Payout) -> list[Entry]:
    entries = [entry for entry in entries_of(payout.id) if entry.subject == payout.id]
    mirrored = {entry.mirrors_id for entry in entries if entry.mirrors_id}
    return [entry for entry in reversed(entries) if not entry.mirrors_id and entry.id not in mirrored]


def _moved(entry: Entry) -> dict[str, Posting]:
    """Return how an entry moved the money of each commission."""
    rows = entry.postings.select_related("source", "destination").filter(source__kind__in=list(AGREEMENT_KINDS))
    return {
        row.memo: Posting(AccountKind(row.source.kind), AccountKind(row.destination.kind), row.amount_minor)
        for row in rows
    }
