"""Rows of the pages of shops, and of the address to which they send."""

from datetime import timedelta

from rapport.apps.programs.models import Program
from rapport.apps.shops.models import Shop, ShopDelivery
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.flows.shops.comparing import compare
from rapport.kit.clock import now
from tests.doors.routes.rows.console import program
from tests.doors.routes.table import Addressed, Row, everybody, team
from tests.make.identity import STORY, Cast
from tests.make.road import make_program
from tests.make.shops import deliver, make_shop

WHOLE_TEAM = ("owner", "manager", "sales", "finance")
REPORTERS = ("owner", "manager", "finance")
WRITERS = ("owner", "manager")


def _connected(of: Program) -> Shop:
    stripe = StripeSimulator()
    shop = make_shop(of, "stripe", stripe, at=now())
    stripe.buy(1_000, at=now())
    deliver(shop, stripe, at=now())
    return shop


def a_shop(cast: Cast) -> Addressed:
    """A connected shop: foreign as a whole, foreign under our own address, and missing."""
    ours, theirs = make_program(cast.ours), make_program(cast.theirs)
    own, foreign = _connected(ours).id, _connected(theirs).id
    return Addressed(
        own={"program_id": ours.id, "shop_id": own},
        elsewhere=(
            {"program_id": theirs.id, "shop_id": foreign},
            {"program_id": ours.id, "shop_id": foreign},
            {"program_id": ours.id, "shop_id": "shp_missing"},
        ),
    )


def a_delivery(cast: Cast) -> Addressed:
    """A delivery of a shop, likewise."""
    shops = [_connected(make_program(workspace)) for workspace in (cast.ours, cast.theirs)]
    own, foreign = ({"program_id": shop.program_id, "shop_id": shop.id} for shop in shops)
    mine, other = (ShopDelivery.objects.get(shop=shop).id for shop in shops)
    return Addressed(
        own={**own, "delivery_id": mine},
        elsewhere=({**foreign, "delivery_id": other}, {**own, "delivery_id": other}, {**own, "delivery_id": "dlv_no"}),
    )


def a_comparison(cast: Cast) -> Addressed:
    """A comparison of a shop, likewise."""
    shops = [_connected(make_program(workspace)) for workspace in (cast.ours, cast.theirs)]
    own, foreign = ({"program_id": shop.program_id, "shop_id": shop.id} for shop in shops)
    at = now()
    made = [compare(shop, from_at=at - timedelta(days=1), until_at=at, by=STORY, at=at).id for shop in shops]
    return Addressed(
        own={**own, "comparison_id": made[0]},
        elsewhere=(
            {**foreign, "comparison_id": made[1]},
            {**own, "comparison_id": made[1]},
            {**own, "comparison_id": "cmp_no"},
        ),
    )


def stripe_kind(cast: Cast) -> Addressed:
    """The page that connects one kind of shop."""
    found = program(cast)
    return Addressed(
        own={**found.own, "kind": "stripe"},
        elsewhere=(*({**other, "kind": "stripe"} for other in found.elsewhere), {**found.own, "kind": "till"}),
    )


def hook(cast: Cast) -> Addressed:
    """The address of a shop's messages: the shop stands in it, and nothing else."""
    found = a_shop(cast)
    return Addressed(own={"shop_id": found.own["shop_id"]}, elsewhere=({"shop_id": "shp_missing"},))


ROWS = (
    Row("console:shops", "GET", team(*WHOLE_TEAM), at=program),
    Row("console:shop-share", "GET", team(*WHOLE_TEAM), at=program),
    Row("console:shop-share", "POST", team(*REPORTERS, ok=422), at=program),
    Row("console:shop-connect", "GET", team(*WRITERS), at=stripe_kind),
    Row("console:shop-connect", "POST", team(*WRITERS, ok=422), at=stripe_kind),
    Row("console:shop-plugin", "GET", team(*WRITERS), at=program),
    Row("console:shop", "GET", team(*WHOLE_TEAM), at=a_shop),
    Row("console:shop-progress", "GET", team(*WHOLE_TEAM), at=a_shop),
    Row("console:shop-missing", "GET", team(*REPORTERS), at=program),
    Row("console:shop-missing", "POST", team(*REPORTERS, ok=422), at=program),
    Row("console:shop-again", "GET", team(*WRITERS), at=a_shop),
    Row("console:shop-again", "POST", team(*WRITERS, ok=422), at=a_shop),
    Row("console:shop-settings", "POST", team(*WRITERS, ok=422), at=a_shop),
    Row("console:shop-disconnect", "POST", team(*WRITERS, ok=303), at=a_shop),
    Row("console:shop-codes-again", "POST", team(*WRITERS, ok=303), at=a_shop),
    Row("console:shop-deliveries", "GET", team(*WHOLE_TEAM), at=a_shop),
    Row("console:shop-delivery", "GET", team(*WHOLE_TEAM), at=a_delivery),
    Row("console:shop-delivery-again", "POST", team(*REPORTERS, ok=303), at=a_delivery),
    Row("console:shop-compare", "POST", team(*REPORTERS, ok=303), at=a_shop),
    Row("console:shop-comparison", "GET", team(*WHOLE_TEAM), at=a_comparison),
    Row("console:shop-repair", "POST", team(*REPORTERS, ok=303), at=a_comparison),
    Row("script:script", "GET", everybody()),
    Row("hooks:shop", "POST", everybody(ok=401), at=hook, csrf=False),
)
