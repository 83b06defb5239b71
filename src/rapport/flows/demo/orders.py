"""Play a day of the demo: what the shop reports and takes back, and what people decide, as every door does it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import approvable, commissions_of_program
from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.models import Conversion, DeclineCode, Door
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.flows import deciding, declining, replying
from rapport.flows.approving import approve_by_hand
from rapport.flows.demo.planning import BACK, GOODS, Day, Order, Turn, What, price_of
from rapport.flows.demo.staging import Stage
from rapport.flows.demo.visits import Tracks
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.offers import Offer
from rapport.flows.settlement import approve_due, join_click_facts

AT_ONCE = 60
"""Reports in one transaction: more would keep the pages waiting."""
ROUND_DAYS = 7
"""The worker's rounds are played once a week: one a day would make the first start longer."""
CLOCK_DAYS = 90
"""What the service clocks look at is approved on the day, as the worker does."""
BY_HAND_ON = 20
BY_HAND = 12

_SHOP = Actor.system("demo-shop")
_TAX_PERCENT = 19
_DECLINES: Sequence[tuple[str, str, str]] = (
    (DeclineCode.RETURNED, "The parcel came back unopened.", "Return 7781 of our warehouse"),
    (DeclineCode.NOT_PAID, "The bank took the payment back.", "https://shop.example/payments/4410"),
    (DeclineCode.FRAUD, "The card was reported stolen.", "https://shop.example/claims/77"),
    (DeclineCode.DUPLICATE, "The same basket was ordered twice within a minute.", ""),
    (DeclineCode.BREACH, "The order came by an advertisement on our own name.", "Screenshot of 9 May, on request"),
)
_REPLIES = (
    "The reader wrote to me that the parcel was kept. Could you look again?",
    "I know this customer, it is a sister of mine who pays with that card.",
    "We never advertise on your name. The click came from our article on linen.",
)


