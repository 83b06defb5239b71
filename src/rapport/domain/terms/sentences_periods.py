"""Tiers and bonuses in the sentences that a partner reads and accepts."""

from rapport.domain.terms.conditions import PartnerSegment
from rapport.domain.terms.model import Terms
from rapport.domain.terms.periodic import Bonus, BonusKind, By, Over, Threshold, Tier, TierStep, Way
from rapport.domain.terms.saying import amount_words, any_of, decimal_words, kind_words, segment_words
from rapport.domain.terms.shapes import plain
from rapport.domain.terms.speech import ENGLISH, Speech
from rapport.domain.terms.visits import ClickPay, VisitPay


def period_sentences(terms: Terms, speech: Speech) -> list[str]:
    """Say every tier and every bonus, each as one sentence."""
    return [
        *(tier_sentence(tier, terms, speech=speech) for tier in terms.tiers),
        *(bonus_sentence(bonus, terms, speech=speech) for bonus in terms.bonuses),
        *(visit_sentence(pay, terms, speech=speech) for pay in terms.clicks),
        *(visit_sentence(pay, terms, speech=speech) for pay in terms.views),
    ]


def tier_sentence(tier: Tier, terms: Terms, *, speech: Speech = ENGLISH) -> str:
    """Say the steps of a tier, and whether they pay for all of the period."""
    steps = "; ".join(_step(step, tier, terms, speech) for step in tier.steps)
    ways = {
        Way.MARGINAL: speech.gettext(
            "Tier “%(name)s”, counted %(over)s%(segment)s: %(steps)s. A step pays from there on."
        ),
        Way.WHOLE: speech.gettext(
            "Tier “%(name)s”, counted %(over)s%(segment)s: %(steps)s. A step that is reached pays everything of the "
            "period."
        ),
    }
    segment = _segment(tier.segment, speech)
    return ways[tier.way] % {
        "name": tier.name,
        "over": over_words(tier.over, speech),
        "segment": segment,
        "steps": steps,
    }


def bonus_sentence(bonus: Bonus, terms: Terms, *, speech: Speech = ENGLISH) -> str:
    """Say what a bonus pays for what, when and for whom."""
    told = {
        "name": bonus.name,
        "amount": amount_words(bonus.amount_minor, terms.currency, speech),
        "reach": _reach(bonus.threshold, bonus.rule, terms, speech),
        "over": "" if bonus.over is Over.EVER else f" {over_words(bonus.over, speech)}",
        "days": _days(bonus, speech),
        "segment": _segment(bonus.segment, speech),
    }
    goal = f" {bonus.goal}" if bonus.goal else ""
    if bonus.kind is BonusKind.FIRST_SALE:
        return speech.gettext("Bonus “%(name)s”%(segment)s: %(amount)s once for your first one%(days)s.") % told + goal
    return speech.gettext("Bonus “%(name)s”%(segment)s: %(amount)s for %(reach)s%(over)s%(days)s.") % told + goal


def visit_sentence(pay: VisitPay, terms: Terms, *, speech: Speech = ENGLISH) -> str:
    """Say what clicks or impressions pay, and up to which amount a day."""
    rate = pay.per_click if isinstance(pay, ClickPay) else pay.per_thousand
    sentence = (
        speech.gettext("%(amount)s for every click of a person%(segment)s%(most)s.")
        if isinstance(pay, ClickPay)
        else speech.gettext("%(amount)s for a thousand impressions that people see%(segment)s%(most)s.")
    )
    most = ""
    if pay.at_most_minor is not None:
        amount = amount_words(pay.at_most_minor, terms.currency, speech)
        most = ", " + speech.gettext("at most %(amount)s a day") % {"amount": amount}
    told = f"{decimal_words(plain(rate), speech)} {terms.currency}"
    return sentence % {"amount": told, "segment": _segment(pay.segment, speech), "most": most}


def over_words(over: Over, speech: Speech) -> str:
    """Say how often counting begins anew."""
    return {
        Over.MONTH: speech.gettext("every month"),
        Over.QUARTER: speech.gettext("every quarter"),
        Over.YEAR: speech.gettext("every year"),
        Over.EVER: speech.gettext("from the beginning on"),
    }[over]


def step_pays(step: TierStep, currency: str, speech: Speech) -> str:
    """Say what a step pays."""
    if step.percent is not None:
        return speech.gettext("%(percent)s %%") % {"percent": decimal_words(plain(step.percent), speech)}
    amount = amount_words(step.flat_minor or 0, currency, speech)
    return speech.gettext("%(amount)s each") % {"amount": amount}


def _step(step: TierStep, tier: Tier, terms: Terms, speech: Speech) -> str:
    pays = step_pays(step, terms.currency, speech)
    if tier.by is By.VALUE:
        least = amount_words(step.least.number, terms.currency, speech)
        return speech.gettext("%(pays)s from %(least)s on") % {"pays": pays, "least": least}
    told = {"pays": pays, "kind": kind_words(terms.rule(tier.rule).when.kind, speech), "least": step.least.number}
    return speech.gettext("%(pays)s from %(kind)s number %(least)s on") % told


def _reach(threshold: Threshold, rule: str, terms: Terms, speech: Speech) -> str:
    kind = kind_words(terms.rule(rule).when.kind, speech)
    if threshold.is_amount:
        amount = amount_words(threshold.number, terms.currency, speech)
        return speech.gettext("%(amount)s of every %(kind)s together") % {"amount": amount, "kind": kind}
    return speech.gettext("%(kind)s number %(number)s") % {"kind": kind, "number": threshold.number}


def _days(bonus: Bonus, speech: Speech) -> str:
    told = {"first": bonus.from_day, "last": bonus.until_day}
    if bonus.from_day and bonus.until_day:
        return ", " + speech.gettext("from %(first)s until %(last)s") % told
    if bonus.from_day:
        return ", " + speech.gettext("from %(first)s on") % told
    return ", " + speech.gettext("until %(last)s") % told if bonus.until_day else ""


def _segment(segment: tuple[PartnerSegment, ...], speech: Speech) -> str:
    if not segment:
        return ""
    words = any_of([segment_words(one, speech) for one in segment], speech)
    return " " + speech.gettext("(for %(words)s)") % {"words": words}
