"""Tell what a shop says of an order by the road of every report: what is new of it, once, in any order of arrival."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.queries import currency_of
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.conversions.recording import Taken, TakenConversion, TakenCorrection
from rapport.apps.record.actors import Actor
from rapport.apps.record.inputs import read_input
from rapport.apps.shops.actions import (
    customer_hash,
    keep_order,
    keep_reversal,
    lock_order,
    lock_reversals,
    release_waiting,
    renew_order,
)
from rapport.apps.shops.actions.orders import stands_at
from rapport.apps.shops.amounts import text_of
from rapport.apps.shops.models import Shop, ShopOrder, ShopReversal
from rapport.apps.shops.orders import Amounts, Gone, OrderState, Reversal
from rapport.apps.shops.queries import codes_there
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.offers import Offer
from rapport.kit.clock import to_ms

CANCEL = "cancel"
_AMOUNTS = ("total", "tax", "shipping", "discount")


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came of telling: what became of it, of which conversion or correction, and warnings."""

    taken: str
    subject: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells what one shop says, inside the caller's transaction."""

    shop: Shop
    offer: Offer
    by: Actor
    at: datetime

    def order(self, state: OrderState) -> list[Came]:
        """Tell an order: its amounts if they are news, whatever else it names, and what was taken from it."""
        state = self._named(state)
        known = lock_order(self.shop.id, state.number)
        newer = known is None or _is_newer(state, known)
        if not (known and known.conversion_id) and not (newer and state.counts):
            return self._untold(state, known, newer=newer)
        amounts = self._amounts(state, known, newer=newer)
        revision = _revision(known, amounts)
        taken = self._report(state, amounts, revision)
        order = self._kept(state, known, amounts=amounts, revision=revision, taken=taken, newer=newer)
        came = [_came(taken), *self._reversals(order, state, newer=newer)]
        release_waiting(shop_id=self.shop.id, names=(state.number, state.payment), at=self.at)
        return came

    def reversal(self, reversal: Reversal) -> list[Came] | None:
        """Tell what a refund or a dispute takes; None when its order is not known yet."""
        order = lock_order(self.shop.id, self.prefixed(reversal.of))
        if order is None or not order.conversion_id:
            return None
        return self._reversed(order, reversal, lock_reversals(order).get(reversal.number))

    def gone(self, gone: Gone) -> list[Came]:
        """Tell that the shop has an order no more: nothing of it is left.

        An order that was never told is remembered as gone, so that the message of its creation, should it come later,
        does not count.
        """
        order = lock_order(self.shop.id, self.prefixed(gone.number))
        if order is None:
            unknown = OrderState(
                number=gone.number,
                version_ms=to_ms(self.at),
                ordered_at=self.at,
                currency=self.shop.program.currency,
                amounts=Amounts(0),
                counts=False,
            )
            return self.order(unknown)
        state = OrderState(
            number=order.number.removeprefix(self.prefixed("")),
            version_ms=max(to_ms(self.at), order.version_ms + 1),
            ordered_at=order.ordered_at,
            currency=self._currency(order),
            amounts=Amounts(0),
            counts=False,
            renewal=order.kind != str(self.shop.settings.get("sale_kind") or "sale"),
        )
        return self.order(state)

    def prefixed(self, number: str) -> str:
        """Return a number of the shop as it is known here: a second shop that counts from 1 has a mark before it."""
        return f"{self.shop.settings.get('prefix', '')}{number}"

    def _named(self, state: OrderState) -> OrderState:
        codes = (*state.coupons, *codes_there(self.shop.id, state.code_ids))
        customer = self._hashed(state.customer)
        payment = self.prefixed(state.payment) if state.payment else ""
        number = self.prefixed(state.number)
        return replace(state, number=number, payment=payment, coupons=tuple(dict.fromkeys(codes)), customer=customer)

    def _hashed(self, customer: str) -> str:
        """Return a keyed hash of a customer: whoever reads it learns neither mail address nor number."""
        return customer_hash(self.shop.program_id, customer) if customer else ""

    def _untold(self, state: OrderState, known: ShopOrder | None, *, newer: bool) -> list[Came]:
        """Remember an order that does not count, so that an older message about it does not count either."""
        nothing = Amounts(0)
        if known is None:
            keep_order(self.shop, state, kind=self._kind(state), amounts=nothing, conversion_id="")
        elif newer:
            renew_order(known, state, amounts=nothing, revision=0, conversion_id="", newer=True)
        return [Came("ignored", sentences=(_("This order does not count: it is not paid, or it was cancelled."),))]

    def _amounts(self, state: OrderState, known: ShopOrder | None, *, newer: bool) -> Amounts:
        if known is not None and not newer:
            return Amounts(known.total_minor, known.tax_minor, known.shipping_minor, known.discount_minor)
        if state.counts:
            return state.amounts
        # What was refunded stays refunded, so that nothing is left, and no less than nothing.
        listed = sum(one.taken_minor for one in state.reversals)
        rows = lock_reversals(known).values() if known and not state.lists_reversals else ()
        return Amounts(listed or sum(row.taken_minor for row in rows))

    def _report(self, state: OrderState, amounts: Amounts, revision: int) -> TakenConversion:
        texts = {name: text_of(getattr(amounts, name), state.currency) for name in _AMOUNTS}
        fields: dict[str, Any] = {
            **texts,
            "kind": self._kind(state),
            "external_id": state.number,
            "currency": state.currency,
            "revision": revision,
            "occurred_at": state.ordered_at,
            "click_ids": state.click_ids,
            "coupons": state.coupons,
            "customer_id": state.customer,
            "customer_status": state.customer_status,
            "country": state.country,
            "channel": state.channel,
            "source": state.source,
            "landing_url": state.landing_url,
            "test": state.test,
        }
        read = read_conversion(read_input(ConversionInput, fields), frame=self.offer.frame, received_at=self.at)
        return take_conversions([read], offer=self.offer, door=Door.SHOP, by=self.by, at=self.at)[0]

    def _kept(
        self,
        state: OrderState,
        known: ShopOrder | None,
        *,
        amounts: Amounts,
        revision: int,
        taken: TakenConversion,
        newer: bool,
    ) -> ShopOrder:
        told = taken.conversion.id
        if known is None:
            return keep_order(self.shop, state, kind=self._kind(state), amounts=amounts, conversion_id=told)
        return renew_order(known, state, amounts=amounts, revision=revision, conversion_id=told, newer=newer)

    def _reversals(self, order: ShopOrder, state: OrderState, *, newer: bool) -> list[Came]:
        known = lock_reversals(order)
        # A refund that an older list names and the newest does not was removed meanwhile.
        is_old_list = state.lists_reversals and state.version_ms < order.version_ms
        listed_ones = [each for each in state.reversals if each.number in known or not is_old_list]
        came = [one for each in listed_ones for one in self._reversed(order, each, known.get(each.number))]
        if newer and state.lists_reversals:
            listed = {each.number for each in state.reversals} | {CANCEL}
            gone = [row for row in known.values() if row.number not in listed and row.kind == "refund"]
            came += [one for row in gone for one in self._reversed(order, stands_at(row, at=self.at), row)]
        if state.cancelled and CANCEL not in known:
            came.append(self._cancelled(order, state))
        return came

    def _reversed(self, order: ShopOrder, reversal: Reversal, known: ShopReversal | None) -> list[Came]:
        if known and not _is_later(reversal, known):
            return [Came("known", sentences=(_("Older than what is known already."),))]
        more = reversal.taken_minor - (known.taken_minor if known else 0)
        came = self._correct(order, reversal, known, more=more) if more else Came("known")
        keep_reversal(order, known, reversal, told=bool(more))
        return [came]

    def _correct(self, order: ShopOrder, reversal: Reversal, known: ShopReversal | None, *, more: int) -> Came:
        currency = reversal.currency or self._currency(order)
        parts = _parts(reversal) if known is None else {}
        told = known.told if known else 0
        number = self.prefixed(reversal.number) + (f"/{told + 1}" if told else "")
        taken = self._take(
            {
                "kind": reversal.kind if more > 0 else "amendment",
                "external_id": number,
                "of": order.number,
                "of_kind": order.kind,
                "currency": currency,
                "total": text_of(abs(more), currency),
                **{name: text_of(minor, currency) for name, minor in parts.items()},
                "occurred_at": reversal.at,
            }
        )
        return _came(taken)

    def _cancelled(self, order: ShopOrder, state: OrderState) -> Came:
        """Tell a cancellation that is final: all that is left goes."""
        number = f"{order.number}-{CANCEL}"
        fields = {"kind": CANCEL, "external_id": number, "of": order.number, "of_kind": order.kind}
        taken = self._take({**fields, "currency": state.currency, "occurred_at": self.at})
        reversal = Reversal(number=CANCEL, kind=CANCEL, taken_minor=0, at=self.at, version_ms=state.version_ms)
        keep_reversal(order, None, reversal, told=True)
        return _came(taken)

    def _take(self, fields: Mapping[str, Any]) -> TakenCorrection:
        read = read_correction(read_input(CorrectionInput, fields), frame=self.offer.frame, received_at=self.at)
        return take_corrections([read], offer=self.offer, door=Door.SHOP, by=self.by, at=self.at)[0]

    def _currency(self, order: ShopOrder) -> str:
        """Return the currency that an order was told in."""
        return currency_of(order.conversion_id) or self.offer.program.currency

    def _kind(self, state: OrderState) -> str:
        settings = self.shop.settings
        sale = str(settings.get("sale_kind") or "sale")
        return str(settings.get("renewal_kind") or sale) if state.renewal else sale


