"""What a rule may ask and be bounded by, as fields of the form: texts of its fields, and the document that they say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.partners.models import Segment
from rapport.domain.terms import CouponCondition, CustomerStatus, Device, Weekday
from rapport.doors.console.program.numbers import number

Texts = dict[str, str]
Words = str | Promise
Kind = Literal["words", "many", "one", "day", "amounts", "numbers", "amount", "number"]

_BOUNDS: Final = ("from", "below")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that a rule may ask: its name in the form and in a document, and how it is filled in.

    `inside` is the part of a rule that holds it: `when`, `recurring`, or the rule itself.
    """

    name: str
    words: Words
    kind: Kind
    options: tuple[tuple[str, Words], ...] = ()
    inside: str = "when"
    help: Words = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of its fields, behind the name of the rule."""
        if self.kind in {"amounts", "numbers"}:
            return tuple(f"if-{self.name}-{bound}" for bound in _BOUNDS)
        return (f"if-{self.name}",)


_SEVERAL: Final = _("Several with commas between them.")
_CUSTOMERS: Final = ((CustomerStatus.NEW.value, _("is new")), (CustomerStatus.RETURNING.value, _("bought before")))
_COUPONS: Final = (
    (CouponCondition.WITH.value, _("was used")),
    (CouponCondition.WITHOUT.value, _("was not used")),
)
_DEVICES: Final = (
    (Device.PHONE.value, _("phone")),
    (Device.TABLET.value, _("tablet")),
    (Device.DESKTOP.value, _("computer")),
    (Device.OTHER.value, _("another device")),
)
_WEEKDAYS: Final = tuple(
    zip(
        [day.value for day in Weekday],
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")),
        strict=True,
    )
)
_SEGMENTS: Final = tuple((value, label) for value, label in Segment.choices)

ASKS: Final = (
    Ask("product", _("Product"), "words", help=_SEVERAL),
    Ask("category", _("Category"), "words", help=_SEVERAL),
    Ask("brand", _("Brand"), "words", help=_SEVERAL),
    Ask("price", _("Price of a piece"), "amounts"),
    Ask("amount", _("Amount of the order"), "amounts"),
    Ask("quantity", _("Pieces in the order"), "numbers"),
    Ask("customer", _("The customer"), "one", _CUSTOMERS),
    Ask("country", _("Country"), "words", help=_("Two letters each, such as DE, AT.")),
    Ask("device", _("Device"), "many", _DEVICES),
    Ask("coupon", _("A code of the partner"), "one", _COUPONS),
    Ask("coupon_code", _("Code"), "words", help=_SEVERAL),
    Ask("segment", _("What the partner does"), "many", _SEGMENTS),
    Ask("placement", _("Placement of the link"), "words", help=_SEVERAL),
    Ask("channel", _("Channel"), "words", help=_SEVERAL),
    Ask("weekday", _("Day of the week"), "many", _WEEKDAYS),
    Ask("hour", _("Hour of the day"), "numbers", help=_("0 to 24, in the program's zone.")),
    Ask("from", _("First day"), "day"),
    Ask("until", _("Last day"), "day"),
    Ask("at_least", _("At least, for one order"), "amount", inside=""),
    Ask("at_most", _("At most, for one order"), "amount", inside=""),
    Ask("months", _("Months that repeated payments earn"), "number", inside="recurring"),
    Ask("times", _("Times that repeated payments earn"), "number", inside="recurring"),
    Ask("recurring", _("Repeated payments"), "one", (("ever", _("earn for ever")),), inside=""),
)

BY_NAME: Final = {ask.name: ask for ask in ASKS}


def told_texts(rule: Mapping[str, Any]) -> Texts:
    """Return what a rule of a document asks as texts, by field."""
    recurring = rule.get("recurring")
    parts: dict[str, Mapping[str, Any]] = {"when": rule["when"], "recurring": recurring or {}, "": rule}
    texts: Texts = {}
    for ask in ASKS:
        if ask.name == "recurring":
            texts |= {"if-recurring": "ever"} if recurring == {} else {}
        elif ask.name in parts[ask.inside]:
            texts |= dict(zip(ask.fields, _texts(ask, parts[ask.inside][ask.name]), strict=True))
    return texts


def told_parts(texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the parts of a rule that its texts say: `when`, perhaps `recurring`, and the rule's own under ""."""
    parts: dict[str, dict[str, Any]] = {"when": {}, "": {}}
    for ask in asked(texts):
        if ask.name == "recurring":
            parts.setdefault("recurring", {})
        else:
            parts.setdefault(ask.inside, {})[ask.name] = _value(ask, [texts.get(field, "") for field in ask.fields])
    return parts


def asked(texts: Mapping[str, str]) -> Iterator[Ask]:
    """Return what the fields of a rule ask, in the order of the list."""
    return (ask for ask in ASKS if any(field in texts for field in ask.fields))


def words_of(text: str) -> list[str]:
    """Return the words of a field, which stand between commas."""
    return [word for word in (part.strip() for part in text.split(",")) if word]


def _texts(ask: Ask, value: Any) -> Iterable[str]:  # noqa: ANN401 - a document as JSON has it
    if ask.kind in {"amounts", "numbers"}:
        return [str(value.get(bound, "")) for bound in _BOUNDS]
    return [", ".join(value) if ask.kind in {"words", "many"} else str(value)]


def _value(ask: Ask, texts: list[str]) -> object:
    if ask.kind in {"words", "many"}:
        return words_of(texts[0])
    if ask.kind in {"amounts", "numbers"}:
        told = {bound: text.strip() for bound, text in zip(_BOUNDS, texts, strict=True) if text.strip()}
        return {bound: number(text) for bound, text in told.items()} if ask.kind == "numbers" else told
    return number(texts[0]) if ask.kind == "number" else texts[0].strip()
