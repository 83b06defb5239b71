"""Bring the books from what they hold to what was judged: keep the judgement, book the difference, explain it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rapport.apps.commissions.models import (
    Attribution,
    Commission,
    CommissionLine,
    CommissionState,
    Proposal,
    ProposalState,
)
from rapport.apps.commissions.queries import (
    booked_of,
    commissions_of,
    latest_attributions,
    open_proposals,
    sources_refused,
)
from rapport.apps.commissions.standing import apply_postings, judgement_digest, state_of, written_judgement
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.sealing import seal_rows, seal_stored
from rapport.apps.record.write import insert_rows, new_row, update_rows
from rapport.domain.books import Cause, Movements, movements
from rapport.domain.credit import HoldReason
from rapport.domain.judgement import Decision, Flag, Outcome
from rapport.domain.judgement_document import from_document, to_document
from rapport.domain.story import DecisionKind
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id

_MOVING = ("version", "state", "accrued_minor", "payable_minor", "holds", "hold_until", "facts_joined")


@dataclass(frozen=True, slots=True)
class Finding:
    """What the judge found about one conversion. `fresh` ones were never judged, so nothing is looked up for them."""

    conversion: Conversion
    decision: Decision
    fresh: bool = False

    @property
    def facts_joined(self) -> bool:
        """Say whether the lake was asked about every click that mattered."""
        return all(flagged.flag is not Flag.FACTS_NOT_JOINED for flagged in self.decision.flags)


@dataclass(slots=True)
class _Booking:
    """The rows that the findings of one batch meet and add."""

    program: Program
    cause: str
    by: Actor
    at: datetime
    latest: dict[str, Attribution] = field(default_factory=dict)
    commissions: dict[str, list[Commission]] = field(default_factory=dict)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    new_attributions: list[Attribution] = field(default_factory=list)
    new_commissions: list[Commission] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    changed_commissions: dict[str, Commission] = field(default_factory=dict)
    lines: list["_NewLine"] = field(default_factory=list)
    drafts: list[EntryDraft] = field(default_factory=list)
    new_proposals: list[Proposal] = field(default_factory=list)
    closed_proposals: list[Proposal] = field(default_factory=list)


class _NewLine(NamedTuple):
    """The columns of a commission line, which is only written."""

    commission_id: str
    attribution_id: str
    rule: str
    amount_minor: int
    entry: str
    at: datetime


def book_findings(
    findings: Sequence[Finding], *, program: Program, cause: str, by: Actor, at: datetime
) -> list[Commission]:
    """Book what was found, inside the caller's transaction and under its locks; return the commissions that moved."""
    booking = _Booking(program=program, cause=cause, by=by, at=at)
    _meet(booking, findings)
    for finding in findings:
        _book(booking, finding)
    _write(booking)
    return [*booking.new_commissions, *booking.changed_commissions.values()]


def _meet(booking: _Booking, findings: Sequence[Finding]) -> None:
    known = [finding.conversion.id for finding in findings if not finding.fresh]
    if not known:
        return
    booking.latest = latest_attributions(known)
    booking.commissions = commissions_of(known)
    ids = [commission.id for rows in booking.commissions.values() for commission in rows]
    booking.proposals = open_proposals(ids) if ids else {}
    if booking.cause == DecisionKind.PROPOSAL_REFUSED:
        booking.refused = sources_refused(ids, at=booking.at)


def _book(booking: _Booking, finding: Finding) -> None:
    """Keep the judgement if it says something new, and move every commission of the conversion to its target."""
    conversion, decision = finding.conversion, finding.decision
    latest = booking.latest.get(conversion.id)
    document = written_judgement(to_document(decision))
    digest = judgement_digest(document)
    rows = booking.commissions.get(conversion.id, [])
    _note_facts(booking, rows, finding)
    if latest and latest.digest == digest:
        return
    attribution = _attribution(booking, finding, document, digest=digest, number=latest.number + 1 if latest else 1)
    earner = decision.credit.agreement_id if decision.credit else ""
    if decision.target_minor and all(row.agreement_id != earner for row in rows):
        rows = [*rows, _new_commission(booking, finding)]
    cause = Cause.DECIDED if conversion.id in booking.refused else _cause_of(decision, latest, rows)
    for row in rows:
        target_minor = decision.target_minor if row.agreement_id == earner else 0
        _move(booking, row, attribution, target_minor=target_minor, cause=cause)
        _settle(booking, row, finding, earns=row.agreement_id == earner)


def _note_facts(booking: _Booking, rows: Iterable[Commission], finding: Finding) -> None:
    for row in rows:
        if row.facts_joined != finding.facts_joined:
            row.facts_joined = finding.facts_joined
            booking.changed_commissions[row.id] = row


def _attribution(
    booking: _Booking, finding: Finding, document: dict[str, object], *, digest: str, number: int
) -> Attribution:
    credit = finding.decision.credit
    attribution = new_row(
        Attribution,
        id=new_id("att", at=booking.at),
        conversion_id=finding.conversion.id,
        number=number,
        outcome=finding.decision.outcome,
        agreement_id=credit.agreement_id if credit else None,
        version_id=credit.terms_version_id if credit else None,
        rule=credit.rule if credit else "",
        target_minor=finding.decision.target_minor,
        document=document,
        digest=digest,
        judged_at=booking.at,
        cause=booking.cause,
    )
    booking.new_attributions.append(attribution)
    return attribution


