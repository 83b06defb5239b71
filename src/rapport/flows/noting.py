"""What terms ask for that the latest orders never told, and what they promise beyond what is left: said beforehand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction

from django.utils.translation import gettext as _

from rapport.apps.conversions.queries import latest_orders, lines_of_orders
from rapport.apps.programs.models import Program
from rapport.domain.basket import Item
from rapport.domain.terms import MarginPercent, Percent, Rule, Terms, When
from rapport.domain.terms.shapes import plain

LOOKED_AT = 2_000
"""How many of the latest orders are looked at."""

_FEWEST_WITH_COST = 20
"""Fewer lines with a cost say nothing about the margin."""

_WORDS = ("product", "category", "brand")
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Note:
    """Something to look at before anybody sees these terms: `path` names the place, as with problems."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Past:
    """What the latest orders told."""

    number: int
    items: Sequence[Item]
    countries: bool
    customers: bool

    def words(self, name: str) -> dict[str, str]:
        """Return the products, categories or brands that were told, by their small letters."""
        told = (str(getattr(item, name)) for item in self.items)
        return {word.casefold(): word for word in told if word}


def notes_of(program: Program, terms: Terms) -> list[Note]:
    """Hold terms against the latest orders of their program; nothing is said where there are none."""
    orders = latest_orders(program.id, limit=LOOKED_AT)
    if not orders:
        return []
    items = lines_of_orders([order.id for order in orders])
    past = _Past(
        number=len(orders),
        items=items,
        countries=any(order.country for order in orders),
        customers=any(order.customer_id or order.customer_status for order in orders),
    )
    return [note for place, rule in enumerate(terms.rules) for note in _notes(place, rule, past)]


def _notes(place: int, rule: Rule, past: _Past) -> Iterator[Note]:
    when = rule.when
    for name in _WORDS:
        yield from _unknown(f"rules[{place}].when.{name}", getattr(when, name), past.words(name), past.number)
    if when.price and not past.items:
        yield Note(f"rules[{place}].when.price", _no_basket(past))
    if when.country and not past.countries:
        sentence = _("None of the latest orders (%(number)s) told a country; only that of the click would count.")
        yield Note(f"rules[{place}].when.country", sentence % {"number": past.number})
    if when.customer and not past.customers:
        sentence = _("None of the latest orders (%(number)s) told whose it is. Send customer_id or customer_status.")
        yield Note(f"rules[{place}].when.customer", sentence % {"number": past.number})
    yield from _beyond_margin(place, rule, past)


def _unknown(path: str, asked: Sequence[str], told: dict[str, str], number: int) -> Iterator[Note]:
    for word in asked:
        if word.casefold() in told:
            continue
        near = get_close_matches(word.casefold(), told, n=1)
        if near:
            sentence = _("None of the latest orders (%(number)s) told “%(word)s”. Did you mean “%(near)s”?")
            yield Note(path, sentence % {"number": number, "word": word, "near": told[near[0]]})
        else:
            sentence = _("None of the latest orders (%(number)s) told “%(word)s”.")
            yield Note(path, sentence % {"number": number, "word": word})


def _no_basket(past: _Past) -> str:
    return _("None of the latest orders (%(number)s) told its basket; send lines with your orders.") % {
        "number": past.number
    }


def _beyond_margin(place: int, rule: Rule, past: _Past) -> Iterator[Note]:
    """Say where a percentage takes more than the lines that it pays have left after their cost."""
    mine = [item for item in past.items if _may_pay(rule.when, item)]
    costed = [(item.worth, item.cost_minor) for item in mine if item.cost_minor is not None]
    if isinstance(rule.pay, MarginPercent) and not costed:
        sentence = _("None of the latest orders (%(number)s) told a cost that this could be a share of.")
        yield Note(f"rules[{place}].pay", sentence % {"number": past.number})
    worth = sum((worth for worth, _cost in costed), Fraction(0))
    if not isinstance(rule.pay, Percent) or len(costed) < _FEWEST_WITH_COST or not worth:
        return
    left = Fraction(worth - sum(cost for _worth, cost in costed)) * _HUNDRED / Fraction(worth)
    if Fraction(rule.pay.percent) > left:
        sentence = _("This pays %(percent)s %%, and such lines had %(left)s %% left after their cost: you would lose.")
        told = {"percent": plain(rule.pay.percent), "left": f"{_tenths(left)}"}
        yield Note(f"rules[{place}].pay", sentence % told)


def _tenths(number: Fraction) -> str:
    return f"{round(number * 10) / 10:.1f}"


def _may_pay(when: When, item: Item) -> bool:
    asked = ((getattr(when, name), str(getattr(item, name))) for name in _WORDS)
    return all(not words or told.casefold() in {word.casefold() for word in words} for words, told in asked)
