"""Judge stories once and write down, as whole numbers, what any other terms need to know of their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any, Final

from rapport.apps.commissions.past import Held, held_for
from rapport.apps.conversions.past import BasketLine, baskets_of
from rapport.apps.conversions.queries import load_stories
from rapport.apps.conversions.recording import StoryKey
from rapport.domain.amounts import possible_reports, share_left
from rapport.domain.days import day_of
from rapport.domain.judge import judge
from rapport.domain.order_facts import Around, line_facts, order_facts
from rapport.domain.promises import Promises
from rapport.domain.story import Correction, DecisionKind, Story
from rapport.domain.terms.tree import Fact, Told
from rapport.flows.offers import Offer
from rapport.flows.replaying.columns.schema import FACTS, PER_PIECE, TEXT, TRUTH
from rapport.flows.replaying.columns.surroundings import arounds
from rapport.flows.replaying.comparing import Side, factor_of
from rapport.flows.replaying.lines import Share, shares_of, spread
from rapport.kit.clock import to_ms

Row = dict[str, Any]

_EPOCH: Final = date(1970, 1, 1)
_MOST_BITS: Final = 60
"""Larger numbers are left to the engine."""
_ALONE: Final = {"no", "conversion_id", "customer_id", "external_id", "kind", "day", "hard"}


@dataclass(slots=True)
class Rows:
    """The rows that one file takes; orders are numbered anew in each."""

    number: int
    facts: list[Row] = field(default_factory=list)
    shares: list[Row] = field(default_factory=list)

    def add(self, fact: Row, shares: Sequence[Row]) -> None:
        """Take an order with the lines of its basket; what only the engine can judge is kept by its name alone."""
        no = (self.number << 32) + len(self.facts)
        hard = fact["hard"] or _is_large(fact) or any(_is_large(share) for share in shares)
        self.facts.append({**(_named(fact) if hard else fact), "no": no})
        self.shares += [] if hard else [{**share, "no": no} for share in shares]


def judged_rows(keys: Sequence[StoryKey], offer: Offer, rows: Rows) -> None:
    """Judge stories by what was promised, and add all their orders."""
    loaded = load_stories(offer.program, keys=keys)
    ids = [row.id for story in loaded for row in story.conversions]
    held, baskets = held_for(ids), baskets_of(ids)
    promises = offer.promises_for(loaded)
    for one in loaded:
        beside = Beside(customer_id=one.conversions[0].customer_id or "", held=held, baskets=baskets)
        story_rows(one.story, promises, rows, beside=beside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known of the orders of stories beside them."""

    customer_id: str = ""
    held: Mapping[str, Sequence[Held]] = field(default_factory=dict)
    baskets: Mapping[str, Sequence[BasketLine]] = field(default_factory=dict)


def story_rows(story: Story, promises: Promises, rows: Rows, *, beside: Beside) -> None:
    """Judge one story by what was promised, and add all its orders."""
    judged = judge(story, promises)
    around = arounds(story, judged, promises)
    for reported in story.conversions:
        seen = _Seen(
            Side(reported, judged.on(reported.id), promises),
            beside.customer_id,
            beside.held.get(reported.id, ()),
            beside.baskets.get(reported.id, ()),
            around.get(reported.id),
            story.zone,
            Fraction(factor_of(reported.exchange, story.currency)),
        )
        fact = seen.fact()
        rows.add(fact, seen.lines(fact))


