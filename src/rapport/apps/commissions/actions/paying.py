"""Let commissions follow the payouts that pay them: reserved, paid, or given back."""

from collections.abc import Collection, Mapping

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.standing import apply_postings, state_of
from rapport.apps.record.sealing import seal_stored
from rapport.apps.record.write import update_rows
from rapport.domain.books import Posting

_MOVING = ("payable_minor", "reserved_minor", "paid_minor", "state")


def lock_commissions(commission_ids: Collection[str]) -> dict[str, Commission]:
    """Return these commissions by id, locked for the caller's transaction in the order that every writer keeps."""
    rows = Commission.objects.select_for_update(of=("self",)).filter(pk__in=commission_ids).order_by("id")
    return {row.id: row for row in rows}


def follow_postings(commissions: Mapping[str, Commission], moved: Mapping[str, Posting]) -> None:
    """Move the amounts of locked commissions as the postings of a payout do; whose money is none is passed over."""
    followed = []
    for commission_id, posting in moved.items():
        commission = commissions.get(commission_id)
        if commission:
            apply_postings(commission, [posting])
            commission.state = state_of(commission, declined=commission.state == CommissionState.DECLINED)
            followed.append(commission)
    update_rows(followed, _MOVING)
    seal_stored(Commission, [row.id for row in followed])
