"""Small words that all sentences about terms share: amounts, numbers, kinds, lists."""

from collections.abc import Sequence

from rapport.domain.money import Money, format_amount
from rapport.domain.terms.conditions import PartnerSegment
from rapport.domain.terms.speech import Speech


def kind_words(kind: str, speech: Speech) -> str:
    """Say a kind in words; an action that the merchant named is called by its name."""
    words = {
        "sale": speech.gettext("sale"),
        "lead": speech.gettext("lead"),
        "rebill": speech.gettext("rebill"),
    }
    return words.get(kind, f"“{kind}”")


def joined(parts: Sequence[str], speech: Speech) -> str:
    """Join with commas and a last "and"."""
    if len(parts) == 1:
        return parts[0]
    return speech.gettext("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def any_of(parts: Sequence[str], speech: Speech) -> str:
    """Join with commas and a last "or"."""
    if len(parts) == 1:
        return parts[0]
    return speech.gettext("%(first)s or %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def amount_words(minor: int, currency: str, speech: Speech) -> str:
    """Write an amount with its currency."""
    return f"{decimal_words(format_amount(Money(minor, currency)), speech)} {currency}"


def decimal_words(text: str, speech: Speech) -> str:
    """Write a number with the decimal sign of the language."""
    return text.replace(".", speech.pgettext("decimal sign", "."))


def segment_words(segment: PartnerSegment, speech: Speech) -> str:
    """Name several partners who do the same."""
    return {
        PartnerSegment.STORE_OWNER: speech.gettext("store owners"),
        PartnerSegment.BLOGGER: speech.gettext("bloggers"),
        PartnerSegment.SEARCH: speech.gettext("search advertisers"),
        PartnerSegment.NICHE: speech.gettext("niche sites"),
        PartnerSegment.COUPON: speech.gettext("coupon sites"),
        PartnerSegment.LOYALTY: speech.gettext("loyalty and cashback sites"),
        PartnerSegment.INFLUENCER: speech.gettext("influencers"),
        PartnerSegment.AGENCY: speech.gettext("agencies"),
        PartnerSegment.COMPANY: speech.gettext("companies"),
    }[segment]


def weekday_words(speech: Speech) -> tuple[str, ...]:
    """Name the days of the week, Monday first."""
    return (
        speech.gettext("Monday"),
        speech.gettext("Tuesday"),
        speech.gettext("Wednesday"),
        speech.gettext("Thursday"),
        speech.gettext("Friday"),
        speech.gettext("Saturday"),
        speech.gettext("Sunday"),
    )
