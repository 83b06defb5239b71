"""What a version of terms promises, in the plain sentences that a partner reads and accepts."""

from rapport.domain.money import Money, format_amount
from rapport.domain.terms.model import (
    Calendar,
    CouponPriority,
    DiscountTreatment,
    Terms,
    Treatment,
)
from rapport.domain.terms.rules import Percent, Rule
from rapport.domain.terms.shapes import plain
from rapport.domain.terms.speech import ENGLISH, Speech


def sentences(terms: Terms, *, speech: Speech = ENGLISH) -> list[str]:
    """Return the promises in reading order; the first says what is earned and for how long."""
    return [
        _earning(terms, speech),
        *_basis(terms, speech),
        _last_click(speech),
        _coupon(terms, speech),
        *_hold(terms, speech),
        _reversal(terms, speech),
        _payout(terms, speech),
        _notice(terms, speech),
    ]


def _earning(terms: Terms, speech: Speech) -> str:
    """Say all rules and the window in one sentence: the promise itself."""
    days = terms.attribution.click_window_days
    window = speech.ngettext("for %(days)s day after the click", "for %(days)s days after the click", days)
    repeats = (
        speech.gettext("repeat purchases included")
        if terms.attribution.repeat_purchases
        else speech.gettext("repeat purchases not included")
    )
    return speech.gettext("You earn %(pays)s, %(window)s, %(repeats)s.") % {
        "pays": _joined([_pay(rule, terms, speech) for rule in terms.rules], speech),
        "window": window % {"days": days},
        "repeats": repeats,
    }


def _pay(rule: Rule, terms: Terms, speech: Speech) -> str:
    kind = _kind(rule.when.kind, speech)
    if isinstance(rule.pay, Percent):
        return speech.gettext("%(percent)s %% of every %(kind)s") % {
            "percent": _decimal(plain(rule.pay.percent), speech),
            "kind": kind,
        }
    return speech.gettext("%(amount)s for every %(kind)s") % {
        "amount": _amount(rule.pay.flat_minor, terms.currency, speech),
        "kind": kind,
    }


def _basis(terms: Terms, speech: Speech) -> list[str]:
    """Say what a percentage is paid on; without a percentage there is nothing to say."""
    if not any(isinstance(rule.pay, Percent) for rule in terms.rules):
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


def _last_click(speech: Speech) -> str:
    return speech.gettext("The last partner whose link the customer followed earns.")


def _coupon(terms: Terms, speech: Speech) -> str:
    if terms.attribution.coupon is CouponPriority.BEFORE_CLICK:
        return speech.gettext("A customer who uses your coupon is yours, even after another partner's click.")
    return speech.gettext("A customer who uses your coupon is yours, unless another partner's click earns.")


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
    return sentence % {"kind": _kind(kind, speech), "days": days}


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
        "weekday": _weekdays(speech)[(day - 1) % 7],
        "threshold": _amount(terms.payout.threshold_minor, terms.currency, speech),
    }


def _notice(terms: Terms, speech: Speech) -> str:
    days = terms.notice.days
    sentence = speech.ngettext(
        "Terms that are worse for you take effect %(days)s day after we announce them, and never backwards.",
        "Terms that are worse for you take effect %(days)s days after we announce them, and never backwards.",
        days,
    )
    return sentence % {"days": days}


def _kind(kind: str, speech: Speech) -> str:
    """Say a kind in words; an action that the merchant named is called by its name."""
    words = {
        "sale": speech.gettext("sale"),
        "lead": speech.gettext("lead"),
        "rebill": speech.gettext("rebill"),
    }
    return words.get(kind, f"“{kind}”")


def _weekdays(speech: Speech) -> tuple[str, ...]:
    return (
        speech.gettext("Monday"),
        speech.gettext("Tuesday"),
        speech.gettext("Wednesday"),
        speech.gettext("Thursday"),
        speech.gettext("Friday"),
        speech.gettext("Saturday"),
        speech.gettext("Sunday"),
    )


def _joined(parts: list[str], speech: Speech) -> str:
    """Join with commas and a last "and"."""
    if len(parts) == 1:
        return parts[0]
    return speech.gettext("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def _amount(minor: int, currency: str, speech: Speech) -> str:
    return f"{_decimal(format_amount(Money(minor, currency)), speech)} {currency}"


def _decimal(text: str, speech: Speech) -> str:
    """Write a number with the decimal sign of the language."""
    return text.replace(".", speech.pgettext("decimal sign", "."))
