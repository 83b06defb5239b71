"""Orders of the demo: what visitors bought and brought back, by the use-cases that every door calls."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.models import Door
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.record.actors import Actor
from rapport.flows.demo.staging import Stage
from rapport.flows.demo.visits import Visit
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.offers import load_offer
from rapport.flows.settlement import approve_due, join_click_facts

ORDERS = 320
_FREE_SHIPPING_MINOR = 10_000
_USES_CODE = 0.4
_FORGETS_CLICK = 0.5
_CANCELLED = 0.02
_RETURNED_WHOLE = 0.05
_RETURNED = 0.12
_ROUND_DAYS = 7
"""The worker's rounds are played once a week: sixty of them would make the first start long."""

_SHOP = Actor.system("demo-shop")
_GOODS = (
    ("linen-pyjamas", "Linen pyjamas, natural", "sleepwear", 8900),
    ("flannel-shirt", "Flannel night shirt", "sleepwear", 6450),
    ("robe", "Waffle robe", "robes", 11900),
    ("pillow", "Buckwheat pillow", "bedding", 5250),
    ("socks", "Bed socks", "accessories", 1490),
)


@dataclass(slots=True)
class Diary:
    """What the shop reports, day by day."""

    conversions: dict[date, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    corrections: dict[date, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))


def play_orders(stage: Stage, visits: list[Visit], *, chance: random.Random, at: datetime) -> int:
    """Report the orders of the past weeks day by day, let holds end as they would have, and return how many orders."""
    diary = _plan(visits, chance=chance, at=at)
    zone = ZoneInfo(stage.program.zone)
    for number, day in enumerate(sorted({*diary.conversions, *diary.corrections})):
        evening = min(datetime.combine(day, time(23, 59), tzinfo=zone), at)
        _report_day(stage, diary, day, at=evening)
        if number % _ROUND_DAYS == 0:
            join_click_facts(at=evening + timedelta(minutes=5))
            approve_due(at=evening)
    join_click_facts(at=at + timedelta(minutes=5))
    approve_due(at=at)
    return sum(len(orders) for orders in diary.conversions.values())


def _plan(visits: list[Visit], *, chance: random.Random, at: datetime) -> Diary:
    diary = Diary()
    buyers = sorted(chance.sample([visit for visit in visits if visit.counts], ORDERS), key=lambda visit: visit.at)
    for number, visit in enumerate(buyers):
        ordered_at = min(visit.at + timedelta(minutes=chance.choice((3, 9, 25, 70, 600, 4000))), at)
        order = _order(10_400 + number, visit, ordered_at, chance=chance)
        diary.conversions[ordered_at.date()].append(order)
        _aftermath(diary, order, ordered_at, chance=chance, at=at)
    _odd_ones(diary, visits, at=at)
    return diary


def _order(number: int, visit: Visit, ordered_at: datetime, *, chance: random.Random) -> dict[str, Any]:
    goods = chance.choices(_GOODS, k=chance.choice((1, 1, 1, 2, 3)))
    shipping_minor = 490 if sum(price for *_, price in goods) < _FREE_SHIPPING_MINOR else 0
    total_minor = sum(price for *_, price in goods) + shipping_minor
    order: dict[str, Any] = {
        "kind": "sale",
        "external_id": str(number),
        "currency": "EUR",
        "total": _text(total_minor),
        "tax": _text(total_minor * 19 // 119),
        "shipping": _text(shipping_minor),
        "occurred_at": ordered_at,
        "customer_id": f"customer-{chance.randrange(220)}",
        "country": chance.choice(("DE", "DE", "DE", "AT", "CH")),
        "channel": "shop",
        "click_ids": [visit.click_id],
        "lines": [
            {"product": product, "name": name, "category": category, "quantity": 1, "price": _text(price)}
            for product, name, category, price in goods
        ],
    }
    if visit.player.coupon and chance.random() < _USES_CODE:
        order["coupons"] = [visit.player.coupon]
        order["click_ids"] = [] if chance.random() < _FORGETS_CLICK else order["click_ids"]
    return order


def _aftermath(
    diary: Diary, order: dict[str, Any], ordered_at: datetime, *, chance: random.Random, at: datetime
) -> None:
    """Let some orders come back, in part or whole."""
    fate = chance.random()
    moment = ordered_at + timedelta(days=chance.randrange(2, 14), hours=3)
    if fate > _RETURNED or moment >= at:
        return
    whole = fate < _RETURNED_WHOLE
    correction = {
        "kind": "cancel" if fate < _CANCELLED else "refund",
        "external_id": f"back-{order['external_id']}",
        "of": order["external_id"],
        "currency": "EUR",
        "occurred_at": moment,
    }
    if not whole:
        correction["total"] = _text(int(order["total"].replace(".", "")) // 2)
    diary.corrections[moment.date()].append(correction)


def _odd_ones(diary: Diary, visits: list[Visit], *, at: datetime) -> None:
    """Leave what some mornings bring: a conflict, a refund without its sale, click ids and codes that earn nothing."""
    today, earlier = at.date(), at - timedelta(hours=5)
    base = {"kind": "sale", "currency": "EUR", "occurred_at": earlier, "tax": "0", "shipping": "0"}
    last = visits[-1].click_id
    bot = next(visit.click_id for visit in reversed(visits) if not visit.counts)
    forged = last[:-4] + ("AAAA" if last[-4:] != "AAAA" else "BBBB")
    diary.conversions[today] += [
        {**base, "external_id": "11032", "total": "148.00", "click_ids": [last]},
        {**base, "external_id": "11032", "total": "118.00"},
        {**base, "external_id": "11033", "total": "64.50", "click_ids": [forged]},
        {**base, "external_id": "11034", "total": "119.00", "click_ids": [bot]},
        {**base, "external_id": "11035", "total": "52.50", "coupons": ["GHOST20"]},
        {**base, "external_id": "11036", "total": "89.00", "coupons": ["ANNA12", "MIRA10"]},
    ]
    diary.corrections[today].append(
        {"kind": "refund", "external_id": "back-9999", "of": "9999", "currency": "EUR", "occurred_at": earlier}
    )


def _report_day(stage: Stage, diary: Diary, day: date, *, at: datetime) -> None:
    offer = load_offer(stage.program.id)
    reports = [
        read_conversion(ConversionInput.model_validate(order), frame=offer.frame, received_at=order["occurred_at"])
        for order in diary.conversions[day]
    ]
    deltas = [
        read_correction(CorrectionInput.model_validate(back), frame=offer.frame, received_at=back["occurred_at"])
        for back in diary.corrections[day]
    ]
    if reports:
        take_conversions(reports, offer=offer, door=Door.DEMO, by=_SHOP, at=at)
    if deltas:
        take_corrections(deltas, offer=offer, door=Door.DEMO, by=_SHOP, at=at)


def _text(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
