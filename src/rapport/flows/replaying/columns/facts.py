"""Judge stories once and write down, as whole numbers, what any other terms need to know of their orders."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, Final

from rapport.apps.commissions.past import Held, held_for
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.past import baskets_of
from rapport.apps.conversions.queries import LoadedStory, load_stories
from rapport.apps.conversions.recording import StoryKey
from rapport.domain.amounts import possible_reports, share_left
from rapport.domain.days import day_of
from rapport.domain.judge import judge
from rapport.domain.judgement import Outcome
from rapport.domain.story import Correction, DecisionKind, ReportedConversion
from rapport.flows.offers import Offer
from rapport.flows.replaying.comparing import Side, factor_of
from rapport.flows.replaying.lines import Share, shares_of, spread
from rapport.kit.clock import to_ms

Row = dict[str, Any]

_EPOCH: Final = date(1970, 1, 1)
_MOST_BITS: Final = 96
"""Larger products are left to the engine: the statements count in 127 bits, and percentages take twenty of them."""
_MOST_BITS_OF_WEIGHT: Final = 60
_NOTHING: Final = {
    "hard": True,
    "left_total": 0,
    "left_tax": 0,
    "left_shipping": 0,
    "left_discount": 0,
    "left_den": 1,
    "stands_num": 0,
    "stands_den": 1,
    "factor_num": 0,
    "factor_den": 1,
}
"""What stands in the columns of an order that is left to the engine."""
_PER_PIECE: Final = 10_000
"""Quantities have four decimals."""


@dataclass(slots=True)
class Rows:
    """The rows that one file takes; orders are numbered anew in each."""

    number: int
    facts: list[Row]
    shares: list[Row]

    def add(self, fact: Row, shares: Sequence[Row]) -> None:
        """Take an order with the shares of its basket."""
        no = (self.number << 32) + len(self.facts)
        self.facts.append({**fact, "no": no})
        self.shares += [{**share, "no": no} for share in shares]


def judged_rows(keys: Sequence[StoryKey], offer: Offer, rows: Rows) -> None:
    """Judge stories by what was promised, and add all their orders."""
    loaded = load_stories(offer.program, keys=keys)
    ids = [row.id for story in loaded for row in story.conversions]
    held, baskets = held_for(ids), baskets_of(ids)
    promises = offer.promises_for(loaded)
    for story in loaded:
        judged = judge(story.story, promises)
        for row, reported in _orders(story):
            side = Side(reported, judged.on(reported.id), promises)
            factor = factor_of(reported.exchange, offer.program.currency)
            told = shares_of(baskets.get(row.id, ()), left=side.share_left, factor=factor)
            fact = _fact(side, row, held.get(row.id, ()), zone=offer.program.zone, factor=Fraction(factor))
            shares = _shares(fact, told)
            if fact["hard"] or any(share["weights"] >> _MOST_BITS_OF_WEIGHT for share in shares):
                rows.add({**fact, **_NOTHING, **_basket(told)}, [])
            else:
                rows.add({**fact, **_basket(told)}, shares)


def _orders(story: LoadedStory) -> Iterator[tuple[Conversion, ReportedConversion]]:
    return zip(story.conversions, story.story.conversions, strict=True)


def _fact(side: Side, row: Conversion, held: Sequence[Held], *, zone: str, factor: Fraction) -> Row:
    reported = side.reported
    paid = side.paid(zone)
    booked = [one for one in held if one.minor]
    then = booked[0] if booked else None
    left = _left(side)
    stands = Fraction(share_left(side.decision.amounts, side.left))
    ages = [one.occurred_at_ms - reported.occurred_at_ms for one in reported.corrections if _may_be_late(one)]
    amounts = side.decision.amounts
    fact = {
        "conversion_id": row.id,
        "customer_id": row.customer_id or "",
        "external_id": row.external_id,
        "kind": row.kind,
        "day": _number(day_of(reported.occurred_at_ms, zone)),
        "agreement": paid.agreement_id if paid else "",
        "version": paid.version_id if paid else "",
        "engine": paid.minor if paid else 0,
        "hold_day": _number(paid.payable_on) if paid else 0,
        "then": then.minor if then else 0,
        "then_version": then.version_id if then else "",
        "then_day": _number(day_of(to_ms(then.hold_until), zone)) if then else 0,
        **left,
        "stands_num": stands.numerator,
        "stands_den": stands.denominator,
        "factor_num": factor.numerator,
        "factor_den": factor.denominator,
        "basis": side.basis_minor(factor),
        "first_ms": min(ages, default=None),
        "last_ms": max(ages, default=None),
        "total": amounts.total_minor,
        "tax": amounts.tax_minor,
        "shipping": amounts.shipping_minor,
        "discount": amounts.discount_minor,
        "corrections": json.dumps([_told(one, reported) for one in reported.corrections], separators=(",", ":"))
        if reported.corrections
        else "",
        "currency": reported.exchange.currency if reported.exchange else "",
        "rate": reported.exchange.rate.text if reported.exchange and reported.exchange.rate else "",
    }
    return {**fact, "hard": _is_hard(side, fact, [one.agreement_id for one in booked])}


def _left(side: Side) -> dict[str, int]:
    left = side.left
    parts = [Fraction(part) for part in (left.total, left.tax, left.shipping, left.discount)]
    den = lcm(*(part.denominator for part in parts))
    names = ("left_total", "left_tax", "left_shipping", "left_discount")
    return {name: int(part * den) for name, part in zip(names, parts, strict=True)} | {"left_den": den}


def _is_hard(side: Side, fact: Mapping[str, Any], booked: Sequence[str]) -> bool:
    """Say whether only the engine can tell what other terms pay: by doubt, by a person's word, or by size."""
    reported = side.reported
    return (
        len(possible_reports(reported)) > 1
        or side.decision.outcome is Outcome.NO_RATE
        or reported.last_decision(DecisionKind.PROPOSAL_REFUSED) is not None
        or any(one != fact["agreement"] for one in booked)
        or len(booked) > 1
        or _bits(fact) > _MOST_BITS
    )


