"""Random programs that book whatever a ledger can see, beside a slow and obvious model of what must come of it.

The model knows nothing of entries, chains or tables: it says in plain words which whole numbers move from where to
where, and adds them up. What is handed to the ledger comes from the rules.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from rapport.apps.ledger.inputs import EntryDraft, PostingDraft, posting_drafts
from rapport.domain.books import (
    AccountKind,
    AccountName,
    Booked,
    Cause,
    EntryKind,
    Movements,
    Posting,
    approval,
    approval_undone,
    movements,
)
from rapport.domain.money import round_half_up

CURRENCIES = ("JPY", "EUR", "USD", "GBP", "KWD", "CLF")
LARGEST_MINOR = 10**9
AGREEMENTS = 12

OF_AGREEMENTS = frozenset({"accrued", "payable", "reserved", "paid"})
"""The accounts that agreements have, written down once more on purpose."""

Move = tuple[str, str, int]
"""From where to where how much, in the model's words."""


@dataclass(slots=True)
class Commission:
    """What the model knows of one commission."""

    id: str
    agreement: str
    accrued: int = 0
    payable: int = 0
    reserved: int = 0
    paid: int = 0
    proposed: int = 0
    reservation: EntryDraft | None = None
    settlements: list[tuple[EntryDraft, EntryDraft]] = field(default_factory=list)

    @property
    def booked(self) -> Booked:
        """Return it as the rules want to hear it."""
        return Booked(self.accrued, self.payable, self.reserved, self.paid)

    @property
    def worth(self) -> int:
        """Return all that is booked for it."""
        return self.accrued + self.payable + self.reserved + self.paid


