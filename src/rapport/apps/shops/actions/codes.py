"""Keep which coupons are to be made in a shop, and what became of that."""

from collections.abc import Collection
from datetime import datetime, timedelta

from rapport.apps.record.write import insert_rows, transaction
from rapport.apps.shops.models import Shop, ShopCode, ShopCodeState
from rapport.apps.tracking.models import Coupon

MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=10)


def begin_codes(*, shop: Shop, coupons: Collection[Coupon], at: datetime) -> int:
    """Order that coupons be made in a shop, each once; return how many are new."""
    with transaction():
        known = set(ShopCode.objects.filter(shop=shop, coupon__in=coupons).values_list("coupon_id", flat=True))
        fresh = [ShopCode(shop=shop, coupon=one, next_at=at) for one in coupons if one.id not in known]
        insert_rows(fresh, ignore_known=True)
    return len(fresh)


def note_code_made(code: ShopCode, *, there_id: str, at: datetime) -> None:
    """Keep that a code works in the shop."""
    with transaction():
        code.state, code.there_id, code.problem, code.made_at = ShopCodeState.MADE, there_id[:200], "", at
        code.save(update_fields=("state", "there_id", "problem", "made_at"))


def put_off_code(code: ShopCode, *, problem: str, at: datetime) -> None:
    """Let a code be tried again later, or give it up after many attempts."""
    with transaction():
        code.attempts += 1
        code.problem, code.next_at = problem[:500], at + _FIRST_WAIT * 3 ** (code.attempts - 1)
        if code.attempts >= MOST_ATTEMPTS:
            code.state = ShopCodeState.FAILED
        code.save(update_fields=("attempts", "problem", "next_at", "state"))


def wish_again(*, shop_id: str, at: datetime) -> int:
    """Try the codes again that were given up; return how many."""
    with transaction():
        failed = ShopCode.objects.filter(shop_id=shop_id, state=ShopCodeState.FAILED)
        return failed.update(state=ShopCodeState.WAITING, attempts=0, next_at=at)
