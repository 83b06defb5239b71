"""Whether terms promise less over a period than others did: what is not plainly as good counts as less."""

from rapport.domain.terms.model import Terms
from rapport.domain.terms.periodic import Bonus, Threshold, Tier, TierStep, Way
from rapport.domain.terms.visits import VisitPay


def promises_less_over_periods(before: Terms, after: Terms) -> bool:
    """Say whether a tier or bonus is gone, or is not plainly as good as it was."""
    tiers, bonuses = {one.name: one for one in after.tiers}, {one.name: one for one in after.bonuses}
    kept_tiers = all(one.name in tiers and _is_as_good_a_tier(tiers[one.name], one) for one in before.tiers)
    kept_bonuses = all(one.name in bonuses and _is_as_good_a_bonus(bonuses[one.name], one) for one in before.bonuses)
    visits = {one.name: one for one in _visits(after)}
    kept_visits = all(one.name in visits and _is_as_good_for_visits(visits[one.name], one) for one in _visits(before))
    return not (kept_tiers and kept_bonuses and kept_visits)


def _visits(terms: Terms) -> tuple[VisitPay, ...]:
    return (*terms.clicks, *terms.views)


def _is_as_good_for_visits(now: VisitPay, before: VisitPay) -> bool:
    capped = now.at_most_minor is not None and (
        before.at_most_minor is None or now.at_most_minor < before.at_most_minor
    )
    return type(now) is type(before) and now.each >= before.each and not capped and _is_for_as_many(now, before)


def _is_as_good_a_tier(now: Tier, before: Tier) -> bool:
    alike = (now.rule, now.by, now.over) == (before.rule, before.by, before.over)
    way = now.way in {before.way, Way.WHOLE}
    steps = all(any(_is_as_good_a_step(step, was) for step in now.steps) for was in before.steps)
    return alike and way and steps and _is_for_as_many(now, before)


def _is_as_good_a_step(now: TierStep, before: TierStep) -> bool:
    if now.percent is not None and before.percent is not None:
        pays = now.percent >= before.percent
    elif now.flat_minor is not None and before.flat_minor is not None:
        pays = now.flat_minor >= before.flat_minor
    else:
        pays = False
    return pays and _is_as_near(now.least, before.least)


def _is_as_good_a_bonus(now: Bonus, before: Bonus) -> bool:
    alike = (now.rule, now.over) == (before.rule, before.over)
    begins = now.from_day is None or (before.from_day is not None and now.from_day <= before.from_day)
    ends = now.until_day is None or (before.until_day is not None and now.until_day >= before.until_day)
    pays = now.amount_minor >= before.amount_minor and _is_as_near(now.threshold, before.threshold)
    return alike and begins and ends and pays and _is_for_as_many(now, before)


def _is_as_near(now: Threshold, before: Threshold) -> bool:
    return now.is_amount == before.is_amount and now.number <= before.number


def _is_for_as_many(now: Tier | Bonus | VisitPay, before: Tier | Bonus | VisitPay) -> bool:
    return not now.segment or (bool(before.segment) and set(now.segment) >= set(before.segment))
