"""Connect a shop, learn whether it answered, disconnect it; its secrets are sealed before they are stored."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rapport.apps.programs.models import Program
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.vault import open_cell, seal_cell
from rapport.apps.record.write import transaction
from rapport.apps.shops.inputs import ShopInput
from rapport.apps.shops.models import Shop, ShopKind, ShopSalt, ShopState
from rapport.kit.ids import new_id, random_token

# Shops that count from 1: the second of a program needs a mark before its numbers, or two orders would be one.
_COUNT_FROM_ONE = (ShopKind.WOOCOMMERCE, ShopKind.JSON)
_NOTED_AGAIN_AFTER = timedelta(minutes=1)


def connect_shop(*, program_id: str, given: ShopInput, by: Actor, at: datetime) -> Shop:
    """Keep a shop that is to be connected; the worker asks it."""
    with transaction():
        program = Program.objects.get(pk=program_id)
        shop = Shop(
            id=new_id("shp", at=at),
            program=program,
            kind=given.kind,
            name=given.name,
            address=given.address,
            settings={**given.settings, "prefix": _prefix(program_id, given.kind), "currency": program.currency},
            created_at=at,
            actor_kind=by.kind,
            actor_id=by.id,
        )
        seal_cell(shop, "signing_secret", given.signing_secret or random_token(24))
        seal_cell(shop, "access_secret", json.dumps(given.keys))
        shop.save(force_insert=True)
        ensure_salt(program_id)
        _audit(shop, "shop.connect", by=by, at=at, data={"kind": shop.kind, "address": shop.address})
    return shop


def reconnect_shop(*, shop_id: str, given: ShopInput, by: Actor, at: datetime) -> Shop:
    """Take over what a person corrected about a shop; a secret left empty stays as it is."""
    with transaction():
        shop = _locked(shop_id)
        shop.name, shop.address, shop.state, shop.problem = given.name, given.address, ShopState.CONNECTING, ""
        shop.settings = {**shop.settings, **given.settings}
        if given.signing_secret:
            seal_cell(shop, "signing_secret", given.signing_secret)
        known = json.loads(open_cell(shop, "access_secret") or "{}")
        fresh = {name: value for name, value in given.keys.items() if value}
        seal_cell(shop, "access_secret", json.dumps({**known, **fresh}))
        shop.save()
        _audit(shop, "shop.reconnect", by=by, at=at, data={"address": shop.address})
    return shop


def change_settings(*, shop_id: str, settings: Mapping[str, Any], by: Actor, at: datetime) -> Shop:
    """Change how a shop's orders are read and what its codes give."""
    with transaction():
        shop = _locked(shop_id)
        shop.settings = {**shop.settings, **settings}
        shop.save(update_fields=("settings",))
        _audit(shop, "shop.settings", by=by, at=at, data=dict(settings))
    return shop


def note_connected(*, shop_id: str, signing_secret: str, told: Mapping[str, Any], at: datetime) -> Shop:
    """Keep that the shop answered and sends its messages from now on."""
    with transaction():
        shop = _locked(shop_id)
        shop.state, shop.problem, shop.connected_at = ShopState.CONNECTED, "", at
        shop.settings = {**shop.settings, **told}
        if signing_secret:
            seal_cell(shop, "signing_secret", signing_secret)
        shop.save()
        _audit(shop, "shop.connected", by=Actor.system("shops"), at=at, data=dict(told))
    return shop


def note_not_connected(*, shop_id: str, problem: str, at: datetime) -> Shop:
    """Keep why a shop could not be connected."""
    with transaction():
        shop = _locked(shop_id)
        shop.state, shop.problem = ShopState.REFUSED, problem[:500]
        shop.save(update_fields=("state", "problem"))
        _audit(shop, "shop.not_connected", by=Actor.system("shops"), at=at, data={"problem": shop.problem})
    return shop


def disconnect_shop(*, shop_id: str, by: Actor, at: datetime) -> Shop:
    """Take nothing more from a shop, and forget what opens it; what it told stays."""
    with transaction():
        shop = _locked(shop_id)
        shop.state = ShopState.DISCONNECTED
        shop.signing_secret = shop.access_secret = ""
        shop.save(update_fields=("state", "signing_secret", "access_secret"))
        _audit(shop, "shop.disconnect", by=by, at=at, data={})
    return shop


def note_unproven(*, shop: Shop, at: datetime) -> None:
    """Keep when a message last failed to prove itself; strangers who knock all day write once a minute."""
    if shop.unproven_at is None or at - shop.unproven_at >= _NOTED_AGAIN_AFTER:
        with transaction():
            Shop.objects.filter(pk=shop.pk).update(unproven_at=at)


def ensure_salt(program_id: str) -> str:
    """Return what customers of a program are hashed with, made on first need."""
    row = ShopSalt.objects.filter(pk=program_id).first()
    if row is None:
        row = ShopSalt(program_id=program_id)
        seal_cell(row, "salt", random_token(32))
        row, _made = ShopSalt.objects.get_or_create(pk=program_id, defaults={"salt": row.salt})
    return open_cell(row, "salt")


def customer_hash(program_id: str, customer: str) -> str:
    """Return the keyed hash under which a customer is kept: whoever reads it learns neither mail address nor number."""
    salt = ensure_salt(program_id)
    return "h:" + hmac.new(salt.encode(), customer.encode(), hashlib.sha256).hexdigest()[:40]


def _prefix(program_id: str, kind: str) -> str:
    if kind not in _COUNT_FROM_ONE:
        return ""
    others = Shop.objects.filter(program_id=program_id, kind__in=_COUNT_FROM_ONE).count()
    return f"{others + 1}:" if others else ""


def _locked(shop_id: str) -> Shop:
    return Shop.objects.select_for_update(of=("self",)).select_related("program").get(pk=shop_id)


def _audit(shop: Shop, action: str, *, by: Actor, at: datetime, data: Mapping[str, Any]) -> None:
    audit(by=by, at=at, action=action, subject=shop.id, workspace_id=shop.program.workspace_id, data=data)
