"""Say which rules of the terms were asked about an order, and why those that pay nothing do not."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from rapport.domain.judgement import Decision, Unpaid
from rapport.domain.money import Money, round_half_up
from rapport.domain.terms.tree import Fact
from rapport.flows.explaining.words import day_words, money_words

_MONEY = frozenset({Fact.AMOUNT, Fact.PRICE})


def rule_sentences(decision: Decision, currency: str) -> Iterator[str]:
    """Say what each rule pays, where several were asked; nothing where only one had anything to say."""
    if not decision.unpaid and len(decision.lines) < 2:  # noqa: PLR2004 - one rule alone
        return
    for line in decision.lines:
        paid = {"rule": line.rule, "amount": money_words(Money(line.target_minor, currency))}
        yield _("The rule “%(rule)s” pays %(amount)s.") % paid
    for one in decision.unpaid:
        yield _unpaid(one, currency)


def _unpaid(one: Unpaid, currency: str) -> str:
    told = {
        "rule": one.rule,
        "fact": fact_words(one.asks),
        "wants": _wants(one, currency),
        "told": value_words(one.asks, one.told, currency),
    }
    if not one.told:
        return (
            _("The rule “%(rule)s” pays nothing: it asks for %(fact)s: %(wants)s; the order does not tell it.") % told
        )
    return _("The rule “%(rule)s” pays nothing: it asks for %(fact)s: %(wants)s; here it is %(told)s.") % told


def fact_words(asks: str) -> str:
    """Name what a rule asks for."""
    return {
        Fact.CUSTOMER: _("the customer"),
        Fact.COUNTRY: _("the country"),
        Fact.DEVICE: _("the device"),
        Fact.COUPON: _("a code of the partner"),
        Fact.COUPON_CODE: _("the code"),
        Fact.SEGMENT: _("what the partner does"),
        Fact.PLACEMENT: _("the placement"),
        Fact.CHANNEL: _("the channel"),
        Fact.WEEKDAY: _("the day of the week"),
        Fact.HOUR: _("the hour"),
        Fact.DAY: _("the day"),
        Fact.AMOUNT: _("the amount of the order"),
        Fact.QUANTITY: _("the number of pieces"),
        Fact.MONTHS_SINCE_FIRST: _("months since the first order"),
        Fact.TIMES_BEFORE: _("payments before this one"),
        Fact.PRODUCT: _("the product"),
        Fact.CATEGORY: _("the category"),
        Fact.BRAND: _("the brand"),
        Fact.PRICE: _("the price of a piece"),
        Fact.COST: _("the cost"),
    }.get(Fact(asks), asks)


def value_words(asks: str, told: str, currency: str) -> str:
    """Say what was told: amounts as money, days as days."""
    if not told:
        return ""
    if asks in _MONEY:
        return money_words(Money(round_half_up(Fraction(told)), currency))
    return day_words(date.fromordinal(int(told))) if asks == Fact.DAY else told


def _wants(one: Unpaid, currency: str) -> str:
    bounds = dict(want.split(" ") for want in one.wants if want.startswith((">= ", "< ")))
    if bounds:
        return _bounds(bounds, one.asks, currency)
    return _any(one.wants)


def _bounds(bounds: dict[str, str], asks: str, currency: str) -> str:
    words = {">=": _("at least %(value)s"), "<": _("less than %(value)s")}
    if asks == Fact.DAY:
        words = {">=": _("from %(value)s on"), "<": _("before %(value)s")}
    return ", ".join(words[sign] % {"value": value_words(asks, value, currency)} for sign, value in bounds.items())


def _any(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(first)s or %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