def _bits(fact: Mapping[str, Any]) -> int:
    basis = (int(fact["left_total"]) + int(fact["left_discount"])).bit_length() + int(fact["factor_num"]).bit_length()
    under = int(fact["left_den"]).bit_length() + int(fact["factor_den"]).bit_length()
    stands = int(fact["stands_num"]).bit_length() + int(fact["stands_den"]).bit_length()
    most_in_a_column = 63
    whole = max(int(fact[name]).bit_length() for name in ("factor_num", "factor_den", "left_total", "left_den"))
    return _MOST_BITS + 1 if whole > most_in_a_column else max(basis, under, stands)


def _may_be_late(correction: Correction) -> bool:
    """Say whether a reversal window may shut it out: what adds counts whenever it comes."""
    return correction.total_minor is None or correction.total_minor <= 0


def _told(one: Correction, reported: ReportedConversion) -> list[object]:
    age_ms = one.occurred_at_ms - reported.occurred_at_ms
    return [one.kind.value, age_ms, one.total_minor, one.tax_minor, one.shipping_minor, one.discount_minor]


def _basket(told: Sequence[Share]) -> Row:
    margins = [share.margin_minor for share in told if share.margin_minor is not None]
    return {
        "shares": len(told),
        "product": told[0].product if len(told) == 1 else "",
        "costed": len(margins),
        "margin": sum(margins),
    }


def _shares(fact: Row, told: Sequence[Share]) -> list[Row]:
    """Return the shares of a basket of several lines; what does not depend on other terms is shared here already."""
    if len(told) == 1:
        return []
    weights = [int(Fraction(share.weight) * _PER_PIECE) for share in told]
    parts = {name: spread(fact[name], told) for name in ("then", "engine", "basis")}
    return [
        {
            "position": position,
            "product": share.product,
            "weight": weights[position],
            "weights": sum(weights),
            "margin": share.margin_minor,
            **{name: part[position] for name, part in parts.items()},
        }
        for position, share in enumerate(told)
    ]


def _number(day: date) -> int:
    """Return a day as the number of days since 1970."""
    return (day - _EPOCH).days


def day_numbered(number: int) -> date:
    """Return the day of a number."""
    return date.fromordinal(_EPOCH.toordinal() + number)
