"""The rules of paying: who is paid in a run and who is not, what a payout moves, and who may approve it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapport.domain.books import AccountKind, Posting
from rapport.domain.money import Money
from rapport.domain.tax import Lack

HOUR_MS = 3_600_000


class Verdict(StrEnum):
    """What a run finds for one agreement."""

    ELIGIBLE = "eligible"
    HELD = "held"
    BELOW_THRESHOLD = "below_threshold"
    NO_METHOD = "no_method"
    CARRIED = "carried"
    """Below zero: netted as soon as enough is earned."""
    NOTHING = "nothing"


class Outcome(StrEnum):
    """What a bank or provider may say about a payout."""

    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"
    UNCLAIMED = "unclaimed"
    """It waits until whoever is paid takes it: on its way, and not to be sent again."""
    UNKNOWN = "unknown"


class Obstacle(StrEnum):
    """Why a partner who could be paid is not paid yet."""

    METHOD_CHANGED = "method_changed"
    OTHER_CURRENCY = "other_currency"
    """The payout method does not carry the currency in which it is to be paid."""
    NO_RATE = "no_rate"
    """The partner is paid in another currency, and no rate of it is known."""
    AGREEMENT_SUSPENDED = "agreement_suspended"
    ENDED_FOR_BREACH = "ended_for_breach"
    TERMS_NOT_ACCEPTED = "terms_not_accepted"


Reason = Obstacle | Lack
"""Why a partner is held: something in the way, or a tax paper that the program asks for."""


def reason_named(name: str) -> Reason:
    """Return the reason that a verdict keeps by this name."""
    return Obstacle(name) if name in set(Obstacle) else Lack(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is known of one agreement when a run comes to it.

    `usable_from_ms` is None without a payout method; `carried` says whether that method carries the currency in which
    it is to be paid, `rated` whether a rate of that is known where it needs one.
    `tax_minor` is what taxes add to the payout, below zero where they keep something back.
    """

    payable_minor: int
    threshold_minor: int
    usable_from_ms: int | None
    carried: bool = True
    rated: bool = True
    suspended: bool = False
    proposed: bool = False
    ended: bool = False
    ended_for_breach: bool = False
    lacks: tuple[Lack, ...] = ()
    tax_minor: int = 0


def weigh(due: Due, *, at_ms: int) -> tuple[Verdict, tuple[Reason, ...]]:
    """Say whether an agreement is paid now, and all that is in the way.

    An agreement that has ended earns no more, so what is left is paid below the threshold too; only where taxes leave
    nothing of it, nothing can be paid.
    """
    if due.payable_minor <= 0:
        return (Verdict.CARRIED if due.payable_minor else Verdict.NOTHING), ()
    if (due.payable_minor < due.threshold_minor and not due.ended) or due.payable_minor + due.tax_minor <= 0:
        return Verdict.BELOW_THRESHOLD, ()
    if due.usable_from_ms is None:
        return Verdict.NO_METHOD, ()
    obstacles: tuple[Reason, ...] = tuple(
        obstacle
        for obstacle, stands in (
            (Obstacle.METHOD_CHANGED, due.usable_from_ms > at_ms),
            (Obstacle.OTHER_CURRENCY, not due.carried),
            (Obstacle.NO_RATE, not due.rated),
            (Obstacle.AGREEMENT_SUSPENDED, due.suspended),
            (Obstacle.ENDED_FOR_BREACH, due.ended_for_breach),
            (Obstacle.TERMS_NOT_ACCEPTED, due.proposed),
        )
        if stands
    )
    obstacles += due.lacks
    return (Verdict.HELD, obstacles) if obstacles else (Verdict.ELIGIBLE, ())


def taken(payable_minor: Mapping[str, int], *, most: int) -> dict[str, int]:
    """Choose whose payable money one payout takes: what is below zero first, then as given, at most so many.

    Where nothing has to be left out the payout takes everything; it never leaves a debt for later.
    """
    return dict(sorted(payable_minor.items(), key=lambda one: one[1] >= 0)[:most])


def reserving(net_minor: int) -> Posting | None:
    """Return how the money of one commission goes into a payout; None where it comes to nothing."""
    return _between(AccountKind.PAYABLE, AccountKind.RESERVED, net_minor)


def sending(amount: Money, sent: Money) -> list[tuple[Posting, str]]:
    """Return what moves when a payout is sent, each posting with its currency: none ever mixes two."""
    if sent.currency == amount.currency:
        return [(Posting(AccountKind.FUNDING, AccountKind.TRANSIT, amount.minor), amount.currency)]
    return [
        (Posting(AccountKind.FUNDING, AccountKind.EXCHANGE, amount.minor), amount.currency),
        (Posting(AccountKind.EXCHANGE, AccountKind.TRANSIT, sent.minor), sent.currency),
    ]


def exchange_result(difference_minor: int) -> Posting | None:
    """Return how what exchanging cost more than was booked (below zero: less) goes to gain and loss."""
    return _between(AccountKind.FUNDING, AccountKind.EXCHANGE_RESULT, difference_minor)


def settling(net_minor: int) -> Posting | None:
    """Return how the money of one commission leaves a payout that arrived."""
    return _between(AccountKind.RESERVED, AccountKind.PAID, net_minor)


class NoSecondPerson(StrEnum):
    """Why somebody is no second person for a run."""

    PREPARED_IT = "prepared_it"
    CHANGED_A_METHOD = "changed_a_method"


def no_second_person(*, approver: str, preparer: str, changers: Collection[str]) -> NoSecondPerson | None:
    """Return why somebody may not approve a run, or None for whoever may: two people stand behind every payout."""
    if approver == preparer:
        return NoSecondPerson.PREPARED_IT
    return NoSecondPerson.CHANGED_A_METHOD if approver in changers else None


def _between(source: AccountKind, destination: AccountKind, net_minor: int) -> Posting | None:
    if not net_minor:
        return None
    return Posting(source, destination, net_minor) if net_minor > 0 else Posting(destination, source, -net_minor)
