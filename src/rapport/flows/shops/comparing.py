"""Compare a shop's own list of orders with what is known here, and repair what differs by the road of every report."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.queries import conversions_of
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.apps.record.write import transaction
from rapport.apps.shops.actions import begin_comparison, fail_comparison, finish_comparison, note_repaired
from rapport.apps.shops.actions.comparing import Found
from rapport.apps.shops.errors import ShopRefused
from rapport.apps.shops.models import Comparison, Difference, Fate, Shop, ShopOrder
from rapport.apps.shops.orders import Gone, OrderState, Reversal, Told
from rapport.apps.shops.queries import comparisons_of, orders_between, orders_named
from rapport.flows.offers import load_offer
from rapport.flows.shops.taking import client_of
from rapport.flows.shops.telling import Came, Teller

LOOKS_BACK = timedelta(days=35)
NOT_YET = timedelta(minutes=10)
"""Orders younger than this are left out: their messages may still be on the way."""


@dataclass
class _Listed:
    """The shop's list, by number."""

    states: dict[str, OrderState] = field(default_factory=dict)
    reversals: list[Reversal] = field(default_factory=list)


def compare(shop: Shop, *, from_at: datetime, until_at: datetime, by: Actor, at: datetime) -> Comparison:
    """Compare the orders of some days; the shop's list is read outside of any transaction."""
    comparison = begin_comparison(shop=shop, from_at=from_at, until_at=until_at, by=by, at=at)
    return carry_on(comparison, at=at)


def carry_on(comparison: Comparison, *, at: datetime) -> Comparison:
    """Do what a comparison that was begun is for."""
    shop = comparison.shop
    try:
        client = client_of(shop, at=at)
        told = list(client.orders(from_at=comparison.from_at, until_at=comparison.until_at))
        changed = list(client.changed(from_at=comparison.from_at, until_at=comparison.until_at))
    except (ShopRefused, Refusal) as refusal:
        fail_comparison(comparison, problem=refusal.sentence, at=at)
        return comparison
    teller = Teller(shop=shop, offer=load_offer(shop.program_id), by=Actor.system("shops"), at=at)
    listed = _listed(told, teller)
    older = {number: state for number, state in _listed(changed, teller).items() if number not in listed}
    # What was ordered before the shop was connected is not known here, and nothing is missing of it.
    known = orders_named(shop.id, older)
    found = _differences(comparison, listed | {number: older[number] for number in known})
    counting = [one for one in listed.values() if one.counts]
    figures = {
        "there": len(counting),
        "here": len(orders_between(shop.id, from_at=comparison.from_at, until_at=comparison.until_at)),
        **{fate.value: sum(1 for one in found if one.fate == fate) for fate in Fate},
        "foreign": sum(1 for one in counting if one.currency != shop.program.currency),
    }
    finish_comparison(comparison, found=found, figures=figures, at=at)
    return comparison


def compare_lately(shop: Shop, *, by: Actor, at: datetime) -> Comparison:
    """Compare the orders of the last weeks, those of a few minutes ago left out."""
    return compare(shop, from_at=at - LOOKS_BACK, until_at=at - NOT_YET, by=by, at=at)


def repair(difference: Difference, *, by: Actor, at: datetime) -> Difference:
    """Tell the shop's state of one order; doing it twice changes nothing."""
    if difference.repaired_at is not None:
        return difference
    shop = difference.comparison.shop
    offer = load_offer(shop.program_id)
    with transaction():
        teller = Teller(shop=shop, offer=offer, by=by, at=at)
        gone = difference.fate == Fate.MISSING_THERE
        number = difference.number.removeprefix(teller.prefixed(""))
        came = teller.gone(Gone(number)) if gone else teller.order(OrderState.of(difference.told))
        note_repaired(difference, outcome=_words(came), by=by, at=at)
    return difference


