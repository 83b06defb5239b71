"""One rule in words: what it pays, for what, under which conditions and bounds."""

from collections.abc import Callable, Iterator
from datetime import date

from rapport.domain.terms.conditions import Between, CouponCondition, CustomerStatus, Device, Weekday, When
from rapport.domain.terms.model import Terms
from rapport.domain.terms.rules import Choice, Flat, MarginPercent, PerUnit, Rule
from rapport.domain.terms.saying import amount_words, any_of, decimal_words, kind_words, segment_words, weekday_words
from rapport.domain.terms.shapes import plain
from rapport.domain.terms.speech import ENGLISH, Speech


def is_bare(rule: Rule) -> bool:
    """Say whether a rule asks for nothing but its kind and has no bounds."""
    return rule == Rule(rule.name, When(kind=rule.when.kind), rule.pay)


def pay_words(rule: Rule, terms: Terms, speech: Speech) -> str:
    """Say what a rule pays for what, without its conditions."""
    kind = kind_words(rule.when.kind, speech)
    if isinstance(rule.pay, Flat):
        amount = amount_words(rule.pay.flat_minor, terms.currency, speech)
        return speech.gettext("%(amount)s for every %(kind)s") % {"amount": amount, "kind": kind}
    if isinstance(rule.pay, PerUnit):
        amount = amount_words(rule.pay.per_unit_minor, terms.currency, speech)
        return speech.gettext("%(amount)s for every piece of a %(kind)s") % {"amount": amount, "kind": kind}
    sentence = (
        speech.gettext("%(percent)s %% of our margin on every %(kind)s")
        if isinstance(rule.pay, MarginPercent)
        else speech.gettext("%(percent)s %% of every %(kind)s")
    )
    return sentence % {"percent": decimal_words(plain(rule.pay.percent), speech), "kind": kind}


def rule_sentence(rule: Rule, terms: Terms, speech: Speech) -> str:
    """Say one rule as a sentence of its own, with everything that it asks."""
    parts = [pay_words(rule, terms, speech), *_conditions(rule.when, terms, speech), *_bounds(rule, terms, speech)]
    return speech.gettext("%(rule)s.") % {"rule": ", ".join([*parts, *_recurring(rule, speech)])}


def rule_words(rule: Rule, terms: Terms, *, speech: Speech = ENGLISH) -> str:
    """Say a rule as a sentence where it asks for more than its kind; nothing where it does not."""
    return "" if is_bare(rule) else rule_sentence(rule, terms, speech)


def choice_sentence(choice: Choice, speech: Speech) -> str:
    """Say which of several rules that match count."""
    return {
        Choice.FIRST: speech.gettext("For each part of an order the first of these that fits counts."),
        Choice.BEST: speech.gettext("For each part of an order the one that pays you most counts."),
        Choice.ALL: speech.gettext("Everything of this that fits an order is added up."),
    }[choice]


def _conditions(when: When, terms: Terms, speech: Speech) -> Iterator[str]:
    """Say the conditions in the order of the language."""
    yield from _line_conditions(when, terms, speech)
    yield from _order_conditions(when, terms, speech)
    yield from _partner_conditions(when, speech)
    yield from _time_conditions(when, speech)


def _line_conditions(when: When, terms: Terms, speech: Speech) -> Iterator[str]:
    if when.product:
        yield speech.gettext("for the products %(words)s") % {"words": any_of(when.product, speech)}
    if when.category:
        yield speech.gettext("for products of the categories %(words)s") % {"words": any_of(when.category, speech)}
    if when.brand:
        yield speech.gettext("for products of the brands %(words)s") % {"words": any_of(when.brand, speech)}
    if when.price:
        price = _between(when.price, speech, lambda minor: amount_words(minor, terms.currency, speech))
        yield speech.gettext("with a price of %(bounds)s a piece") % {"bounds": price}


