"""What a partner's list of commissions comes to, held against the balance of the books, and every difference named."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.ledger.queries import balances_of, owed_by_memo
from rapport.apps.partners.models import Agreement
from rapport.domain.books import AccountKind, AccountName
from rapport.domain.money import Money
from rapport.flows.statements import subject_words

_OPEN = (AccountKind.ACCRUED, AccountKind.PAYABLE, AccountKind.RESERVED)
_COMMISSION = "com_"


@dataclass(frozen=True, slots=True)
class Beside:
    """Something in the balance that is no commission, such as a balance that was brought along."""

    words: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Waiting, yours and everything beside add up to the balance; `unexplained` is what does not, and is zero.

    `waiting` and `yours` are sums over the list of commissions; `balance` is what the books hold: waiting for
    approval, owed, and on its way.
    """

    waiting: Money
    yours: Money
    beside: tuple[Beside, ...]
    balance: Money
    unexplained: Money

    @property
    def adds_up(self) -> bool:
        """Say whether nothing is left over."""
        return self.unexplained.minor == 0


def reconcile(agreement: Agreement) -> Reconciled:
    """Add up the list of commissions and hold it against the books, as both stand now."""
    currency = agreement.program.currency
    listed = commissions_of_agreement(agreement.id).aggregate(
        waiting=Sum("accrued_minor", default=0),
        payable=Sum("payable_minor", default=0),
        going=Sum("reserved_minor", default=0),
    )
    waiting_minor, yours_minor = listed["waiting"], listed["payable"] + listed["going"]
    beside = tuple(_beside(owed_by_memo(agreement.id, _OPEN), currency))
    balance_minor = sum(_balances(agreement))
    explained_minor = waiting_minor + yours_minor + sum(one.amount.minor for one in beside)
    return Reconciled(
        waiting=Money(waiting_minor, currency),
        yours=Money(yours_minor, currency),
        beside=beside,
        balance=Money(balance_minor, currency),
        unexplained=Money(balance_minor - explained_minor, currency),
    )


def _balances(agreement: Agreement) -> Iterable[int]:
    balances = balances_of([agreement.id], _OPEN)
    names = (AccountName(kind, agreement.id, agreement.program.currency) for kind in _OPEN)
    return (balances.get(name, 0) for name in names)


def _beside(by_memo: dict[str, int], currency: str) -> Iterable[Beside]:
    for memo, minor in sorted(by_memo.items()):
        if minor and not memo.startswith(_COMMISSION):
            yield Beside(subject_words(memo, known=False), Money(minor, currency))