def repair_all(comparison: Comparison, rows: Iterable[Difference], *, by: Actor, at: datetime) -> tuple[int, list[str]]:
    """Repair what a comparison found; return how many were, and why others were not."""
    del comparison
    repaired, refused = 0, []
    for row in rows:
        try:
            repair(row, by=by, at=at)
            repaired += 1
        except Refusal as refusal:
            sentence = next(iter(refusal.fields.values()), refusal.sentence)
            refused.append(f"{row.number}: {sentence}")
    return repaired, refused


def last_comparison(shop: Shop) -> Comparison | None:
    """Return the last comparison of a shop that came to its end."""
    return comparisons_of(shop.id).first()


def _listed(told: Iterable[Told], teller: Teller) -> dict[str, OrderState]:
    """Return the shop's orders by number with everything that was taken from each, as they are named here."""
    listed = _Listed()
    for one in told:
        if isinstance(one, OrderState):
            number = teller.prefixed(one.number)
            known = listed.states.get(number)
            listed.states[number] = one if known is None else _joined(known, one)
        elif isinstance(one, Reversal):
            listed.reversals.append(one)
    by_payment = {one.payment: number for number, one in listed.states.items() if one.payment}
    for reversal in listed.reversals:
        of = by_payment.get(reversal.of) or teller.prefixed(reversal.of)
        if of in listed.states:
            state = listed.states[of]
            listed.states[of] = replace(state, reversals=(*state.reversals, reversal))
    return listed.states


def _joined(one: OrderState, other: OrderState) -> OrderState:
    """Join two tellings of one order: the later has the amounts, both have facts."""
    later, earlier = (one, other) if one.version_ms >= other.version_ms else (other, one)
    return replace(
        later,
        click_ids=tuple(dict.fromkeys((*earlier.click_ids, *later.click_ids))),
        coupons=tuple(dict.fromkeys((*earlier.coupons, *later.coupons))),
        code_ids=tuple(dict.fromkeys((*earlier.code_ids, *later.code_ids))),
        payment=later.payment or earlier.payment,
        customer=later.customer or earlier.customer,
    )


def _differences(comparison: Comparison, listed: dict[str, OrderState]) -> list[Found]:
    shop, program = comparison.shop, comparison.shop.program
    here = _here(program, orders_named(shop.id, listed))
    found = [
        difference
        for number, state in listed.items()
        if (difference := _difference(number, state, here.get(number))) is not None
    ]
    missing = [
        row
        for row in orders_between(shop.id, from_at=comparison.from_at, until_at=comparison.until_at)
        if row.number not in listed
    ]
    known = _here(program, {row.number: row for row in missing})
    return found + [
        Found(
            Fate.MISSING_THERE,
            row.number,
            None,
            known[row.number].remaining_minor,
            known[row.number].currency,
            row.conversion_id,
            {},
        )
        for row in missing
        if row.number in known and known[row.number].remaining_minor
    ]


def _here(program: Program, orders: dict[str, ShopOrder]) -> dict[str, Conversion]:
    ids = {row.conversion_id: number for number, row in orders.items() if row.conversion_id}
    rows = conversions_of(program.id).filter(pk__in=list(ids))
    return {ids[row.id]: row for row in rows}


def _difference(number: str, state: OrderState, here: Conversion | None) -> Found | None:
    if here is not None and state.currency != here.currency:
        return None  # a person looks at it already, and no repair would make one currency of two
    there = state.left_minor
    if here is None:
        if not state.counts or (state.cancelled and not there):
            return None
        return Found(Fate.MISSING_HERE, number, there, None, state.currency, "", state.kept())
    if here.remaining_minor == there:
        return None
    return Found(Fate.DIFFERS, number, there, here.remaining_minor, state.currency, here.id, state.kept())


def _words(came: Iterable[Came]) -> str:
    said = [sentence for one in came for sentence in one.sentences]
    news = [one for one in came if one.taken not in {"known", "ignored"}]
    if not news:
        return _("Nothing was new here: the amount comes from another report. Look at the order.")
    return " ".join([_("Told again."), *said])
