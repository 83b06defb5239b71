"""The states of things and the moves between them: who may make each, and what it requires.

State columns are a cache that the action writes together with the fact behind it; these tables say which writes exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final


class ProgramState(StrEnum):
    """A public offer to partners."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class ApplicationState(StrEnum):
    """Somebody asks to become a partner."""

    RECEIVED = "received"
    QUESTIONS = "questions"
    ESCALATED = "escalated"
    APPROVED = "approved"
    DECLINED = "declined"


class AgreementState(StrEnum):
    """One partner in one program."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class ConversionState(StrEnum):
    """A reported outcome; confirmed means told by a server-side source."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    HELD = "held"
    PARTLY_REVERSED = "partly_reversed"
    REVERSED = "reversed"
    DECLINED = "declined"


class CommissionState(StrEnum):
    """What an agreement earns; the earliest state that still has an amount."""

    PENDING = "pending"
    APPROVED = "approved"
    PAID = "paid"
    HELD = "held"
    DISPUTED = "disputed"
    DECLINED = "declined"
    REVERSED = "reversed"


class CaseState(StrEnum):
    """A question about a conversion, a commission or a payout."""

    WAITING_FOR_MERCHANT = "waiting_for_merchant"
    WAITING_FOR_PARTNER = "waiting_for_partner"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class PayoutRunState(StrEnum):
    """One closing of one program and currency."""

    DRAFT = "draft"
    APPROVED = "approved"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class PayoutState(StrEnum):
    """Money to one partner; unclaimed and unknown stay sent until somebody knows."""

    RESERVED = "reserved"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


State = (
    ProgramState
    | ApplicationState
    | AgreementState
    | ConversionState
    | CommissionState
    | CaseState
    | PayoutRunState
    | PayoutState
)


class Who(StrEnum):
    """Who makes a move: a role of a person, the merchant's server, or the system by a rule."""

    OWNER = "owner"
    MANAGER = "manager"
    SALES = "sales"
    FINANCE = "finance"
    PARTNER = "partner"
    SERVER = "server"
    SYSTEM = "system"


