"""Bring the books from what they hold to what was judged: keep the judgement, book the difference, explain it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.commissions.actions.batch import Booking, move, write
from rapport.apps.commissions.models import (
    Attribution,
    Commission,
    CommissionState,
)
from rapport.apps.commissions.queries import (
    commissions_of,
    latest_attributions,
    open_proposals,
    sources_refused,
)
from rapport.apps.commissions.standing import judgement_digest, state_of, written_judgement
from rapport.apps.conversions.models import Conversion
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import new_row
from rapport.domain.books import Cause
from rapport.domain.credit import HoldReason
from rapport.domain.judgement import Decision, Flag, Outcome
from rapport.domain.judgement_document import from_document, to_document
from rapport.domain.story import DecisionKind
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id


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


def book_findings(
    findings: Sequence[Finding], *, program: Program, cause: str, by: Actor, at: datetime
) -> list[Commission]:
    """Book what was found, inside the caller's transaction and under its locks; return the commissions that moved."""
    booking = Booking(program=program, cause=cause, by=by, at=at)
    _meet(booking, findings)
    for finding in findings:
        _book(booking, finding)
    write(booking)
    return [*booking.new_commissions, *booking.changed_commissions.values()]


def _meet(booking: Booking, findings: Sequence[Finding]) -> None:
    known = [finding.conversion.id for finding in findings if not finding.fresh]
    if not known:
        return
    booking.latest = latest_attributions(known)
    booking.commissions = commissions_of(known)
    ids = [commission.id for rows in booking.commissions.values() for commission in rows]
    booking.proposals = open_proposals(ids) if ids else {}
    if booking.cause == DecisionKind.PROPOSAL_REFUSED:
        booking.refused = sources_refused(ids, at=booking.at)


def _book(booking: Booking, finding: Finding) -> None:
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
        move(booking, row, attribution, target_minor=target_minor, cause=cause)
        _settle(booking, row, finding, earns=row.agreement_id == earner)


def _note_facts(booking: Booking, rows: Iterable[Commission], finding: Finding) -> None:
    for row in rows:
        if row.facts_joined != finding.facts_joined:
            row.facts_joined = finding.facts_joined
            booking.changed_commissions[row.id] = row


def _attribution(
    booking: Booking, finding: Finding, document: dict[str, object], *, digest: str, number: int
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


def _new_commission(booking: Booking, finding: Finding) -> Commission:
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


def _settle(booking: Booking, commission: Commission, finding: Finding, *, earns: bool) -> None:
    """Bring version, holds and state of a commission up to its judgement."""
    decision = finding.decision
    if earns and decision.credit:
        commission.version_id = decision.credit.terms_version_id
        commission.hold_until = from_ms(decision.hold_until_ms or 0)
        commission.holds = [str(hold) for hold in decision.holds]
    commission.state = state_of(commission, declined=earns and decision.outcome is Outcome.DECLINED)
    if commission.id not in booking.added:
        booking.changed_commissions[commission.id] = commission
