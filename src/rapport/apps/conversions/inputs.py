"""What a merchant may report, through whichever door: conversions and corrections, strict in shape and size.

Amounts stay decimal texts here, because their meaning hangs on the program's currency; `reading.py` reads them.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from rapport.apps.conversions.profiles import PROFILES
from rapport.apps.record.inputs import Input

MOST_LINES = 1_000
MOST_CLICKS = 20
MOST_COUPONS = 10
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def _clean(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError(_("Remove the control characters."))
    return value


def _kind(value: str) -> str:
    if not _KIND.fullmatch(value):
        raise ValueError(_("Use small letters, digits, hyphens and underscores, such as sale or sign-up."))
    return value


def _decimal_text(value: object) -> object:
    """Refuse JSON numbers: 0.1 + 0.2 is not 0.3 in most languages that would send them."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(_('Give the amount as a text in quotation marks, such as "12.50".'))  # noqa: TRY004 - pydantic wants a ValueError
    return value


def _country(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z]{2}", value):
        raise ValueError(_("Give the two letters of a country, such as DE."))
    return value.upper()


def _coupon(value: str) -> str:
    return _clean(value).upper()


def _quantity(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Kind = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(_kind)]
ExternalId = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_clean)]
OptionalExternalId = Annotated[str, Field(max_length=128), AfterValidator(_clean)]
Amount = Annotated[str, Field(min_length=1, max_length=24), BeforeValidator(_decimal_text)]
Word = Annotated[str, Field(max_length=64), AfterValidator(_clean)]
Name = Annotated[str, Field(max_length=128), AfterValidator(_clean)]
LongName = Annotated[str, Field(max_length=250), AfterValidator(_clean)]
Address = Annotated[str, Field(max_length=2000), AfterValidator(_clean)]
ClickText = Annotated[str, Field(max_length=128), AfterValidator(_clean)]
CouponText = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_coupon)]


class LineInput(Input):
    """One line of a basket; amounts are per line but the price, which is for one piece."""

    product: Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_clean)]
    name: LongName = ""
    category: Name = ""
    brand: Name = ""
    quantity: Annotated[Decimal, BeforeValidator(_quantity), Field(max_digits=14, decimal_places=4)] = Decimal(1)
    price: Amount
    discount: Amount = "0"
    cost: Amount | None = None


class ConversionInput(Input):
    """One conversion as the merchant reports it; `total` is what the customer paid."""

    kind: Kind
    external_id: OptionalExternalId = ""
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    total: Amount = "0"
    tax: Amount = "0"
    shipping: Amount = "0"
    discount: Amount = "0"
    occurred_at: AwareDatetime | None = None
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    click_ids: Annotated[tuple[ClickText, ...], Field(max_length=MOST_CLICKS)] = ()
    coupons: Annotated[tuple[CouponText, ...], Field(max_length=MOST_COUPONS)] = ()
    customer_id: Annotated[str, Field(max_length=128), AfterValidator(_clean)] = ""
    customer_status: Literal["", "new", "returning"] = ""
    country: Annotated[str, AfterValidator(_country)] = ""
    channel: Word = ""
    source: Word = ""
    landing_url: Address = ""
    lines: Annotated[tuple[LineInput, ...], Field(max_length=MOST_LINES)] = ()
    test: bool = False

    @model_validator(mode="after")
    def _can_be_recognised(self) -> Self:
        """Without a number of its own only a lead can be told from the next: it counts once per click."""
        if not self.external_id and not (self.kind == "lead" and len(self.click_ids) == 1):
            raise ValueError(_("Give the order number as external_id; only a lead with one click id can do without."))
        return self

    @property
    def identity(self) -> str:
        """Return the external id, or the click that stands for it."""
        return self.external_id or f"click:{self.click_ids[0]}"


class CorrectionInput(Input):
    """A refund, cancellation, chargeback or amendment of one conversion.

    Refunds, cancellations and chargebacks give what is taken away as positive amounts; none means all that is left.
    An amendment gives the difference and may be negative.
    """

    kind: Literal["refund", "cancel", "chargeback", "amendment"]
    external_id: OptionalExternalId = ""
    of: ExternalId
    of_kind: Kind = "sale"
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    total: Amount | None = None
    tax: Amount | None = None
    shipping: Amount | None = None
    discount: Amount | None = None
    occurred_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _amendment_has_an_amount(self) -> Self:
        if self.kind == "amendment" and self.total is None:
            raise ValueError(_("Give the difference as total; an amendment without an amount says nothing."))
        return self


class EditInput(Input):
    """What an order comes to from now on, as other systems tell it; the difference becomes an amendment.

    Without a currency it is the order's.
    """

    of: ExternalId
    of_kind: Kind = "sale"
    total: Amount
    currency: Annotated[str, Field(max_length=3)] = ""


def _profile(value: str) -> str:
    if value not in PROFILES:
        raise ValueError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(PROFILES)})
    return value


def _names(value: str) -> str:
    taken = sorted(_told(value).keys() & _OURS_ALONE)
    if taken:
        sentence = _("%(name)s always means what it means here. Leave it out, and send yours under another name.")
        raise ValueError(sentence % {"name": taken[0]})
    return value


def _told(names: str) -> dict[str, str]:
    lines = (line.partition("=") for line in names.splitlines() if line.strip())
    return {theirs.strip().lower(): ours.strip() for theirs, _equals, ours in lines}


_OURS_ALONE = frozenset({"external_id", "test", "type"})
"""Names that no program may lead elsewhere: a test that is read as a real order would cost money."""


class ProfileInput(Input):
    """How postbacks are written; `names` are lines such as `adv1 = customer_id`, or `adv1 =` to leave it unread."""

    profile: Annotated[str, AfterValidator(_profile)]
    names: Annotated[str, Field(max_length=4_000), AfterValidator(_names)] = ""
    secret: Annotated[str, Field(max_length=200), AfterValidator(_clean)] = ""

    @model_validator(mode="after")
    def _names_can_be_read(self) -> Self:
        for line in self.names.splitlines():
            if line.strip() and not _NAME_LINE.fullmatch(line.strip()):
                raise ValueError(_("Write one name a line, such as adv1 = customer_id: %(line)s") % {"line": line[:80]})
        unknown = sorted({ours for ours in self.told.values() if ours} - set(PROFILE_TARGETS))
        if unknown:
            known = {"field": unknown[0], "choices": ", ".join(PROFILE_TARGETS)}
            raise ValueError(_("%(field)s is no field of a report. Choose one of: %(choices)s.") % known)
        return self

    @property
    def told(self) -> dict[str, str]:
        """Return the names in small letters with the fields that they lead to."""
        return _told(self.names)


_NAME_LINE = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}\s*=\s*[a-z_]*")
PROFILE_TARGETS = (
    *("external_id", "total", "tax", "shipping", "discount", "currency", "click_ids", "coupons", "customer_id"),
    *("customer_status", "kind", "country", "channel", "source", "occurred_at", "revision", "test", "type", "of"),
)
"""What a program may lead a name of its own to."""