class Program:
    """One program that acts at random: `draft_next` makes an entry and tells the model what must come of it."""

    def __init__(self, number: int, rng: random.Random) -> None:
        """Begin with nothing."""
        self.id = f"prg_{number}"
        self.currency = CURRENCIES[number % len(CURRENCIES)]
        self.balances: dict[AccountName, int] = defaultdict(int)
        self.commissions: list[Commission] = []
        self._rng = rng
        self._entries = 0
        self._undoable: list[EntryDraft] = []
        self._acts: list[Callable[[], EntryDraft | None]] = [
            *(self._judge, self._approve, self._refund, self._reserve, self._settle) * 3,
            *(self._rise, self._undo_approval, self._fall_without_report, self._accept_proposal),
            *(self._payout_fails, self._payout_returns),
            *(self._adjust, self._withhold_tax, self._charge_fee, self._exchange, self._open_balance, self._undo),
            *(self._add_vat, self._write_off),
        ]

    def draft_next(self) -> EntryDraft:
        """Return the next entry; what finds nothing to act upon judges a new commission instead."""
        return self._rng.choice(self._acts)() or self._judge()

    # ---- what a commission should earn changes ----

    def _judge(self) -> EntryDraft:
        agreement = self._agreement()
        commission = Commission(f"com_{self.id}_{len(self.commissions)}", agreement)
        self.commissions.append(commission)
        minor = self._amount()
        moved = movements(booked=Booked(), target_minor=minor, cause=Cause.JUDGED)
        return self._moved(commission, moved, [("expense", "accrued", minor)])

    def _rise(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.proposed == 0)
        if commission is None:
            return None
        minor = self._amount()
        moved = movements(booked=commission.booked, target_minor=commission.worth + minor, cause=Cause.JUDGED)
        return self._moved(commission, moved, [("expense", "accrued", minor)])

    def _refund(self) -> EntryDraft | None:
        """Take back a part or all: first what is accrued, then what is payable, even if it was paid out."""
        commission = self._any(lambda one: one.worth > one.proposed and (one.proposed == 0 or one.accrued == 0))
        if commission is None:
            return None
        minor = self._rng.choice((self._part(commission.worth - commission.proposed), commission.worth))
        minor = min(minor, commission.worth - commission.proposed)
        moved = movements(
            booked=commission.booked,
            target_minor=commission.worth - commission.proposed - minor,
            cause=Cause.CORRECTED,
            proposed_minor=commission.proposed,
        )
        from_accrued = min(minor, commission.accrued)
        moves = [("accrued", "expense", from_accrued), ("payable", "expense", minor - from_accrued)]
        return self._moved(commission, moved, moves)

    def _fall_without_report(self) -> EntryDraft | None:
        """Let the target fall for no reason of the merchant: only what is accrued falls, the rest is proposed."""
        commission = self._any(lambda one: one.proposed == 0 and one.worth > 0)
        if commission is None:
            return None
        minor = self._part(commission.worth)
        moved = movements(booked=commission.booked, target_minor=commission.worth - minor, cause=Cause.JUDGED)
        from_accrued = min(minor, commission.accrued)
        commission.proposed = minor - from_accrued
        assert (moved.proposal.minor if moved.proposal else 0) == -commission.proposed
        if from_accrued == 0:
            return None
        return self._moved(commission, moved, [("accrued", "expense", from_accrued)])

    def _accept_proposal(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.proposed > 0)
        if commission is None:
            return None
        minor, commission.proposed = commission.proposed, 0
        moved = movements(booked=commission.booked, target_minor=commission.worth - minor, cause=Cause.DECIDED)
        from_accrued = min(minor, commission.accrued)
        moves = [("accrued", "expense", from_accrued), ("payable", "expense", minor - from_accrued)]
        return self._moved(commission, moved, moves)

    # ---- approval and payout ----

    def _approve(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.accrued > 0)
        if commission is None:
            return None
        moved = Movements(EntryKind.APPROVED, approval(commission.booked), None)
        return self._moved(commission, moved, [("accrued", "payable", commission.accrued)])

    def _undo_approval(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.payable > 0)
        if commission is None:
            return None
        moved = Movements(EntryKind.APPROVAL_UNDONE, approval_undone(commission.booked), None)
        return self._moved(commission, moved, [("payable", "accrued", commission.payable)])

    def _reserve(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.payable > 0 and one.reserved == 0)
        if commission is None:
            return None
        minor = commission.payable
        posting = Posting(AccountKind.PAYABLE, AccountKind.RESERVED, minor)
        moved = Movements(EntryKind.RESERVED, (posting,), None)
        commission.reservation = self._moved(commission, moved, [("payable", "reserved", minor)])
        return commission.reservation

    def _settle(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.reserved > 0)
        if commission is None or commission.reservation is None:
            return None
        minor = commission.reserved
        postings = (
            Posting(AccountKind.RESERVED, AccountKind.PAID, minor),
            Posting(AccountKind.FUNDING, AccountKind.TRANSIT, minor),
            Posting(AccountKind.TRANSIT, AccountKind.PAID_OUT, minor),
        )
        moves = [("reserved", "paid", minor), ("funding", "transit", minor), ("transit", "paid_out", minor)]
        settled = self._moved(commission, Movements(EntryKind.SETTLED, postings, None), moves)
        commission.settlements.append((commission.reservation, settled))
        return settled

    def _payout_fails(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.reserved > 0)
        if commission is None or commission.reservation is None:
            return None
        moves = [("reserved", "payable", commission.reserved)]
        return self._mirrored(commission.reservation, moves, commission.agreement, commission)

    def _payout_returns(self) -> EntryDraft | None:
        commission = self._any(lambda one: one.reserved == 0 and bool(one.settlements))
        if commission is None:
            return None
        commission.reservation, settled = commission.settlements.pop()
        minor = settled.postings[0].minor
        moves = [("paid", "reserved", minor), ("transit", "funding", minor), ("paid_out", "transit", minor)]
        return self._mirrored(settled, moves, commission.agreement, commission)

    # ---- what is not about one commission ----

    def _adjust(self) -> EntryDraft:
        kinds = self._rng.choice((("adjustment", "payable"), ("payable", "adjustment")))
        return self._plain(EntryKind.ADJUSTED, *kinds)

    def _withhold_tax(self) -> EntryDraft:
        return self._plain(EntryKind.WITHHELD, "payable", "withheld_tax")

    def _add_vat(self) -> EntryDraft:
        kinds = self._rng.choice((("input_vat", "payable"), ("payable", "input_vat")))
        return self._plain(EntryKind.VAT_ADDED, *kinds)

    def _write_off(self) -> EntryDraft:
        return self._plain(EntryKind.WRITTEN_OFF, "written_off", "payable")

    def _charge_fee(self) -> EntryDraft:
        return self._plain(EntryKind.NETWORK_FEE_CHARGED, "expense", "network_fee")

    def _open_balance(self) -> EntryDraft:
        return self._plain(EntryKind.OPENED, "opening", "payable")

    def _plain(self, kind: EntryKind, source: str, destination: str) -> EntryDraft:
        agreement, minor = self._agreement(), self._amount()
        postings = [Posting(AccountKind(source), AccountKind(destination), minor)]
        drafts = posting_drafts(postings, agreement=agreement, currency=self.currency, memo=agreement)
        self._expect([(source, destination, minor)], agreement, self.currency)
        return self._undoable_entry(kind, agreement, drafts)

    def _exchange(self) -> EntryDraft:
        """Turn a partner's money into another currency at an exact rate: out here, in there, one entry."""
        agreement, minor = self._agreement(), self._amount()
        other = self._rng.choice([currency for currency in CURRENCIES if currency != self.currency])
        bought = max(1, round_half_up(minor * Fraction(self._rng.randint(1, 10**6), 10**4)))
        out = AccountName(AccountKind.EXCHANGE, "", self.currency)
        back = AccountName(AccountKind.EXCHANGE, "", other)
        sold_from = AccountName(AccountKind.PAYABLE, agreement, self.currency)
        bought_for = AccountName(AccountKind.PAYABLE, agreement, other)
        self._expect([("payable", "exchange", minor)], agreement, self.currency)
        self._expect([("exchange", "payable", bought)], agreement, other)
        drafts = (PostingDraft(sold_from, out, minor, agreement), PostingDraft(back, bought_for, bought, agreement))
        return self._undoable_entry(EntryKind.EXCHANGED, agreement, drafts)

    def _undo(self) -> EntryDraft | None:
        """Mirror an entry that was booked by mistake."""
        if not self._undoable:
            return None
        entry = self._undoable.pop(self._rng.randrange(len(self._undoable)))
        for posting in entry.postings:
            moves = [(posting.destination.kind.value, posting.source.kind.value, posting.minor)]
            self._expect(moves, entry.subject, posting.source.currency)
        return self._mirror_entry(entry)

    # ---- the model's arithmetic ----

    def _expect(
        self, moves: Iterable[Move], agreement: str, currency: str, commission: Commission | None = None
    ) -> None:
        for source, destination, minor in moves:
            if minor == 0:
                continue
            for kind, sign in ((source, -1), (destination, 1)):
                owner = agreement if kind in OF_AGREEMENTS else ""
                self.balances[AccountName(AccountKind(kind), owner, currency)] += sign * minor
                if commission and kind in OF_AGREEMENTS:
                    setattr(commission, kind, getattr(commission, kind) + sign * minor)

    # ---- what is handed to the ledger ----

    def _moved(self, commission: Commission, moved: Movements, moves: Iterable[Move]) -> EntryDraft:
        self._expect(moves, commission.agreement, self.currency, commission)
        drafts = posting_drafts(
            moved.postings, agreement=commission.agreement, currency=self.currency, memo=commission.id
        )
        return EntryDraft(self._entry_id(), moved.kind, commission.id, "random", drafts)

    def _mirrored(self, entry: EntryDraft, moves: Iterable[Move], agreement: str, commission: Commission) -> EntryDraft:
        self._expect(moves, agreement, self.currency, commission)
        return self._mirror_entry(entry)

    def _mirror_entry(self, entry: EntryDraft) -> EntryDraft:
        turned = tuple(PostingDraft(one.destination, one.source, one.minor, one.memo) for one in entry.postings)
        return EntryDraft(self._entry_id(), EntryKind.MIRRORED, entry.subject, "random", turned, mirrors=entry.id)

    def _undoable_entry(self, kind: EntryKind, subject: str, drafts: tuple[PostingDraft, ...]) -> EntryDraft:
        entry = EntryDraft(self._entry_id(), kind, subject, "random", drafts)
        self._undoable.append(entry)
        return entry

    # ---- chance ----

    def _entry_id(self) -> str:
        self._entries += 1
        return f"ent_{self.id}_{self._entries}"

    def _agreement(self) -> str:
        return f"agr_{self.id}_{self._rng.randrange(AGREEMENTS)}"

    def _amount(self) -> int:
        return self._rng.choice((1, self._rng.randint(1, 100), self._rng.randint(1, LARGEST_MINOR)))

    def _part(self, whole: int) -> int:
        return self._rng.randint(1, whole)

    def _any(self, fits: Callable[[Commission], bool]) -> Commission | None:
        """Look at a few commissions, the latest more often, for one that fits."""
        for _ in range(8):
            span = self._rng.choice((10, 100, len(self.commissions)))
            nearby = self.commissions[-span:]
            commission = self._rng.choice(nearby) if nearby else None
            if commission and fits(commission):
                return commission
        return None
