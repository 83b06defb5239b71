"""Make the program's codes in its shops, with retries; what shops refuse stands beside the code."""

from datetime import datetime

from rapport.apps.record.errors import Refusal
from rapport.apps.shops.actions import begin_codes, note_code_made, put_off_code
from rapport.apps.shops.models import Shop, ShopCode, ShopState
from rapport.apps.shops.providers.protocol import CodeWish
from rapport.apps.shops.queries import codes_to_make, shops_of
from rapport.apps.tracking.models import Coupon
from rapport.apps.tracking.queries import coupons_of_program
from rapport.flows.shops.taking import client_of

AT_ONCE = 20


def order_codes(shop: Shop, *, at: datetime) -> int:
    """Order that the program's codes that still work be made in a shop; return how many are new."""
    if not makes_codes(shop):
        return 0
    living = [one for one in coupons_of_program(shop.program_id) if one.ends_at is None or one.ends_at > at]
    return begin_codes(shop=shop, coupons=living, at=at)


def order_code(coupon: Coupon, *, at: datetime) -> int:
    """Order that one code be made in every shop of its program that makes codes; return in how many."""
    return sum(
        begin_codes(shop=shop, coupons=[coupon], at=at) for shop in shops_of(coupon.program_id) if makes_codes(shop)
    )


def make_codes(*, at: datetime) -> int:
    """Make the codes that are due; return how many were made."""
    return sum(_make(code, at=at) for code in codes_to_make(at=at, most=AT_ONCE))


def codes_wait(*, at: datetime) -> bool:
    """Say whether a code is due."""
    return bool(codes_to_make(at=at, most=1))


def makes_codes(shop: Shop) -> bool:
    """Say whether codes are made in a shop: it can be asked, and somebody said what they give."""
    return (
        shop.state == ShopState.CONNECTED
        and bool(shop.settings.get("code_percent"))
        and not shop.settings.get("by_hand")
    )


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