def _is_newer(state: OrderState, known: ShopOrder) -> bool:
    """Say whether a state is later than the known one; of two of the same moment the smaller stands, whichever came."""
    if state.version_ms != known.version_ms:
        return state.version_ms > known.version_ms
    return bool(known.conversion_id) and state.amounts.total < known.total_minor


def _is_later(reversal: Reversal, known: ShopReversal) -> bool:
    """Say the same of a refund; of two of the same moment the larger stands."""
    if reversal.version_ms != known.version_ms:
        return reversal.version_ms > known.version_ms
    return reversal.taken_minor > known.taken_minor


def _revision(known: ShopOrder | None, amounts: Amounts) -> int:
    if known is None or not known.conversion_id:
        return 0
    before = Amounts(known.total_minor, known.tax_minor, known.shipping_minor, known.discount_minor)
    return known.revision + (before != amounts)


def _parts(reversal: Reversal) -> dict[str, int]:
    named = {"tax": reversal.tax_minor, "shipping": reversal.shipping_minor}
    return {name: minor for name, minor in named.items() if minor is not None}


def _came(taken: TakenConversion | TakenCorrection) -> Came:
    subject = taken.conversion.id if isinstance(taken, TakenConversion) else taken.correction.id
    return Came(str(taken.taken), subject, tuple(warning.sentence for warning in taken.warnings))


def is_news(came: Sequence[Came]) -> bool:
    """Say whether anything was new."""
    return any(one.taken not in {Taken.KNOWN, "ignored"} for one in came)
