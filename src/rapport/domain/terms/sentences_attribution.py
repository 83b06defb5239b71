"""Who earns from an order, in words."""

from collections.abc import Iterator

from rapport.domain.terms.model import Attribution, CouponPriority, StandDown, TouchPriority
from rapport.domain.terms.saying import any_of, segment_words
from rapport.domain.terms.speech import Speech


def attribution_sentences(attribution: Attribution, speech: Speech) -> Iterator[str]:
    """Say which touch earns, and what goes before what."""
    yield _touch(attribution, speech)
    if attribution.view_window_days:
        days = attribution.view_window_days
        sentence = speech.ngettext(
            "Where nobody's link was followed, the partner whose creative was seen earns, for %(days)s day.",
            "Where nobody's link was followed, the partner whose creative was seen earns, for %(days)s days.",
            days,
        )
        yield sentence % {"days": days}
    if attribution.segments_first:
        yield speech.gettext("Some partners go before all others, in this order: %(segments)s.") % {
            "segments": ", ".join(segment_words(segment, speech) for segment in attribution.segments_first)
        }
    if attribution.stand_down:
        yield _stand_down(attribution.stand_down, speech)
    yield _coupon(attribution, speech)


def _touch(attribution: Attribution, speech: Speech) -> str:
    if attribution.touch is TouchPriority.FIRST:
        return speech.gettext("The first partner whose link the customer followed earns.")
    return speech.gettext("The last partner whose link the customer followed earns.")


def _stand_down(rule: StandDown, speech: Speech) -> str:
    sentence = speech.ngettext(
        "A click in the last %(minutes)s minute before an order takes nothing from another partner's earlier click, "
        "where it comes from %(segments)s.",
        "A click in the last %(minutes)s minutes before an order takes nothing from another partner's earlier click, "
        "where it comes from %(segments)s.",
        rule.minutes,
    )
    segments = any_of([segment_words(segment, speech) for segment in rule.segments], speech)
    return sentence % {"minutes": rule.minutes, "segments": segments}


def _coupon(attribution: Attribution, speech: Speech) -> str:
    if attribution.coupon is CouponPriority.BEFORE_CLICK:
        return speech.gettext("A customer who uses your coupon is yours, even after another partner's click.")
    return speech.gettext("A customer who uses your coupon is yours, unless another partner's click earns.")
