"""What can only be seen of tiers and bonuses when the whole document is read."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from rapport.domain.terms.model import Terms
from rapport.domain.terms.periodic import Bonus, BonusKind, By, Over, Tier, TierStep
from rapport.domain.terms.place import Place
from rapport.domain.terms.visits import VisitPay


def _names_are_used_once(terms: Terms, place: Place) -> None:
    names = {rule.name for rule in terms.rules}
    for one, at in _all(terms, place):
        if one.name in names:
            at.inside("name").refuse(
                at.speech.gettext(
                    "A rule, tier or bonus is called “%(name)s” already. Give each of them its own name."
                ),
                name=one.name,
            )
        names.add(one.name)


def _they_count_a_rule(terms: Terms, place: Place) -> None:
    known = [rule.name for rule in terms.rules]
    for one, at in _all(terms, place):
        if one.rule not in known:
            at.inside("rule").refuse(
                at.speech.gettext("There is no rule “%(rule)s”. Rules: %(known)s."),
                rule=one.rule,
                known=", ".join(known),
            )


def _steps_climb(terms: Terms, place: Place) -> None:
    for index, tier in enumerate(terms.tiers):
        steps = place.inside("tiers").item(index).inside("steps")
        for number, step in enumerate(tier.steps):
            _step_fits(tier, step, steps.item(number))
        for number, (before, step) in enumerate(pairwise(tier.steps), start=1):
            if step.least.number <= before.least.number:
                steps.item(number).inside("from").refuse(
                    place.speech.gettext("This is not more than the step before. Write steps from the lowest upwards.")
                )
            elif _is_worse(step, before):
                steps.item(number).refuse(
                    place.speech.gettext("This step pays less than the one before. Write a better one, or remove it.")
                )


def _step_fits(tier: Tier, step: TierStep, place: Place) -> None:
    if (step.percent is None) == (step.flat_minor is None):
        place.refuse(place.speech.gettext("Write exactly one of these fields: %(names)s."), names="percent, flat")
    elif (step.percent is None) != (tier.steps[0].percent is None):
        place.refuse(place.speech.gettext("All steps of a tier pay in the same way: percentages, or amounts."))
    if step.least.is_amount != (tier.by is By.VALUE):
        place.inside("from").refuse(
            place.speech.gettext("By count this is a number such as 10; by value an amount in quotes, “5000.00”.")
        )


def _is_worse(step: TierStep, before: TierStep) -> bool:
    percents = step.percent is not None and before.percent is not None and step.percent < before.percent
    amounts = step.flat_minor is not None and before.flat_minor is not None and step.flat_minor < before.flat_minor
    return percents or amounts


def _bonuses_can_be_reached(terms: Terms, place: Place) -> None:
    for index, bonus in enumerate(terms.bonuses):
        at = place.inside("bonuses").item(index)
        if (bonus.reach is None) != (bonus.kind is BonusKind.FIRST_SALE):
            at.inside("reach").refuse(
                at.speech.gettext("A first sale reaches it by itself: leave this out.")
                if bonus.reach
                else at.speech.gettext("Write what must be reached: a number such as 50, or an amount in quotes.")
            )
        if bonus.kind is BonusKind.FIRST_SALE and bonus.over is not Over.EVER:
            at.inside("over").refuse(at.speech.gettext("There is one first sale: leave this out."))
        if not bonus.amount_minor:
            at.inside("amount").refuse(at.speech.gettext("Write an amount above zero."))
        _days_fit(bonus, at)


def _days_fit(bonus: Bonus, place: Place) -> None:
    if bonus.kind is BonusKind.CHALLENGE and not (bonus.from_day and bonus.until_day):
        place.refuse(place.speech.gettext("A challenge has a first and a last day: write “from” and “until”."))
    if bonus.from_day and bonus.until_day and bonus.until_day < bonus.from_day:
        place.inside("until").refuse(place.speech.gettext("The last day lies before the first."))


def _visits_have_names_of_their_own(terms: Terms, place: Place) -> None:
    names = {rule.name for rule in terms.rules} | {one.name for one, _at in _all(terms, place)}
    sections: dict[str, tuple[VisitPay, ...]] = {"clicks": terms.clicks, "views": terms.views}
    for section, pays in sections.items():
        for index, pay in enumerate(pays):
            if pay.name in names:
                place.inside(section).item(index).inside("name").refuse(
                    place.speech.gettext(
                        "A rule, tier or bonus is called “%(name)s” already. Give each of them its own name."
                    ),
                    name=pay.name,
                )
            names.add(pay.name)


def _all(terms: Terms, place: Place) -> Iterator[tuple[Tier | Bonus, Place]]:
    for index, tier in enumerate(terms.tiers):
        yield tier, place.inside("tiers").item(index)
    for index, bonus in enumerate(terms.bonuses):
        yield bonus, place.inside("bonuses").item(index)


PERIOD_CHECKS: Final[tuple[Callable[[Terms, Place], None], ...]] = (
    _names_are_used_once,
    _they_count_a_rule,
    _steps_climb,
    _bonuses_can_be_reached,
    _visits_have_names_of_their_own,
)
