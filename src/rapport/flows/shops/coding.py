"""Make the program's codes in its shops, with retries; what shops refuse stands beside the code."""

from datetime import datetime

from rapport.apps.record.errors import Refusal
from rapport.apps.shops.actions import begin_codes, note_code_made, put_off_code
from rapport.apps.shops.models import Shop, ShopCode, ShopState
from rapport.apps.shops.providers.protocol import CodeWish
from rapport.apps.shops.queries import codes_to_begin, codes_to_make, connected_shops
from rapport.flows.shops.taking import client_of

AT_ONCE = 20


def order_all(*, at: datetime) -> int:
    """Order that the codes of every program be made in its shops; return how many are new."""
    ordered = 0
    for shop in _making():
        living = [one for one in codes_to_begin(shop) if one.ends_at is None or one.ends_at > at]
        ordered += begin_codes(shop=shop, coupons=living, at=at)
    return ordered


def make_codes(*, at: datetime) -> int:
    """Make the codes that are due; return how many were made."""
    return sum(_make(code, at=at) for code in codes_to_make(at=at, most=AT_ONCE))


def codes_wait(*, at: datetime) -> bool:
    """Say whether a code is due."""
    fresh = (one for shop in _making() for one in codes_to_begin(shop) if one.ends_at is None or one.ends_at > at)
    return bool(codes_to_make(at=at, most=1)) or next(fresh, None) is not None


def makes_codes(shop: Shop) -> bool:
    """Say whether codes are made in a shop: it can be asked, and somebody said what they give."""
    said = bool(shop.settings.get("code_percent")) and not shop.settings.get("by_hand")
    return said and shop.state == ShopState.CONNECTED


def _make(code: ShopCode, *, at: datetime) -> bool:
    coupon, shop = code.coupon, code.shop
    percent = str(shop.settings.get("code_percent") or "")
    wish = CodeWish(code=coupon.code, percent=percent, starts_at=coupon.starts_at, ends_at=coupon.ends_at)
    try:
        there_id = client_of(shop, at=at).make_code(wish)
    except Refusal as refusal:
        put_off_code(code, problem=refusal.sentence, at=at)
        return False
    note_code_made(code, there_id=there_id, at=at)
    return True


def _making() -> list[Shop]:
    return [shop for shop in connected_shops() if makes_codes(shop)]
