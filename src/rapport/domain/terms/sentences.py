"""What a version of terms promises, in the plain sentences that a partner reads and accepts."""

from rapport.domain.terms.model import Calendar, DiscountTreatment, Terms, Treatment
from rapport.domain.terms.rules import Choice, MarginPercent, Percent
from rapport.domain.terms.saying import amount_words, joined, kind_words, weekday_words
from rapport.domain.terms.sentences_attribution import attribution_sentences
from rapport.domain.terms.sentences_periods import period_sentences
from rapport.domain.terms.sentences_rules import choice_sentence, is_bare, pay_words, rule_sentence
from rapport.domain.terms.speech import ENGLISH, Speech
from rapport.domain.terms.words import LIFETIME_DAYS


def sentences(terms: Terms, *, speech: Speech = ENGLISH) -> list[str]:
    """Return the promises in reading order; the first says what is earned and for how long."""
    return [
        *_earning(terms, speech),
        *period_sentences(terms, speech),
        *_basis(terms, speech),
        *attribution_sentences(terms.attribution, speech),
        *_hold(terms, speech),
        _reversal(terms, speech),
        _payout(terms, speech),
        _notice(terms, speech),
    ]


def _earning(terms: Terms, speech: Speech) -> list[str]:
    """Say rules and window: in one sentence, the promise itself, or rule by rule where any asks more than its kind."""
    repeats = (
        speech.gettext("repeat purchases included")
        if terms.attribution.repeat_purchases
        else speech.gettext("repeat purchases not included")
    )
    told = {"window": _window(terms, speech), "repeats": repeats}
    if terms.choice is Choice.FIRST and all(is_bare(rule) for rule in terms.rules):
        pays = joined([pay_words(rule, terms, speech) for rule in terms.rules], speech)
        return [speech.gettext("You earn %(pays)s, %(window)s, %(repeats)s.") % {"pays": pays, **told}]
    return [
        speech.gettext("You earn by the following rules, %(window)s, %(repeats)s.") % told,
        *(rule_sentence(rule, terms, speech) for rule in terms.rules),
        *([choice_sentence(terms.choice, speech)] if len(terms.rules) > 1 else []),
    ]


def _window(terms: Terms, speech: Speech) -> str:
    days = terms.attribution.click_window_days
    if days == LIFETIME_DAYS:
        return speech.gettext("without an end after the click")
    sentence = speech.ngettext("for %(days)s day after the click", "for %(days)s days after the click", days)
    return sentence % {"days": days}


def _basis(terms: Terms, speech: Speech) -> list[str]:
    """Say what a percentage is paid on; without a percentage there is nothing to say."""
    if not any(isinstance(rule.pay, Percent | MarginPercent) for rule in terms.rules):
        return []
    tax, shipping = terms.basis.tax, terms.basis.shipping
    parts = {
        (Treatment.EXCLUDED, Treatment.EXCLUDED): speech.gettext(
            "A percentage is paid on what the customer paid, without tax and shipping."
        ),
        (Treatment.EXCLUDED, Treatment.INCLUDED): speech.gettext(
            "A percentage is paid on what the customer paid, without tax, with shipping."
        ),
        (Treatment.INCLUDED, Treatment.EXCLUDED): speech.gettext(
            "A percentage is paid on what the customer paid, with tax, without shipping."
        ),
        (Treatment.INCLUDED, Treatment.INCLUDED): speech.gettext(
            "A percentage is paid on all that the customer paid, with tax and shipping."
        ),
    }
    discount = {
        DiscountTreatment.DEDUCTED: speech.gettext("A discount lowers it."),
        DiscountTreatment.IGNORED: speech.gettext("A discount does not lower it."),
    }
    return [f"{parts[tax, shipping]} {discount[terms.basis.discount]}"]


def _hold(terms: Terms, speech: Speech) -> list[str]:
    days = terms.hold.days
    general = speech.ngettext(
        "A commission is yours after %(days)s day, or earlier when we approve it.",
        "A commission is yours after %(days)s days, or earlier when we approve it.",
        days,
    )
    return [general % {"days": days}, *(_hold_of(kind, terms, speech) for kind in sorted(terms.hold.by_kind))]


def _hold_of(kind: str, terms: Terms, speech: Speech) -> str:
    days = terms.hold.by_kind[kind]
    sentence = speech.ngettext(
        "For a %(kind)s this takes %(days)s day.", "For a %(kind)s this takes %(days)s days.", days
    )
    return sentence % {"kind": kind_words(kind, speech), "days": days}


def _reversal(terms: Terms, speech: Speech) -> str:
    days = terms.reversal.window_days
    sentence = speech.ngettext(
        "When an order is refunded, cancelled or charged back within %(days)s day, its commission is taken back "
        "in proportion; later it stays yours.",
        "When an order is refunded, cancelled or charged back within %(days)s days, its commission is taken back "
        "in proportion; later it stays yours.",
        days,
    )
    return sentence % {"days": days}


def _payout(terms: Terms, speech: Speech) -> str:
    days = {
        Calendar.MONTHLY: speech.gettext("We pay on day %(day)s of every month, from %(threshold)s on."),
        Calendar.TWICE_MONTHLY: speech.gettext(
            "We pay on days %(day)s and %(second)s of every month, from %(threshold)s on."
        ),
        Calendar.WEEKLY: speech.gettext("We pay every %(weekday)s, from %(threshold)s on."),
    }
    day = terms.payout.day
    return days[terms.payout.calendar] % {
        "day": day,
        "second": day + 14,
        "weekday": weekday_words(speech)[(day - 1) % 7],
        "threshold": amount_words(terms.payout.threshold_minor, terms.currency, speech),
    }


def _notice(terms: Terms, speech: Speech) -> str:
    days = terms.notice.days
    sentence = speech.ngettext(
        "Terms that are worse for you take effect %(days)s day after we announce them, and never backwards.",
        "Terms that are worse for you take effect %(days)s days after we announce them, and never backwards.",
        days,
    )
    return sentence % {"days": days}
