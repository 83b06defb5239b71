"""Reads somebody's JSON by its profile: an order, a refund of one, or that one was cancelled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.record.inputs import read_input
from rapport.apps.shops.amounts import minor_of
from rapport.apps.shops.errors import NotUnderstood
from rapport.apps.shops.orders import Amounts, Gone, OrderState, Reversal, Told
from rapport.apps.shops.providers.json_hook.profile import Profile
from rapport.apps.shops.providers.protocol import Reading
from rapport.apps.shops.providers.reading import click_ids, codes, email_key, moment, needed, payload_of, text
from rapport.domain.money import CURRENCIES
from rapport.kit.clock import to_ms


def profile_of(settings: Mapping[str, Any]) -> Profile:
    """Return the profile that a shop keeps; raises `BadInput`."""
    return read_input(Profile, settings.get("profile") or {})


def at_path(value: object, path: str) -> Any:  # noqa: ANN401 - whatever lies there
    """Return what lies at a path of names and numbers with dots between them; None where it breaks off."""
    for name in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value if path else None


def read(message: Reading) -> list[Told]:
    """Return what a message tells."""
    profile, payload = profile_of(message.settings), payload_of(message.body)
    event = text(at_path(payload, profile.event)).casefold()
    if event and event in _words(profile.cancel_words):
        return [Gone(needed(at_path(payload, profile.number), profile.number))]
    if event and event in _words(profile.refund_words):
        return [_refund(payload, message, profile)]
    return [_order(payload, message, profile)]


def _order(payload: Mapping[str, Any], message: Reading, profile: Profile) -> OrderState:
    currency = _currency(payload, message, profile)
    ordered_at = _moment(payload, profile.ordered_at) or message.at

    def amount(path: str) -> int:
        return _minor(at_path(payload, path) if path else "0", currency, profile)

    return OrderState(
        number=needed(at_path(payload, profile.number), profile.number),
        version_ms=to_ms(_moment(payload, profile.version) or message.at),
        ordered_at=ordered_at,
        currency=currency,
        amounts=Amounts(
            total=amount(profile.total),
            tax=amount(profile.tax),
            shipping=amount(profile.shipping),
            discount=amount(profile.discount),
        ).bounded(),
        click_ids=click_ids([at_path(payload, profile.click_id)]),
        coupons=codes(text(at_path(payload, profile.coupon)).split(",")),
        customer=_customer(payload, profile),
        channel=text(at_path(payload, profile.channel), most=64),
    )


def _refund(payload: Mapping[str, Any], message: Reading, profile: Profile) -> Reversal:
    currency = _currency(payload, message, profile)
    number = needed(at_path(payload, profile.number), profile.number)
    refund = text(at_path(payload, profile.refund_number))
    total = at_path(payload, profile.refund_total or profile.total)
    return Reversal(
        number=refund or f"refund-{number}",
        kind="refund",
        taken_minor=abs(_minor(total, currency, profile)),
        at=message.at,
        # Without a number of its own it tells how much was given back so far.
        version_ms=0 if refund else to_ms(_moment(payload, profile.version) or message.at),
        of=number,
        currency=currency,
    )


def _minor(value: object, currency: str, profile: Profile) -> int:
    if value is None or value == "":
        value = "0"
    minor = minor_of(value, currency)
    if not profile.minor_units:
        return minor
    whole, rest = divmod(minor, int("1" + "0" * CURRENCIES[currency]))
    if rest:
        raise NotUnderstood(_("“%(text)s” is no whole number of the smallest unit.") % {"text": str(value)[:40]})
    return whole


def _currency(payload: Mapping[str, Any], message: Reading, profile: Profile) -> str:
    return text(at_path(payload, profile.currency)).upper() or str(message.settings.get("currency", ""))


def _moment(payload: Mapping[str, Any], path: str) -> datetime | None:
    value = at_path(payload, path)
    return None if value is None else moment(value, path)


def _customer(payload: Mapping[str, Any], profile: Profile) -> str:
    known = text(at_path(payload, profile.customer))
    return f"id:{known}" if known else email_key(at_path(payload, profile.email))


def _words(text_: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in text_.split(",") if word.strip())
