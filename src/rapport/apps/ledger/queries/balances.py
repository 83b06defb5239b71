"""Balances: what came into an account less what went out, summed from its postings whenever asked."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Sum

from rapport.apps.ledger.models import Posting
from rapport.domain.books import AGREEMENT_KINDS, AccountKind, AccountName, Booked

Balances = dict[AccountName, int]
"""Minor units by account; accounts that were never used are missing."""


def balance(book_subject: str, name: AccountName) -> int:
    """Return the balance of one account in minor units; zero when it was never used."""
    found = _balances(book__subject=book_subject, kind=name.kind, owner=name.owner, currency=name.currency)
    return found.get(name, 0)


def balances_of(owners: Collection[str], kinds: Iterable[AccountKind] = AGREEMENT_KINDS) -> Balances:
    """Return the balances of these agreements' accounts of these kinds, in two statements however many they are."""
    return _balances(owner__in=owners, kind__in=[kind.value for kind in kinds])


def balances_of_program(book_subject: str) -> Balances:
    """Return the balances of the accounts that are the program's own."""
    return _balances(book__subject=book_subject, owner="")


def owed_by_memo(owner: str, kinds: Iterable[AccountKind]) -> dict[str, int]:
    """Return what an agreement's accounts of these kinds hold, by the thing whose money it is, in two statements."""
    wanted = [kind.value for kind in kinds]
    held: dict[str, int] = defaultdict(int)
    for side, sign in (("destination", 1), ("source", -1)):
        rows = Posting.objects.filter(**{f"{side}__owner": owner, f"{side}__kind__in": wanted}).order_by()
        for memo, minor in rows.values_list("memo").annotate(minor=Sum("amount_minor")):
            held[memo] += sign * minor
    return dict(held)


def booked_of(memos: Collection[str]) -> dict[str, Booked]:
    """Return what is booked for each of these commissions, in two statements however many they are."""
    booked: dict[str, dict[str, int]] = {memo: defaultdict(int) for memo in memos}
    for side, sign in (("destination", 1), ("source", -1)):
        sums = (
            Posting.objects.filter(memo__in=memos, **{f"{side}__kind__in": [kind.value for kind in AGREEMENT_KINDS]})
            .order_by()
            .values_list("memo", f"{side}__kind")
            .annotate(minor=Sum("amount_minor"))
        )
        for memo, kind, minor in sums:
            booked[memo][f"{kind}_minor"] += sign * minor
    return {memo: Booked(**amounts) for memo, amounts in booked.items()}


def _balances(**account: object) -> Balances:
    balances: Balances = defaultdict(int)
    for side, sign in (("destination", 1), ("source", -1)):
        sums = (
            Posting.objects.filter(**{f"{side}__{field}": value for field, value in account.items()})
            .order_by()
            .values_list(f"{side}__kind", f"{side}__owner", f"{side}__currency")
            .annotate(minor=Sum("amount_minor"))
        )
        for kind, owner, currency, minor in sums:
            balances[AccountName(AccountKind(kind), owner, currency)] += sign * minor
    return dict(balances)
