"""Read debts: partners from whom more was taken back than they have earned since, and what became of the debts."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from rapport.apps.ledger.models import Posting
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.apps.partners.queries import agreements_of
from rapport.apps.payouts.models import WriteOff, WriteOffState
from rapport.apps.programs.models import Program
from rapport.domain.books import AccountKind, AccountName
from rapport.domain.money import Money


@dataclass(frozen=True, slots=True)
class Debt:
    """What a partner owes; `accrued` is what waits and may net it, `proposed` a write-off that waits for approval."""

    agreement: Agreement
    owed: Money
    accrued: Money
    proposed: WriteOff | None

    @property
    def is_stuck(self) -> bool:
        """Say whether no earnings are in sight that would net it."""
        return self.agreement.state == AgreementState.ENDED and self.accrued < self.owed


def debts_of(program: Program) -> list[Debt]:
    """Return who owes something, those first whose earnings will not net it, the largest first."""
    agreements = {row.id: row for row in agreements_of(program.id)}
    balances = balances_of(list(agreements), [AccountKind.PAYABLE, AccountKind.ACCRUED])
    proposed = {row.agreement_id: row for row in write_offs_of(program.id).filter(state=WriteOffState.OPEN)}
    debts = [
        Debt(
            agreement,
            Money(-balances[payable], program.currency),
            Money(balances.get(AccountName(AccountKind.ACCRUED, key, program.currency), 0), program.currency),
            proposed.get(key),
        )
        for key, agreement in agreements.items()
        if balances.get(payable := AccountName(AccountKind.PAYABLE, key, program.currency), 0) < 0
    ]
    return sorted(debts, key=lambda one: (not one.is_stuck, -one.owed.minor))


def debt_minor_of(agreement: Agreement) -> int:
    """Return what an agreement owes, zero or more."""
    found = balances_of([agreement.id], [AccountKind.PAYABLE])
    payable = found.get(AccountName(AccountKind.PAYABLE, agreement.id, agreement.program.currency), 0)
    return max(-payable, 0)


def write_offs_of(program_id: str) -> QuerySet[WriteOff]:
    """Return what was proposed and decided in a program, the newest first."""
    rows = WriteOff.objects.filter(agreement__program_id=program_id)
    return rows.select_related("agreement__partner", "agreement__program").order_by("-proposed_at", "-id")


def open_write_off_of(agreement_id: str) -> WriteOff | None:
    """Return the write-off of an agreement that waits for its second person."""
    return WriteOff.objects.filter(agreement_id=agreement_id, state=WriteOffState.OPEN).first()


def write_offs_unlike_books() -> list[str]:
    """Return the write-offs that are not booked as they say; there must be none."""
    booked = booked_write_offs()
    rows = WriteOff.objects.values_list("id", "state", "amount_minor").order_by("id")
    return [
        key for key, state, minor in rows if booked.get(key, 0) != (minor if state == WriteOffState.APPROVED else 0)
    ]


def booked_write_offs() -> dict[str, int]:
    """Return by write-off what was booked for it."""
    rows = Posting.objects.filter(source__kind=AccountKind.WRITTEN_OFF).order_by().values_list("memo")
    return dict(rows.annotate(minor=Sum("amount_minor")))
