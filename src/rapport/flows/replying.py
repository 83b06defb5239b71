"""The partner's right of reply: on a decline, on a proposed change, on whatever is held; and the program's answer."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rapport.apps.commissions.actions import note_proposal_reply, tell_proposal
from rapport.apps.commissions.models import Commission, CommissionState, Proposal, ProposalState
from rapport.apps.commissions.queries import commissions_of_agreement, open_proposals, untold_proposals
from rapport.apps.conversions.queries import replies_open
from rapport.apps.partners.models import Agreement
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.record.write import transaction
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import MessageInput
from rapport.apps.threads.models import Side
from rapport.domain.money import Money
from rapport.flows.deciding import loses
from rapport.flows.declining import ReplyTooLate, last_day, reply_end, reply_to_decline
from rapport.flows.explaining.words import day_words, money_words, order_words
from rapport.flows.partner_letters import Telling, tell_partner
from rapport.flows.retrying import until_settled


def reply(*, commission: Commission, body: str, by: Actor, at: datetime) -> None:
    """Take what the partner has to say about a commission; on a decline it opens it again, within the deadline."""
    given = read_input(MessageInput, {"body": body})
    until_settled(lambda: _reply(commission, given, by=by, at=at))


def answer(*, commission: Commission, body: str, by: Actor, at: datetime) -> None:
    """Write to the partner about a commission; nothing else changes."""
    given = read_input(MessageInput, {"body": body})
    with transaction():
        tell_partner(commission, lambda: Telling(_(_ANSWER), (given.body,)), by=by, at=at)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something about which the program waits for the partner's word, until a day."""

    commission: Commission
    sentence: str
    last_day: date


def awaited(agreement: Agreement, *, at: datetime, most: int = 5) -> list[Awaited]:
    """Return what the partner may still reply to: declines and proposed changes, those that end first before others."""
    rows, zone = commissions_of_agreement(agreement.id), agreement.program.zone
    declined = {row.source: row for row in rows.filter(state=CommissionState.DECLINED)}
    until = replies_open(list(declined), at=at)
    found = [(end, declined[source], _("Order %(order)s was declined")) for source, end in until.items()]
    asked = Proposal.objects.filter(
        commission__in=rows, state=ProposalState.OPEN, reply_until__gt=at, replied_at__isnull=True
    )
    changes = asked.select_related("commission__conversion")
    found += [(one.reply_until, one.commission, _("Order %(order)s may change")) for one in changes if one.reply_until]
    found.sort(key=lambda one: (one[0], one[1].id))
    return [
        Awaited(row, words % {"order": order_words(row)}, last_day(end, zone=zone)) for end, row, words in found[:most]
    ]


def tell_proposals(*, at: datetime, most: int = 500) -> int:
    """Tell the partners of new proposals what would change and until when they may reply; return how many were told."""
    told = 0
    for proposal in untold_proposals()[:most]:
        with transaction():
            told += _tell(proposal, at=at)
    return told


def _reply(commission: Commission, given: MessageInput, *, by: Actor, at: datetime) -> None:
    program = commission.agreement.program
    with transaction():
        if commission.state == CommissionState.DECLINED:
            reply_to_decline(commission=commission, body=given.body, by=by, at=at)
        elif not note_proposal_reply(commission_id=commission.id, at=at):
            _refuse_late(open_proposals([commission.id]).get(commission.id), zone=program.zone)
        post_message(
            subject=commission.id, side=Side.PARTNER, given=given, by=by, at=at, workspace_id=program.workspace_id
        )


def _refuse_late(proposal: Proposal | None, *, zone: str) -> None:
    """Refuse a reply to a proposal whose deadline has passed; without one there is nothing to be late for."""
    if proposal and proposal.reply_until:
        raise ReplyTooLate(last_day(proposal.reply_until, zone=zone))


def _tell(proposal: Proposal, *, at: datetime) -> bool:
    commission = proposal.commission
    program = commission.agreement.program
    if not loses(proposal):
        tell_proposal(proposal=proposal, reply_until=None, at=at)
        return False
    until = reply_end(at, zone=program.zone)
    if not tell_proposal(proposal=proposal, reply_until=until, at=at):
        return False
    tell = partial(_proposed, proposal, last=last_day(until, zone=program.zone))
    tell_partner(commission, tell, by=Actor.system("proposal"), at=at)
    return True


def _proposed(proposal: Proposal, *, last: date) -> Telling:
    commission = proposal.commission
    words = {
        "order": order_words(commission),
        "amount": money_words(commission.worth),
        "target": money_words(Money(proposal.target_minor, commission.currency)),
        "day": day_words(last),
    }
    return Telling(
        _(_PROPOSED),
        (
            _("Your approved commission for order %(order)s is %(amount)s.") % words,
            _("By what is known now it would be %(target)s.") % words,
            _("Nothing is booked yet. You may reply until %(day)s; after that, or after your reply, a person decides.")
            % words,
        ),
    )


_ANSWER = gettext_noop("%(program)s: a message about order %(order)s")
_PROPOSED = gettext_noop("%(program)s: a change to order %(order)s is proposed")
