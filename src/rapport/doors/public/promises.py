"""A version of terms as the public page tells it: rates, what one order brings, and what people ask before joining."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from rapport.domain.money import BadAmount, Money, decimals_of, parse_amount
from rapport.domain.payday import next_payday
from rapport.domain.terms import LIFETIME_DAYS, MarginPercent, Percent, PerUnit, Rule, Terms, Treatment, rule_words
from rapport.flows.examples import example_of
from rapport.flows.explaining.words import local_day
from rapport.kit.clock import from_ms, to_ms

USUAL_AMOUNT = 100
_MOST_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of the rate table: what for, on what, and a percentage (as a ratio) or an amount."""

    words: str
    note: str
    ratio: object
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One invented order on its way: the amounts and days are those that the judge gives."""

    kind: str
    order: Money
    earned: Money
    clicked_on: date
    ordered_on: date
    yours_on: date
    paid_on: date
    hold_days: int


def rates_of(terms: Terms) -> list[Rate]:
    """Return the rate table."""
    return [_rate(rule, terms) for rule in terms.rules]


def amount_asked(text: str, *, currency: str) -> tuple[Money, str]:
    """Return the amount to reckon with, and what is wrong with the one that was asked for."""
    usual = Money(USUAL_AMOUNT * 10 ** decimals_of(currency), currency)
    if not text:
        return usual, ""
    try:
        asked = parse_amount(text.strip(), currency)
    except BadAmount as refusal:
        return usual, refusal.sentence(_)
    if asked.minor > _MOST_MINOR:
        return usual, _("Choose a smaller amount.")
    return asked, ""


def examples_of(terms: Terms, *, order: Money, zone: str, at: datetime) -> list[Example]:
    """Return what one order of each kind that the terms name would bring, if somebody clicked today."""
    kinds = dict.fromkeys(rule.when.kind for rule in terms.rules)
    examples = (_example(terms, kind=kind, order=order, zone=zone, at=at) for kind in kinds)
    return [example for example in examples if example]


def questions_of(terms: Terms) -> Iterator[tuple[str, str]]:
    """Return what people ask before joining, answered by these terms."""
    days = {"days": terms.attribution.click_window_days}
    yield (
        _("For how long does a click earn?"),
        _("Without an end. A newer click starts anew.")
        if terms.attribution.click_window_days == LIFETIME_DAYS
        else _("For %(days)s days of 24 hours, to the millisecond. A newer click starts anew.") % days,
    )
    yield (
        _("And when the same customer buys again?"),
        _("Every further order inside these days earns, too.")
        if terms.attribution.repeat_purchases
        else _("The first order earns; further ones need a new click."),
    )
    yield (
        _("May I use a code instead of a link?"),
        _("Yes. A code of yours earns without any click, for example in a podcast or on paper."),
    )
    yield (
        _("What happens when something is sent back?"),
        _("The part that stays still earns. After %(days)s days nothing is taken back any more.")
        % {"days": terms.reversal.window_days},
    )
    yield (
        _("When is the money mine?"),
        _("After %(days)s days, or earlier when the program approves it. You see the day beside every order.")
        % {"days": terms.hold.days},
    )
    yield (
        _("Can the terms change later?"),
        _("Only forward. Worse terms are announced %(days)s days before; clicks of the past keep their promise.")
        % {"days": terms.notice.days},
    )


def kind_words(kind: str) -> str:
    """Name a kind of conversion at the head of a line."""
    known = {"sale": _("Every sale"), "lead": _("Every lead"), "rebill": _("Every repeated payment")}
    return known.get(kind, _("Every “%(kind)s”") % {"kind": kind})


def _rate(rule: Rule, terms: Terms) -> Rate:
    words, asked = kind_words(rule.when.kind), rule_words(rule, terms, speech=translation)
    pay = rule.pay
    if isinstance(pay, Percent):
        return Rate(words, asked or _basis_words(terms), pay.percent / 100, None)
    if isinstance(pay, MarginPercent):
        return Rate(words, asked or _("of the margin"), pay.percent / 100, None)
    if isinstance(pay, PerUnit):
        return Rate(words, asked or _("for every piece"), None, Money(pay.per_unit_minor, terms.currency))
    return Rate(words, asked or _("a fixed amount"), None, Money(pay.flat_minor, terms.currency))


def _basis_words(terms: Terms) -> str:
    without = [
        words
        for words, treatment in ((_("tax"), terms.basis.tax), (_("shipping"), terms.basis.shipping))
        if treatment is Treatment.EXCLUDED
    ]
    if not without:
        return _("of all that the customer paid")
    return _("of what the customer paid, without %(parts)s") % {"parts": _(" and ").join(without)}


def _example(terms: Terms, *, kind: str, order: Money, zone: str, at: datetime) -> Example | None:
    """Return an example; nothing where such an order earns nothing, because every rule asks for more than it tells."""
    decision = example_of(terms, kind=kind, total_minor=order.minor, zone=zone, clicked_at_ms=to_ms(at))
    if decision.hold_until_ms is None:
        return None
    yours_on = local_day(from_ms(decision.hold_until_ms), zone)
    return Example(
        kind=kind_words(kind),
        order=order,
        earned=Money(decision.target_minor, order.currency),
        clicked_on=local_day(at, zone),
        ordered_on=local_day(at + timedelta(days=1), zone),
        yours_on=yours_on,
        paid_on=next_payday(terms.payout, after=yours_on),
        hold_days=terms.hold.days_for(kind),
    )
