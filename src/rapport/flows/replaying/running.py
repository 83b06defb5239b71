"""Run a replay: read the period page by page, judge each story by what was promised and by the draft, add up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from rapport.apps.conversions.past import orders_between, stories_between
from rapport.apps.payouts.queries import bank_day_of, settings_of
from rapport.apps.programs.queries import terms_by_version
from rapport.domain.payday import next_payday
from rapport.domain.terms import Payout
from rapport.flows.offers import load_offer
from rapport.flows.replaying.adding import MOST_PRODUCTS, Sums, figures_of, groups_of
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.cash import calendar_of, flow_of
from rapport.flows.replaying.comparing import Comparing
from rapport.flows.replaying.periods import CountedPeriods
from rapport.flows.replaying.result import Figures, Group, Proof, Replayed
from rapport.kit.clock import to_ms

FAST_FROM: Final = 2_000
"""Above so many orders the facts are kept as columns, and terms run over these."""
PAGE: Final = 500
"""Orders that are read at once."""

Tell = Callable[[int], None]
"""Hears how many orders were looked at."""


def replay(asked: Asked, *, at: datetime, tell: Tell = lambda _done: None) -> Replayed:
    """Return what was paid then and what the draft would pay, for everything that occurred in the period."""
    comparing = Comparing(asked, load_offer(asked.program.id), to_ms(at))
    proof = Proof()
    pays_visits = any(terms.clicks or terms.views for terms in (asked.terms, *comparing.offer.terms.values()))
    if orders_asked_for(asked) > FAST_FROM:
        # Its libraries are large, and most replays are small.
        from rapport.flows.replaying.columns.answering import CannotAnswer, answer_by_columns  # noqa: PLC0415 - see above

        sums = Sums(frozenset(asked.partners), Payouts(asked).payday)
        try:
            answered = answer_by_columns(comparing, sums, tell=tell)
        except CannotAnswer as cannot:
            proof = cannot.proof
        else:
            told = replace(answered.proof, visits_left_out=pays_visits)
            return answer_of(asked, sums, looked_at=answered.looked_at, proof=told)
    return _judged_again(comparing, replace(proof, visits_left_out=pays_visits), tell=tell)


def _judged_again(comparing: Comparing, proof: Proof, *, tell: Tell) -> Replayed:
    asked, sums, looked_at = (
        comparing.asked,
        Sums(frozenset(comparing.asked.partners), Payouts(comparing.asked).payday),
        0,
    )
    periods = CountedPeriods(asked, comparing.draft)
    period = {"from_at": asked.from_at, "until_at": asked.until_at}
    for keys, seen in stories_between(asked.program.id, **period, size=PAGE):
        for line in comparing.lines(keys, periods=periods):
            sums.add(line)
        looked_at += seen
        tell(looked_at)
    for line in periods.lines():
        sums.add(line)
    return answer_of(asked, sums, looked_at=looked_at, proof=proof)


def orders_asked_for(asked: Asked) -> int:
    """Return how many orders a replay looks at."""
    return orders_between(asked.program.id, from_at=asked.from_at, until_at=asked.until_at).count()


def answer_of(asked: Asked, sums: Sums, *, looked_at: int, proof: Proof) -> Replayed:
    """Return the answer that sums come to."""
    payouts = Payouts(asked)
    then, now = flow_of(sums.due_then, payout_of=payouts.of), flow_of(sums.due_now, payout_of=payouts.of)
    products, more = _products(groups_of(sums.by_product))
    return Replayed(
        program_id=asked.program.id,
        currency=asked.program.currency,
        zone=asked.program.zone,
        terms_digest=asked.digest,
        first_on=asked.first_on,
        last_on=asked.last_on,
        partners=asked.partners,
        own_too=asked.own_too,
        looked_at=looked_at,
        totals=figures_of(sums.totals),
        by_partner=tuple(groups_of(sums.by_partner)),
        by_product=products,
        by_month=tuple(sorted(groups_of(sums.by_month), key=lambda group: group.key)),
        calendar=calendar_of(then, now),
        waiting_then_minor=then.waiting_minor,
        waiting_now_minor=now.waiting_minor,
        hands=sums.all_hands,
        unlike_books=sums.unlike_books,
        orders=sums.orders,
        orders_changed=sums.changed,
        more_products=more,
        proof=proof,
    )


def _products(groups: list[Group]) -> tuple[tuple[Group, ...], int]:
    """Keep the products that pay most; the others stand together, so that the sum stays what it is."""
    if len(groups) <= MOST_PRODUCTS:
        return tuple(groups), 0
    rest = sum((group.figures for group in groups[MOST_PRODUCTS:]), Figures())
    return (*groups[:MOST_PRODUCTS], Group(OTHERS, rest)), len(groups) - MOST_PRODUCTS


OTHERS: Final = "…"
"""The key of all products that are not told apart."""


class Payouts:
    """The payout terms of versions and the days on which they pay; a draft's are those that were asked for."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._country = settings_of(asked.program).country
        self.payday = lru_cache(maxsize=100_000)(self._payday)

    def of(self, version_id: str) -> Payout:
        """Return the payout terms of a version; those of the draft for an empty one."""
        if not version_id:
            return self._asked.terms.payout
        return terms_by_version([version_id], currency=self._asked.program.currency)[version_id].payout

    def _payday(self, version_id: str, payable_on: date) -> date:
        return bank_day_of(self._country, next_payday(self.of(version_id), after=payable_on))
