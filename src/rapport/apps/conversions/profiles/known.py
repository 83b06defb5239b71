"""The systems whose postbacks are understood, with the line that each of their manuals gives.

Names and values are facts of those systems' public documentation; what stands on the right is ours.
"""

from rapport.apps.conversions.profiles import baskets
from rapport.apps.conversions.profiles.shape import Profile, Status

OWN = Profile(
    slug="rapport",
    title="Rapport",
    names={},
    example="external_id=10428&total=120.50&tax=19.24&currency=EUR&click_id={click}&coupon=ANNA12",
    strict=True,
)

_WORDS = {
    "approved": Status.APPROVED,
    "pending": Status.PENDING,
    "rejected": Status.DECLINED,
    "declined": Status.DECLINED,
}
_CUSTOMER = {"new": "new", "return": "returning", "returning": "returning", "1": "new", "0": "returning"}

POST_PRO = Profile(
    slug="post_affiliate_pro",
    title="Post Affiliate Pro",
    names={
        "totalcost": "total",
        "orderid": "external_id",
        "visitorid": "click_ids",
        "papvisitorid": "click_ids",
        "coupon": "coupons",
        "currency": "currency",
        "status": "status",
        "actioncode": "event",
        "channelid": "channel",
    },
    statuses={"a": Status.APPROVED, "p": Status.PENDING, "d": Status.DECLINED},
    example="TotalCost=120.50&OrderID=10428&ProductID=shoes&Currency=EUR&Status=A&Coupon=ANNA12&visitorId={click}",
)

TUNE = Profile(
    slug="tune",
    title="TUNE (HasOffers)",
    names={
        "transaction_id": "click_ids",
        "amount": "total",
        "adv_sub": "external_id",
        "currency": "currency",
        "status": "status",
    },
    statuses=_WORDS,
    once_per_click=True,
    example="offer_id=12&transaction_id={click}&amount=120.50&adv_sub=10428",
)

EVERFLOW = Profile(
    slug="everflow",
    title="Everflow",
    names={
        "transaction_id": "click_ids",
        "_ef_transaction_id": "click_ids",
        "amount": "total",
        "order_id": "external_id",
        "event_id": "event",
        "coupon_code": "coupons",
        "currency": "currency",
        "currency_id": "currency",
        "user_id": "customer_id",
    },
    values={"event": {"0": "sale"}},
    once_per_click=True,
    example="nid=1&transaction_id={click}&event_id=0&amount=120.50&order_id=10428&coupon_code=ANNA12&adv1=web",
)

AFFISE = Profile(
    slug="affise",
    title="Affise",
    names={
        "clickid": "click_ids",
        "action_id": "external_id",
        "goal": "event",
        "sum": "total",
        "currency": "currency",
        "status": "status",
        "promo_code": "coupons",
        "user_id": "customer_id",
    },
    values={"event": {"1": "sale"}},
    statuses={"1": Status.APPROVED, "2": Status.PENDING, "3": Status.DECLINED, "5": Status.PENDING},
    once_per_click=True,
    example="clickid={click}&action_id=10428&goal=1&sum=120.50&status=1&promo_code=ANNA12&custom_field1=web",
)

CJ = Profile(
    slug="cj",
    title="CJ",
    names={
        "cjevent": "click_ids",
        "oid": "external_id",
        "amount": "total",
        "currency": "currency",
        "coupon": "coupons",
        "discount": "discount",
        "cust_status": "customer_status",
        "eventtime": "occurred_at",
    },
    values={"customer_status": _CUSTOMER},
    basket=baskets.numbered,
    example=(
        "CID=1500000&TYPE=400000&METHOD=S2S&CJEVENT={click}&OID=10428&CURRENCY=EUR&COUPON=ANNA12"
        "&ITEM1=sku-1&AMT1=60.25&QTY1=1&ITEM2=sku-2&AMT2=35.15&QTY2=2&DISCOUNT=10.00&CUST_STATUS=New"
    ),
)

AWIN = Profile(
    slug="awin",
    title="Awin",
    names={
        "amount": "total",
        "cr": "currency",
        "ref": "external_id",
        "vc": "coupons",
        "cks": "click_ids",
        "ch": "channel",
        "testmode": "test",
        "customeracquisition": "customer_status",
    },
    values={"customer_status": _CUSTOMER},
    basket=baskets.parts,
    example="tt=ss&tv=2&merchant=1001&amount=120.50&ch=aw&cr=EUR&ref=10428&parts=DEFAULT:120.50&vc=ANNA12"
    "&testmode=0&cks={click}",
)

SHAREASALE = Profile(
    slug="shareasale",
    title="ShareASale",
    names={
        "amount": "total",
        "newamount": "total",
        "tracking": "external_id",
        "ordernumber": "external_id",
        "transtype": "event",
        "sscid": "click_ids",
        "couponcode": "coupons",
        "currency": "currency",
        "newcustomer": "customer_status",
        "action": "status",
    },
    values={"customer_status": _CUSTOMER},
    statuses={"new": Status.APPROVED, "void": Status.DECLINED, "edit": Status.EDITED},
    basket=baskets.lists,
    example=(
        "amount=120.50&tracking=10428&transtype=sale&merchantID=1234&skulist=sku-1,sku-2&pricelist=60.25,60.25"
        "&quantitylist=1,1&sscid={click}&couponcode=ANNA12&newcustomer=1&currency=EUR"
    ),
)
