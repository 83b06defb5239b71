"""The demo's story, day by day, from a seed: who visits, what is bought, what comes back, what people decide.

Nothing here knows a database or a clock: the same play tells the same story, to the minute and to the cent.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from zoneinfo import ZoneInfo

from rapport.apps.partners.models import Segment
from rapport.flows.demo.cast import Player

ZONE = ZoneInfo("Europe/Berlin")
CLICKS_A_YEAR = 3_850
ORDERS_A_YEAR = 120
"""What one partner brings in a year, on average."""
DAYS_A_YEAR = 365
SETTLING_IN = timedelta(days=3)
"""A partner that joins needs so long to place its links."""

_EARNING = 0.92
_HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 7, 6, 6, 6, 7, 8, 10, 12, 14, 12, 8, 4)
"""How busy each hour of a day is: people read about sleep in the evening."""
_WEEK = (1.0, 0.97, 0.96, 0.98, 0.95, 1.04, 1.16)
_YEAR = (1.12, 1.0, 0.95, 0.92, 0.88, 0.84, 0.82, 0.88, 0.98, 1.08, 1.28, 1.3)
_CLICKS_PER_SALE = {Segment.COUPON: 0.6, Segment.SEARCH: 0.8, Segment.STORE_OWNER: 0.9, Segment.BLOGGER: 1.2}
_DELAYS = (3, 9, 25, 70, 600, 4000)
_USES_CODE = 0.4
_FORGETS_CLICK = 0.5
_COMES_BACK = 0.34
_REPEATS = 1 / (1 - _COMES_BACK)
_CANCELLED = 0.02
_RETURNED_WHOLE = 0.055
_RETURNED = 0.11
_CHARGED_BACK = 0.114
_DECLINED = 0.131
_CONTRADICTED = 0.133
_PARTNER_REPLIES = 0.6
_LAST_DECLINE_DAYS = 12


class Kind(StrEnum):
    """Who visits."""

    PHONE = "phone"
    DESK = "desk"
    TABLET = "tablet"
    BOT = "bot"
    FRAMED = "framed"


KINDS, _KIND_WEIGHTS = tuple(Kind), (57, 28, 7, 6, 2)
GOODS = (
    ("linen-pyjamas", "Linen pyjamas, natural", "sleepwear", 8900),
    ("flannel-shirt", "Flannel night shirt", "sleepwear", 6450),
    ("robe", "Waffle robe", "robes", 11900),
    ("pillow", "Buckwheat pillow", "bedding", 5250),
    ("socks", "Bed socks", "accessories", 1490),
)
_COUNTRIES = ("DE", "DE", "DE", "DE", "AT", "CH", "NL")


@dataclass(frozen=True, slots=True)
class Play:
    """What decides every figure: the seed, the last day, how many partners, how many months."""

    seed: int
    until: date
    partners: int
    months: int = 12

    @property
    def days(self) -> int:
        """How many days the story has."""
        return round(self.months * DAYS_A_YEAR / 12)

    @property
    def first_on(self) -> date:
        """The day on which the first visitor comes."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def starts_at(self) -> datetime:
        """The first midnight."""
        return datetime.combine(self.first_on, time(), tzinfo=ZONE)

    @property
    def ends_at(self) -> datetime:
        """The midnight that ends the last day."""
        return datetime.combine(self.until + timedelta(days=1), time(), tzinfo=ZONE)

    def joined_on(self, player: Player) -> date:
        """Return the day on which a partner joins."""
        return self.first_on + timedelta(days=int(player.joins * self.days))


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit through a link; `noise` makes its click id its own."""

    at: datetime
    player: int
    link: int
    kind: Kind
    topic: int
    noise: bytes


@dataclass(slots=True)
class Order:
    """One order; `number` is given on the day it is reported."""

    at: datetime
    player: int
    visit: Visit | None
    coupon: bool
    customer: str
    country: str
    goods: tuple[int, ...]
    number: int = 0


class What(StrEnum):
    """What happens to an order afterwards."""

    CANCEL = "cancel"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    CONTRADICT = "contradict"
    SETTLE = "settle"
    DECLINE = "decline"
    REPLY = "reply"
    GRANT = "grant"
    UPHOLD = "uphold"


BACK = frozenset({What.CANCEL, What.REFUND, What.CHARGEBACK})


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that happens to an order at a moment; `minor` is the part that is taken back, 0 for all of it."""

    at: datetime
    what: What
    order: Order
    minor: int = 0


@dataclass(slots=True)
class Day:
    """One day of the story."""

    on: date
    visits: list[Visit] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)

    @property
    def evening(self) -> datetime:
        """Its last minute."""
        return datetime.combine(self.on, time(23, 59), tzinfo=ZONE)


def tell(play: Play, players: Sequence[Player]) -> Iterator[Day]:
    """Tell the story of a play, oldest day first."""
    return _Story(play, players).days()


def price_of(order: Order) -> tuple[int, int]:
    """Return what the customer pays for an order and the shipping in it, in cents."""
    goods_minor = sum(GOODS[number][3] for number in order.goods)
    shipping_minor = 490 if goods_minor < 10_000 else 0  # noqa: PLR2004 - free from 100 euros on
    return goods_minor + shipping_minor, shipping_minor