@dataclass(frozen=True, slots=True)
class Shop:
    """Who reports: the stage, the traces of visits, and the offer against which reports are read."""

    stage: Stage
    tracks: Tracks
    offer: Offer

    def order_fields(self, order: Order) -> dict[str, Any]:
        """Return an order as the shop reports it."""
        total_minor, shipping_minor = price_of(order)
        coupon = self.stage.players[order.player].coupon
        return {
            "kind": "sale",
            "external_id": str(order.number),
            "currency": "EUR",
            "total": text(total_minor),
            "tax": text(total_minor * _TAX_PERCENT // (100 + _TAX_PERCENT)),
            "shipping": text(shipping_minor),
            "occurred_at": order.at,
            "customer_id": order.customer,
            "country": order.country,
            "channel": "shop",
            "click_ids": [self.tracks.click_id(order.visit)] if order.visit else [],
            "coupons": [coupon] if order.coupon else [],
            "lines": [
                {"product": product, "name": name, "category": category, "quantity": 1, "price": text(price)}
                for product, name, category, price in (GOODS[number] for number in order.goods)
            ],
        }

    def report(self, reports: Iterable[Mapping[str, Any]], *, at: datetime) -> None:
        """Report orders, a few dozen at once."""
        for some in _batches(reports):
            read = [
                read_conversion(
                    ConversionInput.model_validate(one), frame=self.offer.frame, received_at=one["occurred_at"]
                )
                for one in some
            ]
            take_conversions(read, offer=self.offer, door=Door.DEMO, by=_SHOP, at=at)

    def take_back(self, reports: Iterable[Mapping[str, Any]], *, at: datetime) -> None:
        """Report what comes back."""
        for some in _batches(reports):
            read = [
                read_correction(
                    CorrectionInput.model_validate(one), frame=self.offer.frame, received_at=one["occurred_at"]
                )
                for one in some
            ]
            take_corrections(read, offer=self.offer, door=Door.DEMO, by=_SHOP, at=at)

    def conversion(self, number: int | str) -> Conversion:
        """Return an order that was reported."""
        rows = Conversion.objects.select_related("program")
        return rows.get(program=self.stage.program, kind="sale", external_id=str(number))


def play_day(shop: Shop, day: Day, *, number: int) -> None:
    """Play one day, the `number`th; playing it again changes nothing."""
    at = day.evening
    shop.report(map(shop.order_fields, day.orders), at=at)
    shop.take_back((_back(turn) for turn in day.turns if turn.what in BACK), at=at)
    for turn in day.turns:
        if turn.what not in BACK:
            _ACTS[turn.what](shop, turn)
    if number % ROUND_DAYS == 0:
        play_round(at=at)
    elif number >= shop.stage.play.days - CLOCK_DAYS:
        approve_due(at=at)
    if day.on.day == BY_HAND_ON:
        _approve_some(shop, at=at)


def play_round(*, at: datetime) -> None:
    """Do what the worker does all day: look up clicks, approve what nobody objected to."""
    join_click_facts(at=at + timedelta(minutes=5))
    approve_due(at=at)


def text(minor: int) -> str:
    """Return cents as the text that reports carry."""
    return f"{minor // 100}.{minor % 100:02d}"


def _batches(reports: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    remaining = iter(reports)
    while some := list(islice(remaining, AT_ONCE)):
        yield some


def _back(turn: Turn) -> dict[str, Any]:
    correction = {
        "kind": str(turn.what),
        "external_id": f"back-{turn.order.number}",
        "of": str(turn.order.number),
        "currency": "EUR",
        "occurred_at": turn.at,
    }
    return correction | ({"total": text(turn.minor)} if turn.minor else {})


def _approve_some(shop: Shop, *, at: datetime) -> None:
    """Let the manager approve the newest orders of the partner that leads, as a thank-you."""
    mine = commissions_of_program(shop.stage.program.id).filter(agreement=shop.stage.partners[0].agreement)
    rows = approvable(mine).order_by("-earned_at", "conversion__external_id")
    ids = list(rows.values_list("id", flat=True)[:BY_HAND])
    approve_by_hand(program_id=shop.stage.program.id, commission_ids=ids, by=shop.stage.manager, at=at)


def _contradict(shop: Shop, turn: Turn) -> None:
    """Report an order again with another amount, as two systems of a shop do."""
    fields = shop.order_fields(turn.order) | {"lines": [], "tax": "0", "shipping": "0"}
    total_minor, _shipping = price_of(turn.order)
    shop.report([fields | {"total": text(total_minor - 1_000)}], at=turn.at)


def _settle(shop: Shop, turn: Turn) -> None:
    conversion = shop.conversion(turn.order.number)
    first = conversion.reports.order_by("received_at", "id")[0]
    reason = "The file of the shop was right."
    deciding.settle_conflict(
        conversion=conversion, report_id=first.id, reason=reason, by=shop.stage.manager, at=turn.at
    )


def _decline(shop: Shop, turn: Turn) -> None:
    code, reason, evidence = _DECLINES[turn.order.number % len(_DECLINES)]
    declining.decline_conversion(
        conversion=shop.conversion(turn.order.number),
        code=code,
        reason=reason,
        evidence=evidence,
        by=shop.stage.manager,
        at=turn.at,
    )


def _reply(shop: Shop, turn: Turn) -> None:
    partner = shop.stage.partners[turn.order.player]
    body = _REPLIES[turn.order.number % len(_REPLIES)]
    rows = Commission.objects.select_related("agreement__program", "agreement__partner", "conversion__program")
    for commission in rows.filter(conversion=shop.conversion(turn.order.number), agreement=partner.agreement):
        replying.reply(commission=commission, body=body, by=partner.actor, at=turn.at)


def _grant(shop: Shop, turn: Turn) -> None:
    conversion, reason = shop.conversion(turn.order.number), "You are right, we were too quick."
    declining.undo_decline(conversion=conversion, reason=reason, by=shop.stage.manager, at=turn.at)


def _uphold(shop: Shop, turn: Turn) -> None:
    conversion, reason = shop.conversion(turn.order.number), "The warehouse confirmed it once more."
    declining.uphold_decline(conversion=conversion, reason=reason, by=shop.stage.manager, at=turn.at)


Act = Callable[[Shop, Turn], None]


def _forgiving(act: Act) -> Act:
    """Let an act pass that a cut-off round did before, or that the story has made pointless."""

    def forgive(shop: Shop, turn: Turn) -> None:
        try:
            act(shop, turn)
        except Refusal:
            return

    return forgive


_ACTS: Mapping[What, Act] = {
    What.CONTRADICT: _forgiving(_contradict),
    What.SETTLE: _forgiving(_settle),
    What.DECLINE: _forgiving(_decline),
    What.REPLY: _forgiving(_reply),
    What.GRANT: _forgiving(_grant),
    What.UPHOLD: _forgiving(_uphold),
}