def _new_commission(booking: _Booking, finding: Finding) -> Commission:
    credit = finding.decision.credit
    if credit is None:
        raise AssertionError("a target above zero has an earner")
    commission = new_row(
        Commission,
        id=new_id("com", at=booking.at),
        source=finding.conversion.id,
        conversion_id=finding.conversion.id,
        agreement_id=credit.agreement_id,
        version_id=credit.terms_version_id,
        state=CommissionState.PENDING,
        currency=booking.program.currency,
        hold_until=from_ms(finding.decision.hold_until_ms or 0),
        facts_joined=finding.facts_joined,
        earned_at=finding.conversion.occurred_at,
        created_at=booking.at,
    )
    booking.new_commissions.append(commission)
    booking.added.add(commission.id)
    return commission


def _cause_of(decision: Decision, latest: Attribution | None, rows: Sequence[Commission]) -> Cause:
    """Say why targets changed: what the merchant reported may take back approved money, anything else is proposed."""
    if decision.outcome is Outcome.DECLINED:
        return Cause.DECIDED
    # Asked of the books, not of the judgement before: a change that still waits for a person was judged before too.
    earner = decision.credit.agreement_id if decision.credit else ""
    if earner and any(_holds_approved(row) for row in rows if row.agreement_id != earner):
        return Cause.PARTNER_CHANGED
    previous = from_document(latest.document) if latest else None
    if previous is None or not decision.fall_is_reported(previous):
        return Cause.JUDGED
    # What an open conflict proposed is answered with the conflict itself: nothing of it stays proposed.
    return Cause.DECIDED if HoldReason.CONFLICT in previous.holds else Cause.CORRECTED


def _holds_approved(commission: Commission) -> bool:
    return commission.payable_minor + commission.reserved_minor + commission.paid_minor > 0


def _move(
    booking: _Booking, commission: Commission, attribution: Attribution, *, target_minor: int, cause: Cause
) -> None:
    proposal = booking.proposals.get(commission.id)
    booked = booked_of(commission)
    waiting_minor = max(booked.minor - proposal.target_minor, 0) if proposal else 0
    moves = movements(booked=booked, target_minor=target_minor, cause=cause, proposed_minor=waiting_minor)
    if moves.postings:
        _draft(booking, commission, attribution, moves)
    if proposal:
        booking.closed_proposals.append(proposal)
    if moves.proposal:
        booking.new_proposals.append(
            Proposal(
                id=new_id("pro", at=booking.at),
                commission=commission,
                attribution=attribution,
                target_minor=target_minor,
                cause=moves.proposal.cause,
                created_at=booking.at,
            )
        )


def _draft(booking: _Booking, commission: Commission, attribution: Attribution, moves: Movements) -> None:
    entry_id = new_id("ent", at=booking.at)
    booking.drafts.append(
        EntryDraft(
            id=entry_id,
            kind=moves.kind,
            subject=commission.id,
            reason=booking.cause,
            postings=posting_drafts(
                moves.postings,
                agreement=commission.agreement_id,
                currency=commission.currency,
                memo=commission.id,
            ),
        )
    )
    booking.lines.append(
        _NewLine(
            commission_id=commission.id,
            attribution_id=attribution.id,
            rule=attribution.rule,
            amount_minor=apply_postings(commission, moves.postings),
            entry=entry_id,
            at=booking.at,
        )
    )


def _settle(booking: _Booking, commission: Commission, finding: Finding, *, earns: bool) -> None:
    """Bring version, holds and state of a commission up to its judgement."""
    decision = finding.decision
    if earns and decision.credit:
        commission.version_id = decision.credit.terms_version_id
        commission.hold_until = from_ms(decision.hold_until_ms or 0)
        commission.holds = [str(hold) for hold in decision.holds]
    commission.state = state_of(commission, declined=earns and decision.outcome is Outcome.DECLINED)
    if commission.id not in booking.added:
        booking.changed_commissions[commission.id] = commission


def _write(booking: _Booking) -> None:
    insert_rows(booking.new_attributions)
    insert_rows(booking.new_commissions)
    if booking.changed_commissions:
        update_rows(booking.changed_commissions.values(), _MOVING)
    if booking.drafts:
        book_entries(
            book_subject=booking.program.id, drafts=booking.drafts, by=booking.by, at=booking.at, ids_are_new=True
        )
        insert_rows(booking.lines, into=CommissionLine)
    if booking.closed_proposals:
        replaced = {proposal.id for proposal in booking.closed_proposals}
        Proposal.objects.filter(pk__in=replaced).update(state=ProposalState.REPLACED, decided_at=booking.at)
        seal_stored(Proposal, replaced)
    insert_rows(booking.new_proposals)
    seal_rows(
        [
            *booking.new_attributions,
            *booking.new_commissions,
            *booking.changed_commissions.values(),
            *booking.new_proposals,
        ]
    )