@dataclass(frozen=True, slots=True)
class _Seen:
    """One judged order with everything that is known of it."""

    side: Side
    customer_id: str
    held: Sequence[Held]
    basket: Sequence[BasketLine]
    around: Around | None
    zone: str
    factor: Fraction

    def fact(self) -> Row:
        """Return the row of the order."""
        side, amounts = self.side, self.side.decision.amounts
        shares = self._shares()
        margins = [share.margin_minor for share in shares if share.margin_minor is not None]
        ages = [self._age_ms(one) for one in side.reported.corrections if _may_be_late(one)]
        stands = Fraction(share_left(amounts, side.left))
        return {
            "conversion_id": side.reported.id,
            "customer_id": self.customer_id,
            "external_id": side.reported.external_id,
            "kind": side.reported.kind,
            "hard": self._is_hard(),
            "day": number_of(day_of(side.reported.occurred_at_ms, self.zone)),
            **self._paid(),
            "total": amounts.total_minor,
            "tax": amounts.tax_minor,
            "shipping": amounts.shipping_minor,
            "discount": amounts.discount_minor,
            "basis": side.basis_minor(self.factor),
            "factor_num": self.factor.numerator,
            "factor_den": self.factor.denominator,
            **self._left(),
            "stands_num": stands.numerator,
            "stands_den": stands.denominator,
            "first_ms": min(ages, default=None),
            "last_ms": max(ages, default=None),
            **self._known(),
            "lines": len(self.basket),
            "product": shares[0].product if len(shares) == 1 else "",
            "costed": len(margins),
            "margin": sum(margins),
        }

    def lines(self, fact: Row) -> list[Row]:
        """Return the rows of the basket; what does not depend on other terms is shared among them already."""
        if not self.basket or self.around is None:
            return []
        shares = self._shares()
        exact = [int(Fraction(share.weight) * PER_PIECE) for share in shares]
        common = reduce(gcd, exact)
        parts = {name: spread(fact[name], shares) for name in ("booked", "engine", "basis")}
        told = line_facts(self.around)
        return [
            {
                "place": position,
                "product": share.product,
                **_words(told[position]),
                "price": line.price_minor,
                "pieces": int(Fraction(line.quantity) * PER_PIECE),
                "cost": line.cost_minor,
                "weight": exact[position] // common,
                "weights": sum(exact) // common,
                "margin": share.margin_minor,
                "leads": int(_leads(shares, position)),
                "leads_cost": int(share.margin_minor is not None and _leads(_costed(shares), position)),
                **{name: part[position] for name, part in parts.items()},
            }
            for position, (share, line) in enumerate(zip(shares, self.basket, strict=True))
        ]

    def _shares(self) -> tuple[Share, ...]:
        return shares_of(self.basket, left=self.side.share_left, factor=self.factor)

    def _age_ms(self, correction: Correction) -> int:
        return correction.occurred_at_ms - self.side.reported.occurred_at_ms

    def _booked(self) -> list[Held]:
        return [one for one in self.held if one.minor]

    def _is_hard(self) -> bool:
        """Say whether only the engine can tell what other terms pay: by doubt, without a rate, by a person's word."""
        reported, booked = self.side.reported, self._booked()
        earner = self.side.decision.credit.agreement_id if self.side.decision.credit and self.side.earns else ""
        return (
            len(possible_reports(reported)) > 1
            or not self.factor
            or reported.last_decision(DecisionKind.PROPOSAL_REFUSED) is not None
            or any(one.agreement_id != earner for one in booked)
            or len(booked) > 1
        )

    def _paid(self) -> Row:
        paid, then = self.side.paid(self.zone), next(iter(self._booked()), None)
        return {
            "agreement": paid.agreement_id if paid else "",
            "version": paid.version_id if paid else "",
            "engine": paid.minor if paid else 0,
            "hold_day": number_of(paid.payable_on) if paid else 0,
            "booked": then.minor if then else 0,
            "booked_version": then.version_id if then else "",
            "booked_day": number_of(day_of(to_ms(then.hold_until), self.zone)) if then else 0,
        }

    def _left(self) -> Row:
        left = self.side.left
        parts = [Fraction(part) for part in (left.total, left.tax, left.shipping, left.discount)]
        den = lcm(*(part.denominator for part in parts))
        names = ("left_total", "left_tax", "left_shipping", "left_discount")
        return {name: int(part * den) for name, part in zip(names, parts, strict=True)} | {"left_den": den}

    def _known(self) -> Row:
        """Return what the conditions of rules ask of the order; nothing of an order from which nobody earns."""
        terms = self.side.terms
        if self.around is None or terms is None:
            return dict.fromkeys(CONDITIONS.values()) | {"window_over": False}
        told = order_facts(self.around, self.side.decision.amounts, terms.basis)
        known = {column: _cell(told[fact]) for fact, column in CONDITIONS.items()}
        quantity = told[Fact.QUANTITY]
        pieces = int(quantity * PER_PIECE) if isinstance(quantity, Fraction | int) else None
        return known | {"quantity": pieces, "window_over": self.around.window_over}


CONDITIONS: Final = {
    Fact.CUSTOMER: "customer",
    Fact.COUNTRY: "country",
    Fact.DEVICE: "device",
    Fact.COUPON: "coupon",
    Fact.COUPON_CODE: "codes",
    Fact.SEGMENT: "segment",
    Fact.PLACEMENT: "placement",
    Fact.CHANNEL: "channel",
    Fact.WEEKDAY: "weekday",
    Fact.HOUR: "hour",
    Fact.QUANTITY: "quantity",
    Fact.MONTHS_SINCE_FIRST: "months",
    Fact.TIMES_BEFORE: "times",
}
"""In which columns the facts of an order stand."""


def _cell(told: Told) -> Told:
    return "".join(f"|{one}" for one in sorted(told)) + "|" if isinstance(told, frozenset) else told


def _words(told: Mapping[Fact, Told]) -> Row:
    words = {"product_key": Fact.PRODUCT, "category": Fact.CATEGORY, "brand": Fact.BRAND}
    return {column: told.get(fact) for column, fact in words.items()}


def _costed(shares: Sequence[Share]) -> list[Share | None]:
    return [share if share.margin_minor is not None else None for share in shares]


def _leads(shares: Sequence[Share | None], position: int) -> bool:
    """Say whether a line is the first of its product."""
    mine = shares[position]
    return mine is not None and all(one is None or one.product != mine.product for one in shares[:position])


def _may_be_late(correction: Correction) -> bool:
    """Say whether a reversal window may shut it out: what adds counts whenever it comes."""
    return correction.total_minor is None or correction.total_minor <= 0


def _is_large(row: Row) -> bool:
    return any(isinstance(cell, int) and cell.bit_length() > _MOST_BITS for cell in row.values())


def _named(fact: Row) -> Row:
    """Return an order that only the engine judges: named, and otherwise empty."""
    empty = {name: "" if kind == TEXT else False if kind == TRUTH else 0 for name, kind in FACTS.items()}
    return {**empty, **{name: fact[name] for name in _ALONE if name in fact}, "hard": True}


def number_of(day: date) -> int:
    """Return a day as the number of days since 1970."""
    return (day - _EPOCH).days


def day_numbered(number: int) -> date:
    """Return the day of a number."""
    return date.fromordinal(_EPOCH.toordinal() + number)
