"""How a commission stands: its cached amounts after postings, and the state that follows from them."""

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.domain.books import AccountKind, Posting
from rapport.domain.credit import HoldReason
from rapport.kit.jsontext import Written

_CACHED = {
    AccountKind.ACCRUED: "accrued_minor",
    AccountKind.PAYABLE: "payable_minor",
    AccountKind.RESERVED: "reserved_minor",
    AccountKind.PAID: "paid_minor",
}


def apply_postings(commission: Commission, postings: Iterable[Posting]) -> int:
    """Move the cached amounts of a commission as its postings do; return by how much it is worth more."""
    difference_minor = 0
    for posting in postings:
        for kind, sign in ((posting.source, -1), (posting.destination, 1)):
            if kind in _CACHED:
                setattr(commission, _CACHED[kind], getattr(commission, _CACHED[kind]) + sign * posting.minor)
                difference_minor += sign * posting.minor
    return difference_minor


def state_of(commission: Commission, *, declined: bool = False) -> CommissionState:
    """Return the earliest state that has an amount; a doubt holds what is not approved yet.

    What was taken back after its payout is payable below zero until a later run nets it: only what stands counts.
    """
    if commission.accrued_minor:
        if HoldReason.DISPUTED in commission.holds:
            return CommissionState.DISPUTED
        return CommissionState.HELD if commission.holds else CommissionState.PENDING
    on_its_way_minor = commission.payable_minor + commission.reserved_minor
    if on_its_way_minor > 0:
        return CommissionState.APPROVED
    if on_its_way_minor + commission.paid_minor > 0:
        return CommissionState.PAID
    return CommissionState.DECLINED if declined else CommissionState.REVERSED


def written_judgement(document: Mapping[str, object]) -> Written:
    """Return a judgement with its text: JSON in UTF-8 without spaces, keys sorted."""
    return Written.of(document, msgspec.json.encode(document, order="sorted").decode())


def judgement_digest(document: Mapping[str, object]) -> str:
    """Return the hex SHA-256 of a judgement with all its reasons: two judgements that say the same have the same."""
    written = document if isinstance(document, Written) else written_judgement(document)
    return hashlib.sha256(written.text.encode()).hexdigest()
