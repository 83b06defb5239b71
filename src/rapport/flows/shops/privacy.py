"""Carry out what the law wants of whoever keeps something of a shop's customers: tell it, or forget it."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.conversions.actions import forget_customer
from rapport.apps.record.actors import Actor
from rapport.apps.shops.actions import customer_hash, disconnect_shop, forget_these_bodies
from rapport.apps.shops.models import Shop
from rapport.apps.shops.orders import Privacy
from rapport.apps.shops.queries import bodies_of, orders_named
from rapport.flows.shops.telling import Came, Teller

BY = Actor.system("shops")


def looked_for(one: Privacy, shop: Shop) -> Privacy:
    """Find the kept messages that name a customer, or all of a shop; outside of any transaction, for it takes time."""
    if one.what == "request":
        return one
    found = (key for key, body in bodies_of(shop.id) if one.what == "shop" or _names(body, one.marks))
    return replace(one, deliveries=tuple(found))


def carry_out(one: Privacy, teller: Teller, *, at: datetime) -> Came:
    """Do it, inside the caller's transaction, and say what was done."""
    if one.what == "request":
        return Came("told", sentences=(_what_is_kept(one, teller),))
    number = forget_these_bodies(one.deliveries)
    told = [
        ngettext("The text of %(n)s message was forgotten.", "The text of %(n)s messages was forgotten.", number)
        % {"n": number}
    ]
    program_id = teller.shop.program_id
    if one.customer:
        key = customer_hash(program_id, one.customer)
        known = forget_customer(program_id=program_id, key=key, by=BY, at=at)
        told.append(
            _("The customer's key was taken away from its orders.")
            if known
            else _("No order is kept of this customer.")
        )
    if one.what == "shop":
        disconnect_shop(shop_id=teller.shop.id, by=BY, at=at)
        told.append(_("The shop is disconnected and its keys are forgotten."))
    return Came("forgotten", sentences=tuple(told))


def _what_is_kept(one: Privacy, teller: Teller) -> str:
    known = orders_named(teller.shop.id, [teller.prefixed(number) for number in one.orders])
    kept = _("Of this customer are kept, under a hash and without name, address or mail: %(orders)s.")
    nothing = _("Of the orders that the shop names none is kept here.")
    named = kept % {"orders": ", ".join(sorted(known))} if known else nothing
    return f"{named} " + _("Messages of the last 30 days are kept encrypted. Answer the customer within 30 days.")


def _names(body: bytes, marks: tuple[str, ...]) -> bool:
    text = body.decode("utf-8", "replace").lower()
    return any(mark in text for mark in marks)