class _Story:
    """What is under way while the story is told."""

    def __init__(self, play: Play, players: Sequence[Player]) -> None:
        self._play = play
        self._players = players
        self._orders: dict[date, list[Order]] = defaultdict(list)
        self._turns: dict[date, list[Turn]] = defaultdict(list)
        self._number = 20_000
        share = {player: player.weight * _CLICKS_PER_SALE.get(player.segment, 1.0) for player in players}
        self._clicks = [share[player] for player in players]
        # Chosen so that the orders follow the weights, however many clicks a kind of partner needs for one.
        per_click = ORDERS_A_YEAR / CLICKS_A_YEAR / _EARNING / _REPEATS
        mean = sum(self._clicks) / sum(player.weight for player in players)
        self._buys = [per_click * player.weight / share[player] * mean for player in players]

    def days(self) -> Iterator[Day]:
        for number in range(self._play.days):
            on = self._play.first_on + timedelta(days=number)
            # The same day of the same play is the same, whatever happens on the others.
            chance = random.Random(f"{self._play.seed}:{on}")  # noqa: S311 - a story, not a secret
            day = Day(on, self._visits(on, chance))
            for visit in day.visits:
                if visit.kind not in {Kind.BOT, Kind.FRAMED} and chance.random() < self._buys[visit.player]:
                    self._first_order(visit, chance)
            day.orders = sorted(self._orders.pop(on, ()), key=lambda order: order.at)
            for order in day.orders:
                self._number += 1
                order.number = self._number
                self._comes_back(order, chance)
                self._afterwards(order, chance)
            if day.orders and number == self._play.days - _LAST_DECLINE_DAYS:
                # However small the play, somebody has lost an order and may still reply.
                self._turn(day.orders[0], What.DECLINE, days=3)
            day.turns = sorted(self._turns.pop(on, ()), key=lambda turn: turn.at)
            yield day

    def _visits(self, on: date, chance: random.Random) -> list[Visit]:
        there = [number for number, player in enumerate(self._players) if self._is_there(player, on)]
        share = sum(self._clicks[number] for number in there) / sum(self._clicks)
        busy = _WEEK[on.weekday()] * _YEAR[on.month - 1]
        count = round(CLICKS_A_YEAR * self._play.partners / DAYS_A_YEAR * busy * share)
        midnight = datetime.combine(on, time(), tzinfo=ZONE)
        weights = list(accumulate(self._clicks[number] for number in there))
        seconds = sorted(hour * 3600 + chance.random() * 3600 for hour in chance.choices(range(24), _HOURS, k=count))
        whose = chance.choices(there, cum_weights=weights, k=count)
        kinds = chance.choices(KINDS, _KIND_WEIGHTS, k=count)
        return [
            Visit(
                at=midnight + timedelta(milliseconds=int(second * 1000)),
                player=player,
                link=chance.randrange(len(self._players[player].links)),
                kind=kind,
                topic=chance.randrange(6),
                noise=chance.randbytes(4),
            )
            for second, player, kind in zip(seconds, whose, kinds, strict=True)
        ]

    def _is_there(self, player: Player, on: date) -> bool:
        return not player.joins or on >= self._play.joined_on(player) + SETTLING_IN

    def _first_order(self, visit: Visit, chance: random.Random) -> None:
        coupon = bool(self._players[visit.player].coupon) and chance.random() < _USES_CODE
        forgets = coupon and chance.random() < _FORGETS_CLICK
        self._order(
            Order(
                at=visit.at + timedelta(minutes=chance.choice(_DELAYS)),
                player=visit.player,
                visit=None if forgets else visit,
                coupon=coupon,
                customer=f"c-{visit.noise.hex()}-{visit.at:%y%m%d}",
                country=chance.choice(_COUNTRIES),
                goods=_basket(chance),
            )
        )

    def _comes_back(self, order: Order, chance: random.Random) -> None:
        """Let a customer buy again without any click: it is bound to the partner for a year."""
        if chance.random() < _COMES_BACK:
            at = order.at + timedelta(days=chance.randrange(6, 80), minutes=chance.randrange(600))
            self._order(Order(at, order.player, None, False, order.customer, order.country, _basket(chance)))  # noqa: FBT003 - a row

    def _order(self, order: Order) -> None:
        if order.at < self._play.ends_at - timedelta(hours=2):
            self._orders[order.at.date()].append(order)

    def _afterwards(self, order: Order, chance: random.Random) -> None:
        fate, later = chance.random(), chance.randrange(2, 15)
        total_minor, _shipping = price_of(order)
        if fate < _CANCELLED:
            self._turn(order, What.CANCEL, days=later / 4)
        elif fate < _RETURNED_WHOLE:
            self._turn(order, What.REFUND, days=later)
        elif fate < _RETURNED:
            self._turn(order, What.REFUND, days=later, minor=total_minor // 2)
        elif fate < _CHARGED_BACK:
            self._turn(order, What.CHARGEBACK, days=later * 5)
        elif fate < _DECLINED:
            self._decline(order, chance, days=later)
        elif fate < _CONTRADICTED and order.visit:
            self._turn(order, What.CONTRADICT, days=0.05)
            self._turn(order, What.SETTLE, days=2)

    def _decline(self, order: Order, chance: random.Random, *, days: int) -> None:
        self._turn(order, What.DECLINE, days=days)
        if chance.random() < _PARTNER_REPLIES:
            replied = days + chance.randrange(1, 5)
            self._turn(order, What.REPLY, days=replied)
            answer = chance.choice((What.GRANT, What.UPHOLD))
            self._turn(order, answer, days=replied + chance.randrange(1, 6))

    def _turn(self, order: Order, what: What, *, days: float, minor: int = 0) -> None:
        at = order.at + timedelta(days=days, hours=1)
        if at < self._play.ends_at - timedelta(hours=2):
            self._turns[at.date()].append(Turn(at, what, order, minor))


def _basket(chance: random.Random) -> tuple[int, ...]:
    return tuple(chance.choices(range(len(GOODS)), k=chance.choice((1, 1, 1, 2, 3))))
