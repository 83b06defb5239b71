"""Where the fields of somebody's JSON lie, and how it is signed; guessed from a sample, corrected by a person."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from rapport.apps.record.inputs import Input


class Signing(StrEnum):
    """How a sender proves itself."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    HMAC_HEX = "hmac_hex"
    HMAC_BASE64 = "hmac_base64"


def _path(value: str) -> str:
    if any(part == "" for part in value.split(".")) and value:
        raise ValueError(_("Write names with dots between them, such as data.order.id."))
    return value


Path = Annotated[str, Field(max_length=200), AfterValidator(_path)]


class Profile(Input):
    """How a sender's messages are read."""

    signing: Signing = Signing.PASSWORD
    header: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9-]+$")] = "x-webhook-secret"
    minor_units: bool = False
    number: Annotated[Path, Field(min_length=1)]
    total: Annotated[Path, Field(min_length=1)]
    tax: Path = ""
    shipping: Path = ""
    discount: Path = ""
    currency: Path = ""
    ordered_at: Path = ""
    version: Path = ""
    customer: Path = ""
    email: Path = ""
    click_id: Path = ""
    coupon: Path = ""
    channel: Path = ""
    delivery_id: Path = ""
    event: Path = ""
    refund_words: Annotated[str, Field(max_length=200)] = ""
    cancel_words: Annotated[str, Field(max_length=200)] = ""
    refund_number: Path = ""
    refund_total: Path = ""


_GUESSES: Mapping[str, tuple[str, ...]] = {
    "number": ("order_id", "order.id", "order_number", "order.number", "external_id", "number", "id"),
    "total": ("total", "total_price", "order_total", "grand_total", "amount", "total_amount"),
    "tax": ("tax", "total_tax", "vat", "tax_amount", "tax_total"),
    "shipping": ("shipping", "shipping_total", "shipping_amount", "shipping_cost"),
    "discount": ("discount", "discount_total", "total_discounts", "discount_amount"),
    "currency": ("currency", "currency_code"),
    "ordered_at": ("created_at", "ordered_at", "date_created", "created", "date", "timestamp"),
    "version": ("updated_at", "modified_at", "date_modified", "updated"),
    "customer": ("customer_id", "customer.id", "user_id", "client_id"),
    "email": ("email", "customer.email", "customer_email", "buyer.email"),
    "click_id": ("rpid", "click_id", "metadata.rpid"),
    "coupon": ("coupon", "coupon_code", "discount_code", "promo_code"),
    "channel": ("channel", "utm_medium"),
    "delivery_id": ("event_id", "delivery_id", "webhook_id"),
    "event": ("event", "type", "event_type", "topic"),
    "refund_number": ("refund_id", "refund.id"),
    "refund_total": ("refund_total", "refund_amount", "refund.amount", "refunded"),
}


def guess(sample: Mapping[str, Any]) -> dict[str, str]:
    """Return where the fields of a sample probably lie: each where a name that people use for it is found."""
    paths = list(_paths(sample, ""))
    found: dict[str, str] = {}
    for name, candidates in _GUESSES.items():
        for candidate in candidates:
            fits = [path for path in paths if path == candidate or path.endswith(f".{candidate}")]
            if fits and name not in found:
                found[name] = min(fits, key=lambda path: path.count("."))
    return found


def _paths(value: object, before: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            path = f"{before}.{name}" if before else str(name)
            if isinstance(inner, Mapping):
                yield from _paths(inner, path)
            else:
                yield path
