"""What a person decides about a conversion, as a fact of its story; then the story is judged again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.utils.translation import gettext as _

from rapport.apps.commissions.actions import accept_proposal, refuse_proposal
from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.commissions.queries import attribution_of, open_proposals_of
from rapport.apps.conversions.actions import lock_stories, record_decision
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.conversions.wording import wording_of
from rapport.apps.record.actions import announce_many, announcement, audit_many, audit_row
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, Refusal
from rapport.apps.record.write import transaction
from rapport.domain.credit import HoldReason
from rapport.domain.judgement_document import credit_to_document, from_document
from rapport.domain.story import DecisionKind
from rapport.flows.declining import last_day
from rapport.flows.explaining.words import day_words
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.periods import keep_what_stands, lock_period
from rapport.flows.retrying import until_settled


class ConflictOpen(Refusal):
    """A proposal that follows from a conflict hangs on how it is settled."""

    code = "conflict_open"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(_("Two amounts are reported for this order. Choose one of them first; this follows from it."))


class NoConflict(Refusal):
    """Only what contradicts itself is settled, and only once."""

    code = "no_conflict"

    def __init__(self) -> None:
        """Say so."""
        super().__init__(_("The amounts of this order do not contradict each other. Nothing was changed."))


class ReplyOpen(Refusal):
    """A partner who would lose approved money is heard first."""

    code = "reply_open"

    def __init__(self, until: date | None) -> None:
        """Say how long."""
        super().__init__(
            _("The partner may reply until %(day)s. Accept it after that, or after the reply.")
            % {"day": day_words(until)}
            if until
            else _("The partner is being told about this. Come back in a minute.")
        )


_NOT_LIFTED = frozenset({HoldReason.CONFLICT, HoldReason.DISPUTED, HoldReason.TERMS_NOT_ACCEPTED})
"""Doubts that are questions: a conflict is settled, a reply is granted or refused."""


def settle_conflict(*, conversion: Conversion, report_id: str, reason: str, by: Actor, at: datetime) -> None:
    """Choose one of the wordings that contradict each other."""
    report = conversion.reports.filter(pk=report_id, currency__in=("", conversion.currency)).first()
    if report is None:
        sentence = _("Choose one of the amounts that were reported.")
        raise BadInput(sentence, fields={"report": sentence})
    _decide(conversion, DecisionKind.CONFLICT_SETTLED, {"amounts": asdict(wording_of(report))}, reason, by=by, at=at)


def lift_hold(*, conversion: Conversion, hold: HoldReason, reason: str, by: Actor, at: datetime) -> None:
    """Lift one doubt that holds the commission; a question is answered, not lifted."""
    if hold in _NOT_LIFTED:
        sentence = _("This is a question to be decided; it cannot be put aside.")
        raise BadInput(sentence, fields={"hold": sentence})
    _decide(conversion, DecisionKind.HOLD_LIFTED, {"hold": str(hold)}, reason, by=by, at=at)


def take_proposal(*, proposal: Proposal, by: Actor, at: datetime) -> list[Commission]:
    """Accept a proposal: both sides of it are booked together.

    Whoever would lose approved money is heard first: until its deadline has passed or it has replied, `ReplyOpen`.
    """
    return until_settled(lambda: _take(proposal, by=by, at=at))


def _take(proposal: Proposal, *, by: Actor, at: datetime) -> list[Commission]:
    program = proposal.commission.agreement.program
    with transaction():
        _lock_source(proposal.commission)
        _hear_first(proposal.commission, at=at)
        moved = accept_proposal(proposal=proposal, by=by, at=at)
        news = [(proposal.id, "proposal.accepted"), *((row.id, f"commission.{row.state}") for row in moved)]
        _trace(news, workspace_id=program.workspace_id, by=by, at=at)
    return moved


def _lock_source(commission: Commission) -> None:
    if commission.conversion:
        lock_stories(Touched.by([commission.conversion]).in_order())
    else:
        lock_period(commission)


def _hear_first(commission: Commission, *, at: datetime) -> None:
    program = commission.agreement.program
    proposals = open_proposals_of(program.id).filter(commission__source=commission.source)
    for one in proposals if commission.conversion_id else proposals.filter(commission=commission):
        if not loses(one) or one.replied_at:
            continue
        if one.reply_until is None:
            raise ReplyOpen(None)
        if at < one.reply_until:
            raise ReplyOpen(last_day(one.reply_until, zone=program.zone))


def loses(proposal: Proposal) -> bool:
    """Say whether a proposal takes from its partner."""
    return proposal.target_minor < proposal.commission.worth.minor


def turn_proposal_down(*, proposal: Proposal, reason: str, by: Actor, at: datetime) -> None:
    """Refuse a proposal: the credit that stands stays, whatever is judged later."""
    if proposal.commission.conversion_id is None:
        until_settled(lambda: keep_what_stands(proposal, reason=reason, by=by, at=at))
        return
    conversion = _source(proposal)
    if Conversion.objects.get(pk=conversion.pk).in_conflict:
        raise ConflictOpen
    until_settled(lambda: _turn_down(proposal, reason, by=by, at=at))


def _turn_down(proposal: Proposal, reason: str, *, by: Actor, at: datetime) -> None:
    conversion = _source(proposal)
    with transaction():
        lock_stories(Touched.by([conversion]).in_order())
        refuse_proposal(proposal=proposal, by=by, at=at)
        _trace([(proposal.id, "proposal.refused")], workspace_id=conversion.program.workspace_id, by=by, at=at)
        data = {"credit": _credit_before(proposal)}
        _decide(conversion, DecisionKind.PROPOSAL_REFUSED, data, reason, by=by, at=at)


def _decide(
    conversion: Conversion, kind: DecisionKind, data: Mapping[str, object], reason: str, *, by: Actor, at: datetime
) -> None:
    if not reason.strip():
        sentence = _("Give a reason; the partner reads it.")
        raise BadInput(sentence, fields={"reason": sentence})
    until_settled(lambda: _record(conversion, kind, data, reason.strip(), by=by, at=at))


def _record(
    conversion: Conversion, kind: DecisionKind, data: Mapping[str, object], reason: str, *, by: Actor, at: datetime
) -> None:
    offer = load_offer(conversion.program_id)
    with transaction():
        # Read again: since a page showed it, the order may have joined the story of its customer.
        touched = Touched.by([Conversion.objects.get(pk=conversion.pk)])
        lock_stories(touched.in_order())
        if kind is DecisionKind.CONFLICT_SETTLED and not Conversion.objects.get(pk=conversion.pk).in_conflict:
            raise NoConflict
        if data.get("hold") == HoldReason.UNCONFIRMED:
            data = {**data, "touch": _earning_touch(conversion)}
        record_decision(conversion=conversion, kind=kind, data=data, reason=reason, by=by, at=at)
        judge_touched(touched, offer=offer, cause=str(kind), by=by, at=at)


def _earning_touch(conversion: Conversion) -> str:
    """Return the click or code that the doubt is lifted for: another one that a page names later is held again."""
    judged = attribution_of(conversion.id)
    credit = from_document(judged.document).credit if judged else None
    return credit.touch_id if credit else ""


def _trace(news: Sequence[tuple[str, str]], *, workspace_id: str, by: Actor, at: datetime) -> None:
    """Audit and announce what happened to which subject, inside the transaction that did it."""
    audit_many([audit_row(by=by, at=at, action=what, subject=one, workspace_id=workspace_id) for one, what in news])
    announce_many([announcement(at=at, kind=what, subject=one, workspace_id=workspace_id) for one, what in news])


def _source(proposal: Proposal) -> Conversion:
    conversion = proposal.commission.conversion
    if conversion is None:
        raise AssertionError("a proposal is about a conversion")
    return conversion


def _credit_before(proposal: Proposal) -> dict[str, object]:
    """Return the credit by which the approved money was earned, from a judgement before the one that proposed."""
    holder = _holder(proposal)
    number = proposal.attribution.number - 1
    rows = type(proposal.attribution).objects.filter(conversion=proposal.attribution.conversion, number__lte=number)
    for row in rows.order_by("-number"):
        credit = from_document(row.document).credit
        if credit and credit.agreement_id == holder:
            return credit_to_document(credit)
    raise AssertionError("whoever holds approved money earned it by an earlier judgement")


def _holder(proposal: Proposal) -> str:
    """Return the agreement that holds the approved money, wherever it is by now."""
    rows = Commission.objects.filter(source=proposal.commission.source).order_by("id")
    return max(rows, key=lambda row: row.payable_minor + row.reserved_minor + row.paid_minor).agreement_id