def _order_conditions(when: When, terms: Terms, speech: Speech) -> Iterator[str]:
    if when.amount:
        amount = _between(when.amount, speech, lambda minor: amount_words(minor, terms.currency, speech))
        yield speech.gettext("for orders of %(bounds)s") % {"bounds": amount}
    if when.quantity:
        yield speech.gettext("with %(bounds)s pieces") % {"bounds": _between(when.quantity, speech, str)}
    if when.customer:
        yield {
            CustomerStatus.NEW: speech.gettext("by new customers"),
            CustomerStatus.RETURNING: speech.gettext("by customers who bought before"),
        }[when.customer]
    if when.country:
        yield speech.gettext("from the countries %(words)s") % {"words": any_of(when.country, speech)}
    if when.device:
        yield speech.gettext("clicked on %(words)s") % {
            "words": any_of([_device(one, speech) for one in when.device], speech)
        }


def _partner_conditions(when: When, speech: Speech) -> Iterator[str]:
    if when.coupon:
        yield {
            CouponCondition.WITH: speech.gettext("with a code of yours"),
            CouponCondition.WITHOUT: speech.gettext("without a code of yours"),
        }[when.coupon]
    if when.coupon_code:
        yield speech.gettext("with the codes %(words)s") % {"words": any_of(when.coupon_code, speech)}
    if when.segment:
        segments = [segment_words(segment, speech) for segment in when.segment]
        yield speech.gettext("brought by %(words)s") % {"words": any_of(segments, speech)}
    if when.placement:
        yield speech.gettext("through the placements %(words)s") % {"words": any_of(when.placement, speech)}
    if when.channel:
        yield speech.gettext("through the channels %(words)s") % {"words": any_of(when.channel, speech)}


def _time_conditions(when: When, speech: Speech) -> Iterator[str]:
    if when.weekday:
        names = dict(zip(Weekday, weekday_words(speech), strict=True))
        yield speech.gettext("ordered on %(words)s") % {"words": any_of([names[day] for day in when.weekday], speech)}
    if when.hour:
        yield _hours(when.hour, speech)
    if when.from_day or when.until_day:
        yield _days(when.from_day, when.until_day, speech)


def _bounds(rule: Rule, terms: Terms, speech: Speech) -> Iterator[str]:
    if rule.at_least_minor is not None:
        least = amount_words(rule.at_least_minor, terms.currency, speech)
        yield speech.gettext("at least %(amount)s an order") % {"amount": least}
    if rule.at_most_minor is not None:
        most = amount_words(rule.at_most_minor, terms.currency, speech)
        yield speech.gettext("at most %(amount)s an order") % {"amount": most}


def _recurring(rule: Rule, speech: Speech) -> Iterator[str]:
    if rule.recurring is None:
        return
    months, times = rule.recurring.months, rule.recurring.times
    if months is None and times is None:
        yield speech.gettext("for as long as the customer pays")
    if months is not None:
        sentence = speech.ngettext(
            "for %(months)s month after the first order", "for %(months)s months after the first order", months
        )
        yield sentence % {"months": months}
    if times is not None:
        sentence = speech.ngettext("%(times)s time a customer", "%(times)s times a customer", times)
        yield sentence % {"times": times}


def _between(bounds: Between, speech: Speech, words: Callable[[int], str]) -> str:
    if bounds.below is None:
        return speech.gettext("at least %(least)s") % {"least": words(bounds.least or 0)}
    if bounds.least is None:
        return speech.gettext("less than %(below)s") % {"below": words(bounds.below)}
    told = {"least": words(bounds.least), "below": words(bounds.below)}
    return speech.gettext("at least %(least)s and less than %(below)s") % told


def _hours(bounds: Between, speech: Speech) -> str:
    told = {"least": f"{bounds.least or 0}:00", "below": f"{24 if bounds.below is None else bounds.below}:00"}
    return speech.gettext("ordered between %(least)s and %(below)s") % told


def _days(first: date | None, last: date | None, speech: Speech) -> str:
    told = {"first": first, "last": last}
    if last is None:
        return speech.gettext("from %(first)s on") % told
    if first is None:
        return speech.gettext("until %(last)s") % told
    return speech.gettext("from %(first)s until %(last)s") % told


def _device(device: Device, speech: Speech) -> str:
    return {
        Device.PHONE: speech.gettext("a phone"),
        Device.TABLET: speech.gettext("a tablet"),
        Device.DESKTOP: speech.gettext("a computer"),
        Device.OTHER: speech.gettext("another device"),
    }[device]