class Needs(StrEnum):
    """What must be there before a move."""

    TERMS_IN_FORCE = "terms_in_force"
    QUESTION = "question"
    ANSWER = "answer"
    REASON = "reason"
    FIXED_CODE = "fixed_code"
    DAYS_PASSED = "days_passed"
    ACCEPTANCE = "acceptance"
    DOUBT = "doubt"
    NO_DOUBT = "no_doubt"
    REPORT = "report"
    CORRECTION = "correction"
    FACTS_JOINED = "facts_joined"
    CASE = "case"
    SETTLED_PAYOUT = "settled_payout"
    RETURNED_PAYOUT = "returned_payout"
    SECOND_PERSON = "second_person"
    APPROVED_RUN = "approved_run"
    EVERY_PAYOUT_KNOWN = "every_payout_known"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move of a thing from a state to another."""

    source: State
    target: State
    by: frozenset[Who]
    needs: frozenset[Needs]


def find_move(source: State, target: State) -> Move | None:
    """Return the move between two states of the same thing, or None where there is none."""
    return _BY_STATES.get((type(source), source, target)) if type(source) is type(target) else None


def may(source: State, target: State, *, by: Who) -> bool:
    """Say whether somebody may make this move."""
    move = find_move(source, target)
    return move is not None and by in move.by


def _moves(
    sources: Iterable[State], *targets: State, by: Iterable[Who], needs: Iterable[Needs] = ()
) -> tuple[Move, ...]:
    pairs = product(sources, targets)
    return tuple(Move(source, target, frozenset(by), frozenset(needs)) for source, target in pairs)


_BOSSES: Final = (Who.OWNER, Who.MANAGER)
_TEAM: Final = (Who.OWNER, Who.MANAGER, Who.SALES)
_TREASURERS: Final = (Who.OWNER, Who.FINANCE)
_REPORTERS: Final = (Who.SERVER, Who.SYSTEM)
_OPEN_CASE: Final = (CaseState.WAITING_FOR_MERCHANT, CaseState.WAITING_FOR_PARTNER)
_STANDING_ORDER: Final = (
    ConversionState.REPORTED,
    ConversionState.CONFIRMED,
    ConversionState.HELD,
    ConversionState.PARTLY_REVERSED,
)
_UNDECIDED: Final = (ApplicationState.RECEIVED, ApplicationState.QUESTIONS, ApplicationState.ESCALATED)

_PROGRAM: Final = (
    *_moves([ProgramState.DRAFT], ProgramState.OPEN, by=_BOSSES, needs=[Needs.TERMS_IN_FORCE]),
    *_moves([ProgramState.PAUSED], ProgramState.OPEN, by=_BOSSES),
    *_moves([ProgramState.OPEN], ProgramState.PAUSED, by=_BOSSES),
    *_moves([ProgramState.OPEN, ProgramState.PAUSED], ProgramState.CLOSED, by=[Who.OWNER], needs=[Needs.REASON]),
)

_APPLICATION: Final = (
    *_moves(
        [ApplicationState.RECEIVED, ApplicationState.ESCALATED],
        ApplicationState.QUESTIONS,
        by=_TEAM,
        needs=[Needs.QUESTION],
    ),
    *_moves([ApplicationState.QUESTIONS], ApplicationState.RECEIVED, by=[Who.PARTNER], needs=[Needs.ANSWER]),
    *_moves(
        [ApplicationState.RECEIVED, ApplicationState.QUESTIONS],
        ApplicationState.ESCALATED,
        by=[Who.SYSTEM],
        needs=[Needs.DAYS_PASSED],
    ),
    *_moves(_UNDECIDED, ApplicationState.APPROVED, by=_BOSSES, needs=[Needs.TERMS_IN_FORCE]),
    *_moves(_UNDECIDED, ApplicationState.DECLINED, by=_BOSSES, needs=[Needs.FIXED_CODE, Needs.REASON]),
    # The applicant may reply to a decline; taking it up again is the merchant's decision.
    *_moves([ApplicationState.DECLINED], ApplicationState.RECEIVED, by=_BOSSES, needs=[Needs.REASON]),
)

_AGREEMENT: Final = (
    *_moves([AgreementState.PROPOSED], AgreementState.ACTIVE, by=[Who.PARTNER], needs=[Needs.ACCEPTANCE]),
    *_moves([AgreementState.ACTIVE], AgreementState.SUSPENDED, by=_BOSSES, needs=[Needs.REASON]),
    *_moves([AgreementState.SUSPENDED], AgreementState.ACTIVE, by=_BOSSES, needs=[Needs.REASON]),
    *_moves(
        [AgreementState.PROPOSED, AgreementState.ACTIVE, AgreementState.SUSPENDED],
        AgreementState.ENDED,
        by=[*_BOSSES, Who.PARTNER],
        needs=[Needs.REASON],
    ),
)

_CONVERSION: Final = (
    *_moves([ConversionState.REPORTED], ConversionState.CONFIRMED, by=_REPORTERS, needs=[Needs.REPORT]),
    *_moves(
        [ConversionState.REPORTED, ConversionState.CONFIRMED, ConversionState.PARTLY_REVERSED],
        ConversionState.HELD,
        by=[Who.SYSTEM],
        needs=[Needs.DOUBT],
    ),
    *_moves(
        [ConversionState.HELD],
        ConversionState.REPORTED,
        ConversionState.CONFIRMED,
        by=[*_BOSSES, Who.SYSTEM],
        needs=[Needs.NO_DOUBT],
    ),
    *_moves(
        [ConversionState.REPORTED, ConversionState.CONFIRMED, ConversionState.HELD],
        ConversionState.PARTLY_REVERSED,
        by=_REPORTERS,
        needs=[Needs.CORRECTION],
    ),
    *_moves(
        _STANDING_ORDER,
        ConversionState.REVERSED,
        by=_REPORTERS,
        needs=[Needs.CORRECTION],
    ),
    *_moves(
        _STANDING_ORDER,
        ConversionState.DECLINED,
        by=_BOSSES,
        needs=[Needs.FIXED_CODE, Needs.REASON],
    ),
    # Undoing a decline, or the partner's reply to it, leads back to where the facts are.
    *_moves(
        [ConversionState.DECLINED],
        ConversionState.REPORTED,
        ConversionState.CONFIRMED,
        ConversionState.PARTLY_REVERSED,
        ConversionState.REVERSED,
        by=_BOSSES,
        needs=[Needs.REASON],
    ),
)

_COMMISSION: Final = (
    # By hand at any time, which ends the hold; by silence at the end of the hold.
    *_moves(
        [CommissionState.PENDING],
        CommissionState.APPROVED,
        by=[*_BOSSES, Who.SYSTEM],
        needs=[Needs.NO_DOUBT, Needs.FACTS_JOINED],
    ),
    # Approval undone: held for a person, so that silence does not approve it at once again.
    *_moves([CommissionState.APPROVED], CommissionState.HELD, by=_BOSSES, needs=[Needs.REASON]),
    *_moves([CommissionState.PENDING], CommissionState.HELD, by=[Who.SYSTEM], needs=[Needs.DOUBT]),
    *_moves([CommissionState.HELD], CommissionState.PENDING, by=[*_BOSSES, Who.SYSTEM], needs=[Needs.NO_DOUBT]),
    *_moves(
        [CommissionState.PENDING, CommissionState.HELD, CommissionState.APPROVED],
        CommissionState.DISPUTED,
        by=[Who.PARTNER, *_BOSSES],
        needs=[Needs.CASE],
    ),
    *_moves(
        [CommissionState.DISPUTED],
        CommissionState.PENDING,
        CommissionState.HELD,
        CommissionState.APPROVED,
        by=_BOSSES,
        needs=[Needs.CASE],
    ),
    *_moves(
        [CommissionState.PENDING, CommissionState.HELD, CommissionState.DISPUTED, CommissionState.APPROVED],
        CommissionState.DECLINED,
        by=_BOSSES,
        needs=[Needs.FIXED_CODE, Needs.REASON],
    ),
    *_moves([CommissionState.DECLINED], CommissionState.PENDING, by=_BOSSES, needs=[Needs.REASON]),
    # The partner's reply within the deadline opens a decline again; upheld, it is final for the partner.
    *_moves([CommissionState.DECLINED], CommissionState.DISPUTED, by=[Who.PARTNER], needs=[Needs.ANSWER]),
    # Also after payout: the debt is netted in the next run.
    *_moves(
        [
            CommissionState.PENDING,
            CommissionState.HELD,
            CommissionState.DISPUTED,
            CommissionState.APPROVED,
            CommissionState.PAID,
        ],
        CommissionState.REVERSED,
        by=_REPORTERS,
        needs=[Needs.CORRECTION],
    ),
    *_moves([CommissionState.APPROVED], CommissionState.PAID, by=[Who.SYSTEM], needs=[Needs.SETTLED_PAYOUT]),
    *_moves([CommissionState.PAID], CommissionState.APPROVED, by=[Who.SYSTEM], needs=[Needs.RETURNED_PAYOUT]),
)

_CASE: Final = (
    *_moves([CaseState.WAITING_FOR_MERCHANT], CaseState.WAITING_FOR_PARTNER, by=_TEAM, needs=[Needs.QUESTION]),
    *_moves([CaseState.WAITING_FOR_PARTNER], CaseState.WAITING_FOR_MERCHANT, by=[Who.PARTNER], needs=[Needs.ANSWER]),
    *_moves(_OPEN_CASE, CaseState.GRANTED, CaseState.DECLINED, by=_BOSSES, needs=[Needs.REASON]),
    *_moves(_OPEN_CASE, CaseState.WITHDRAWN, by=[Who.PARTNER]),
)

_PAYOUT_RUN: Final = (
    # Whoever prepared the run, or changed how a payee is paid, is no second person.
    *_moves([PayoutRunState.DRAFT], PayoutRunState.APPROVED, by=_TREASURERS, needs=[Needs.SECOND_PERSON]),
    *_moves([PayoutRunState.DRAFT], PayoutRunState.ABANDONED, by=_TREASURERS, needs=[Needs.REASON]),
    *_moves([PayoutRunState.APPROVED], PayoutRunState.CLOSED, by=[Who.SYSTEM], needs=[Needs.EVERY_PAYOUT_KNOWN]),
)

_PAYOUT: Final = (
    *_moves([PayoutState.RESERVED], PayoutState.SENT, by=[Who.SYSTEM], needs=[Needs.APPROVED_RUN]),
    *_moves([PayoutState.RESERVED], PayoutState.CANCELLED, by=_TREASURERS, needs=[Needs.REASON]),
    *_moves(
        [PayoutState.SENT],
        PayoutState.SETTLED,
        PayoutState.FAILED,
        by=[Who.SYSTEM, *_TREASURERS],
        needs=[Needs.PROOF],
    ),
    # A bank may return money days after it said that it had arrived.
    *_moves(
        [PayoutState.SENT, PayoutState.SETTLED],
        PayoutState.RETURNED,
        by=[Who.SYSTEM, *_TREASURERS],
        needs=[Needs.PROOF],
    ),
)

MOVES: Final = (
    *_PROGRAM,
    *_APPLICATION,
    *_AGREEMENT,
    *_CONVERSION,
    *_COMMISSION,
    *_CASE,
    *_PAYOUT_RUN,
    *_PAYOUT,
)
"""Every move that exists; what is not here does not happen."""

# States of different things may share a word, so the type belongs to the key.
_BY_STATES: Final = {(type(move.source), move.source, move.target): move for move in MOVES}
