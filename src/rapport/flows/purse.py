"""What a partner has in a program: the three words as sums of postings, and each commission with its word and date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.queries import replies_open
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import acceptance_at
from rapport.apps.payouts.models import Payout
from rapport.apps.payouts.queries import latest_payouts_of
from rapport.apps.programs.queries import terms_of
from rapport.domain.books import AccountKind, AccountName
from rapport.domain.exchange import Rate
from rapport.domain.money import Money
from rapport.flows.explaining.explanation import PartnerWord
from rapport.flows.explaining.words import due_from, local_day, order_words, partner_word
from rapport.flows.paydays import payday_after

_TRACKS = {CommissionState.PENDING: "waiting"}
_WHOLE = 100
_IN_PAYOUTS = (CommissionState.APPROVED, CommissionState.PAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """A partner's money in one program; each amount is a sum of postings.

    `yours` holds what is payable and what is on its way; `waiting_until` is the first day on which something that
    waits becomes the partner's and `waiting_passed` how much of its hold is over, in percent; `payday` is the day on
    which `yours` is planned to be paid.
    """

    waiting: Money
    waiting_count: int
    waiting_until: date | None
    waiting_passed: int
    yours: Money
    payday: date | None
    paid: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One commission as its partner reads it; `passed` is the part of the hold that is over, in percent."""

    id: str
    order: str
    kind: str
    at: datetime
    amount: Money
    word: PartnerWord
    track: str
    passed: int
    paid: Money | None = None
    rate: Rate | None = None
    """What the customer paid, and at which rate it counts, where that is another currency."""


def purse_of(agreement: Agreement, *, at: datetime) -> Purse:
    """Return what an agreement has, in the currency of its program."""
    balances = balances_of([agreement.id])
    currency = agreement.program.currency

    def sum_of(*kinds: AccountKind) -> Money:
        minor = sum(balances.get(AccountName(kind, agreement.id, currency), 0) for kind in kinds)
        return Money(minor, currency)

    rows = commissions_of_agreement(agreement.id).filter(accrued_minor__gt=0)
    pending = rows.filter(state=CommissionState.PENDING).order_by("hold_until").first()
    return Purse(
        waiting=sum_of(AccountKind.ACCRUED),
        waiting_count=rows.count(),
        waiting_until=local_day(pending.hold_until, agreement.program.zone) if pending else None,
        waiting_passed=_passed(pending, at=at) if pending else 0,
        yours=sum_of(AccountKind.PAYABLE, AccountKind.RESERVED),
        payday=_payday(agreement, at=at),
        paid=sum_of(AccountKind.PAID),
    )


def rows_for_partner(rows: Iterable[Commission], *, at: datetime) -> list[PartnerRow]:
    """Return these commissions as their partner reads them."""
    found = list(rows)
    payouts = latest_payouts_of([row.id for row in found if row.state in _IN_PAYOUTS])
    replies = replies_open([row.source for row in found if row.state == CommissionState.DECLINED], at=at)
    return [_row(row, payouts.get(row.id), replies.get(row.source), at=at) for row in found]


def _row(row: Commission, paid_by: Payout | None, reply_until: datetime | None, *, at: datetime) -> PartnerRow:
    zone = row.agreement.program.zone
    payout = terms_of(row.version, currency=row.currency).payout
    payday = payday_after(payout, program=row.agreement.program, after=local_day(due_from(row, at=at), zone))
    state = CommissionState(row.state)
    return PartnerRow(
        id=row.id,
        order=order_words(row),
        kind=row.conversion.kind if row.conversion else "",
        at=row.earned_at,
        amount=row.worth,
        word=partner_word(row, zone=zone, payday=payday, payout=paid_by, reply_until=reply_until),
        track=_TRACKS.get(state, state.value),
        passed=_passed(row, at=at),
        paid=_paid_abroad(row.conversion),
        rate=row.conversion.known_rate if row.conversion else None,
    )


def _paid_abroad(order: Conversion | None) -> Money | None:
    """Return what the customer paid where that is in another currency."""
    return Money(order.total_minor, order.currency) if order and order.is_foreign else None


def _passed(row: Commission, *, at: datetime) -> int:
    whole = row.hold_until - row.earned_at
    if not whole:
        return _WHOLE
    return max(0, min(_WHOLE, (at - row.earned_at) * _WHOLE // whole))


def _payday(agreement: Agreement, *, at: datetime) -> date | None:
    """Return the next payout day of the terms that bind the agreement now."""
    acceptance = acceptance_at(agreement.id, at=at)
    if acceptance is None:
        return None
    payout = terms_of(acceptance.version, currency=agreement.program.currency).payout
    return payday_after(payout, program=agreement.program, after=local_day(at, agreement.program.zone))
