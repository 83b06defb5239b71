"""What an order and the lines of its basket tell the conditions of rules, seen by one partner's promise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rapport.domain.amounts import Exact, basis_of, uncorrected
from rapport.domain.basket import Item
from rapport.domain.days import local
from rapport.domain.story import AmountReport, ReportedConversion, Touch
from rapport.domain.terms import Basis, CouponCondition, CustomerStatus, Weekday
from rapport.domain.terms.tree import Fact, Facts, Told

_WEEKDAYS: Final = tuple(Weekday)
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """An order and what is known around it for one agreement, in the zone and currency of the program.

    `segment` is what the partner does, `touch` the click that brings the order, `codes` the valid codes of this partner
    that it used, `returning` whether the customer bought before (None: nobody knows). `first_at_ms` and `times_before`
    tell of the earlier order that a repeated payment follows, and how many followed it before. `window_over` when the
    click window has run out, so that only rules that recur still pay.
    """

    conversion: ReportedConversion
    zone: str
    currency: str
    segment: str = ""
    touch: Touch | None = None
    codes: frozenset[str] = frozenset()
    returning: bool | None = None
    first_at_ms: int | None = None
    times_before: int = 0
    window_over: bool = False

    @property
    def factor(self) -> Exact | None:
        """Return what amounts of the order are multiplied by to be the program's; None while the rate is not known."""
        exchange = self.conversion.exchange
        if exchange is None:
            return 1
        return exchange.rate.factor((exchange.currency, self.currency)) if exchange.rate else None


def order_facts(around: Around, report: AmountReport, basis: Basis) -> Facts:
    """Return what the order tells; what nobody knows is None."""
    order, touch = around.conversion, around.touch
    at = local(order.occurred_at_ms, around.zone)
    lake = touch.facts if touch else None
    factor = around.factor
    told: dict[Fact, Told] = {
        Fact.CUSTOMER: _customer(around),
        Fact.COUNTRY: _text(order.country or (lake.country if lake else "")),
        Fact.DEVICE: _text(lake.device if lake else ""),
        Fact.COUPON: CouponCondition.WITH if around.codes else CouponCondition.WITHOUT,
        Fact.COUPON_CODE: frozenset(code.casefold() for code in around.codes),
        Fact.SEGMENT: _text(around.segment),
        Fact.PLACEMENT: _text(touch.placement if touch else ""),
        Fact.CHANNEL: _text((touch.channel if touch else "") or order.channel),
        Fact.WEEKDAY: _WEEKDAYS[at.weekday()],
        Fact.HOUR: at.hour,
        Fact.DAY: at.date().toordinal(),
        Fact.AMOUNT: None if factor is None else basis_of(uncorrected(report), basis) * factor,
        Fact.QUANTITY: sum(item.quantity for item in order.items) if order.items else None,
        Fact.MONTHS_SINCE_FIRST: _months(around, at),
        Fact.TIMES_BEFORE: around.times_before,
    }
    return told


def line_facts(around: Around) -> list[Facts]:
    """Return what each line tells; an order without a basket is one line of which nothing is known."""
    return [_line(item, around.factor) for item in around.conversion.items] or [{}]


def _line(item: Item, factor: Exact | None) -> Mapping[Fact, Told]:
    return {
        Fact.PRODUCT: _text(item.product),
        Fact.CATEGORY: _text(item.category),
        Fact.BRAND: _text(item.brand),
        Fact.PRICE: None if factor is None else item.price_minor * factor,
        Fact.COST: None if item.cost_minor is None else "told",
    }


def _customer(around: Around) -> str | None:
    told = around.conversion.customer_status
    if told or around.returning is None:
        return told or None
    return CustomerStatus.RETURNING if around.returning else CustomerStatus.NEW


def _text(told: str) -> str | None:
    return told.casefold() or None


def _months(around: Around, at: datetime) -> int:
    """Count whole months of the calendar; from 31 January the first is over on 1 March."""
    if around.first_at_ms is None:
        return 0
    first = local(around.first_at_ms, around.zone)
    months = (at.year - first.year) * _MONTHS + at.month - first.month
    return months if at.day >= first.day else months - 1
