"""What can only be seen when a whole document is read: rules that contradict each other, or are never reached."""

from collections.abc import Callable
from itertools import combinations
from typing import Final

from rapport.domain.terms.conditions import Between, When
from rapport.domain.terms.model import Calendar, Terms
from rapport.domain.terms.place import Place
from rapport.domain.terms.rules import Choice, MarginPercent, Percent, Recurring, Rule
from rapport.domain.terms.shapes import plain

_LAST_DAY: Final = {Calendar.WEEKLY: 7, Calendar.TWICE_MONTHLY: 14, Calendar.MONTHLY: 28}
_BOUNDS: Final = ("price", "amount", "quantity", "hour")
_WORDS: Final = (
    *("product", "category", "brand", "country", "device", "coupon_code"),
    *("segment", "placement", "channel", "weekday"),
)
_CHOICES: Final = ("customer", "coupon", "from_day", "until_day")
_REBILL: Final = "rebill"
_WHOLE: Final = 100


def _names_are_used_once(terms: Terms, place: Place) -> None:
    names: set[str] = set()
    for index, rule in enumerate(terms.rules):
        if rule.name in names:
            place.inside("rules").item(index).inside("name").refuse(
                place.speech.gettext("Another rule is called “%(name)s” already. Give every rule its own name."),
                name=rule.name,
            )
        names.add(rule.name)


def _every_rule_is_reached(terms: Terms, place: Place) -> None:
    """Where the first that matches pays, a rule behind one that asks no more than it never does."""
    if terms.choice is not Choice.FIRST:
        return
    for index, rule in enumerate(terms.rules):
        taken = next((other for other in terms.rules[:index] if _takes_all(other, rule)), None)
        if taken:
            place.inside("rules").item(index).inside("when").refuse(
                place.speech.gettext(
                    "This rule is never reached: the rule “%(first)s” before it takes every %(kind)s. "
                    "Remove one of the two, or change its kind."
                )
                if taken.when == When(kind=rule.when.kind)
                else place.speech.gettext(
                    "This rule is never reached: the rule “%(first)s” before it matches everything that this one does. "
                    "Move this rule up, or ask less in it."
                ),
                first=taken.name,
                kind=rule.when.kind,
            )


def _takes_all(first: Rule, second: Rule) -> bool:
    """Say whether the first rule matches wherever the second does."""
    # A share of the margin leaves the lines whose cost nobody told.
    if isinstance(first.pay, MarginPercent) and not isinstance(second.pay, MarginPercent):
        return False
    if first.recurring not in (second.recurring, Recurring()):
        return False
    return first.when.kind == second.when.kind and _asks_no_more(first.when, second.when)


def _asks_no_more(first: When, second: When) -> bool:
    words = all(_holds_words(getattr(first, name), getattr(second, name)) for name in _WORDS)
    bounds = all(_holds_bounds(getattr(first, name), getattr(second, name)) for name in _BOUNDS)
    choices = all(
        getattr(first, name) in (None, getattr(second, name))
        for name in ("customer", "coupon", "from_day", "until_day")
    )
    return words and bounds and choices


def _holds_words(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or (bool(second) and {word.casefold() for word in second} <= {word.casefold() for word in first})


def _holds_bounds(first: Between | None, second: Between | None) -> bool:
    return first is None or (second is not None and first.holds(second))


def _conditions_can_hold(terms: Terms, place: Place) -> None:
    for index, rule in enumerate(terms.rules):
        when = place.inside("rules").item(index).inside("when")
        for name in _BOUNDS:
            bounds = getattr(rule.when, name)
            if bounds is not None:
                _bounds_can_hold(bounds, when.inside(name))
        first, last = rule.when.from_day, rule.when.until_day
        if first and last and last < first:
            when.inside("until").refuse(
                when.speech.gettext("The last day lies before the first, so this rule never matches.")
            )


def _bounds_can_hold(bounds: Between, place: Place) -> None:
    if bounds.least is None and bounds.below is None:
        place.refuse(place.speech.gettext("Write “from”, “below” or both."))
    elif bounds.least is not None and bounds.below is not None and bounds.below <= bounds.least:
        place.inside("below").refuse(
            place.speech.gettext("This is not more than “from”, so nothing ever matches. Write a greater number.")
        )


def _bounds_of_pay_fit(terms: Terms, place: Place) -> None:
    for index, rule in enumerate(terms.rules):
        most, least = rule.at_most_minor, rule.at_least_minor
        if most is not None and least is not None and most < least:
            place.inside("rules").item(index).inside("at_most").refuse(
                place.speech.gettext(
                    "The most is less than the least. Write a greater amount, or remove one of the two."
                )
            )


def _rules_never_pay_more_than_all(terms: Terms, place: Place) -> None:
    """Where all rules that match pay, two that may meet must not promise more than the whole basis."""
    if terms.choice is not Choice.ALL:
        return
    shares = [(index, rule, rule.pay) for index, rule in enumerate(terms.rules) if isinstance(rule.pay, Percent)]
    for (_one, first, pays), (index, second, pays_too) in combinations(shares, 2):
        if pays.percent + pays_too.percent > _WHOLE and _may_meet(first.when, second.when):
            place.inside("rules").item(index).inside("pay").refuse(
                place.speech.gettext(
                    "Together with the rule “%(first)s” this pays %(percent)s percent of the basis, more than there is."
                ),
                first=first.name,
                percent=plain(pays.percent + pays_too.percent),
            )


def _may_meet(first: When, second: When) -> bool:
    """Say whether an order may match both; where it is not plain that none can, it may."""
    if first.kind != second.kind or (
        None not in (first.customer, second.customer) and first.customer != second.customer
    ):
        return False
    pairs = [(getattr(first, name), getattr(second, name)) for name in _WORDS]
    return all(not one or not other or _common(one, other) for one, other in pairs)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not {word.casefold() for word in one}.isdisjoint(word.casefold() for word in other)


def _only_rebills_recur(terms: Terms, place: Place) -> None:
    for index, rule in enumerate(terms.rules):
        if rule.recurring and rule.when.kind != _REBILL:
            place.inside("rules").item(index).inside("recurring").refuse(
                place.speech.gettext("Only a rule of kind rebill recurs. Remove this, or change the kind of the rule.")
            )


def _holds_name_paid_kinds(terms: Terms, place: Place) -> None:
    paid = {rule.when.kind for rule in terms.rules}
    for kind in terms.hold.by_kind:
        if kind not in paid:
            place.inside("hold").inside("by_kind").inside(kind).refuse(
                place.speech.gettext("No rule pays “%(kind)s”. Kinds that are paid: %(paid)s."),
                kind=kind,
                paid=", ".join(sorted(paid)),
            )


def _the_payout_day_exists(terms: Terms, place: Place) -> None:
    last = _LAST_DAY[terms.payout.calendar]
    if terms.payout.day > last:
        place.inside("payout").inside("day").refuse(
            place.speech.gettext("“%(day)s” does not fit a %(calendar)s calendar. Write a day from 1 to %(last)s."),
            day=terms.payout.day,
            calendar=terms.payout.calendar.value,
            last=last,
        )


CHECKS: Final[tuple[Callable[[Terms, Place], None], ...]] = (
    _names_are_used_once,
    _conditions_can_hold,
    _every_rule_is_reached,
    _bounds_of_pay_fit,
    _rules_never_pay_more_than_all,
    _only_rebills_recur,
    _holds_name_paid_kinds,
    _the_payout_day_exists,
)
"""Everything that is looked at, in this order."""
