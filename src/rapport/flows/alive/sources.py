"""The sources that report on their own: each connected shop, the API, postbacks. Files and people come at will."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.conversions.arriving import arrived, arrived_by
from rapport.apps.conversions.models import Conversion, Door
from rapport.apps.programs.models import Program
from rapport.apps.shops.models import Shop, ShopState
from rapport.apps.shops.queries import orders_of, shops_of


@dataclass(frozen=True, slots=True)
class Source:
    """One source: `key` names it in outages, `rows` are the orders that it told."""

    key: str
    name: str
    rows: QuerySet[Conversion]
    shop: Shop | None = None


def sources_of(program: Program) -> list[Source]:
    """Return the sources of a program that are to be watched."""
    shops = [
        Source(shop.id, shop.name, arrived(program.id).filter(pk__in=orders_of(shop.id).values("conversion_id")), shop)
        for shop in shops_of(program.id).filter(state=ShopState.CONNECTED)
    ]
    return [
        *shops,
        Source(Door.API, _("API"), arrived_by(program.id, Door.API)),
        Source(Door.POSTBACK, _("postback"), arrived_by(program.id, Door.POSTBACK)),
    ]
