"""Tiers and bonuses on the one road: what judged conversions count for, and what people decide about it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.apps.commissions.actions import (
    MetPeriods,
    book_standings,
    keep_standing,
    lock_standings,
    meet_periods,
    refuse_proposal,
)
from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.conversions.actions import Judged
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction
from rapport.domain.books import Cause
from rapport.domain.periods import Counting, counting_of
from rapport.domain.promises import Promises


def meet_judged(
    judged: Sequence[Judged], *, promises: Promises, zone: str, fresh: Collection[str], at: datetime
) -> MetPeriods | None:
    """Lock the periods that these conversions change; None where no version of the terms promises anything over one.

    `fresh` are conversions that were never judged before.
    """
    if not any(terms.counts_periods for terms in promises.terms.values()):
        return None
    return meet_periods(
        {one.row.id: countings(one, promises=promises, zone=zone) for one in judged},
        decisions={one.row.id: one.decision for one in judged},
        known=[one.row.id for one in judged if one.row.id not in fresh],
        at=at,
    )


def countings(one: Judged, *, promises: Promises, zone: str) -> list[Counting]:
    """Return what one judged conversion counts for."""
    return list(counting_of(one.reported, one.decision, promises=promises, zone=zone))


def lock_period(commission: Commission) -> None:
    """Take the lock under which a tier's or bonus's commission is judged."""
    lock_standings({(commission.agreement_id, commission.source)})


def keep_what_stands(proposal: Proposal, *, reason: str, by: Actor, at: datetime) -> None:
    """Refuse that a tier or bonus falls: what stands is kept beside whatever is judged later."""
    if not reason.strip():
        sentence = _("Give a reason; the partner reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    commission = proposal.commission
    program = commission.agreement.program
    name = (commission.agreement_id, commission.source)
    with transaction():
        standings = lock_standings({name})
        for one in refuse_proposal(proposal=proposal, by=by, at=at):
            keep_standing(standings[0], kept_minor=one.commission.worth.minor - one.target_minor)
        book_standings([(standings[0], Cause.DECIDED)], program=program, cause="proposal_refused", by=by, at=at)
        told = {"reason": reason.strip()}
        audit_many(
            [
                audit_row(
                    by=by,
                    at=at,
                    action="proposal.refused",
                    subject=proposal.id,
                    workspace_id=program.workspace_id,
                    data=told,
                )
            ]
        )
        announce_many(
            [announcement(at=at, kind="proposal.refused", subject=proposal.id, workspace_id=program.workspace_id)]
        )
