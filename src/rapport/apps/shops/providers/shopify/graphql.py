"""What is asked of Shopify by GraphQL, and how its orders are brought into the shape of its webhooks."""

from collections.abc import Mapping
from typing import Any

from rapport.apps.shops.providers.reading import inside, rows, text

Thing = Mapping[str, Any]

_ORDER = """
fragment Told on Order {
  legacyResourceId createdAt updatedAt cancelledAt test taxesIncluded sourceName displayFinancialStatus email tags
  currencyCode discountCodes
  customAttributes { key value }
  customer { legacyResourceId }
  billingAddress { countryCodeV2 }
  totalPriceSet { shopMoney { amount } }
  currentTotalPriceSet { shopMoney { amount } }
  currentTotalTaxSet { shopMoney { amount } }
  totalShippingPriceSet { shopMoney { amount } }
  totalDiscountsSet { shopMoney { amount } }
  refunds(first: 100) {
    legacyResourceId createdAt
    totalRefundedSet { shopMoney { amount } }
    refundLineItems(first: 100) { nodes { totalTaxSet { shopMoney { amount } } } }
  }
}
"""

SHOP = "query Shop { shop { name currencyCode } }"
ORDER = "query OneOrder($id: ID!) { order(id: $id) { ...Told } }" + _ORDER
ORDERS = (
    "query Orders($query: String!, $after: String) "
    "{ orders(first: 50, after: $after, query: $query, sortKey: CREATED_AT) "
    "{ nodes { ...Told } pageInfo { hasNextPage endCursor } } }" + _ORDER
)
WEBHOOKS = "query Webhooks { webhookSubscriptions(first: 100) { nodes { id topic uri } } }"
LISTEN = (
    "mutation Listen($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) "
    "{ webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) "
    "{ webhookSubscription { id } userErrors { field message } } }"
)
CUSTOMERS = "query Customers($query: String!) { customers(first: 5, query: $query) { nodes { legacyResourceId } } }"
CODE = "query Code($code: String!) { codeDiscountNodeByCode(code: $code) { id } }"
MAKE_CODE = (
    "mutation MakeCode($wish: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $wish) "
    "{ codeDiscountNode { id } userErrors { field message } } }"
)

TOPICS = ("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_EDITED", "ORDERS_CANCELLED", "REFUNDS_CREATE")


def as_webhook(order: Thing) -> dict[str, Any]:
    """Return an order of GraphQL as a webhook would show it, so that it is read in one place."""
    return {
        "id": text(order.get("legacyResourceId")),
        "created_at": order.get("createdAt"),
        "updated_at": order.get("updatedAt"),
        "cancelled_at": order.get("cancelledAt"),
        "test": order.get("test"),
        "taxes_included": order.get("taxesIncluded"),
        "source_name": order.get("sourceName"),
        "financial_status": text(order.get("displayFinancialStatus")).lower(),
        "email": order.get("email"),
        "tags": ",".join(text(tag) for tag in order.get("tags") or []),
        "currency": order.get("currencyCode"),
        "discount_codes": [{"code": code} for code in order.get("discountCodes") or []],
        "note_attributes": [
            {"name": one.get("key"), "value": one.get("value")} for one in rows(order.get("customAttributes"))
        ],
        "customer": {"id": inside(order, "customer", "legacyResourceId")},
        "billing_address": {"country_code": inside(order, "billingAddress", "countryCodeV2")},
        "total_price": _money(order, "totalPriceSet"),
        "current_total_price": _money(order, "currentTotalPriceSet"),
        "current_total_tax": _money(order, "currentTotalTaxSet"),
        "total_shipping_price_set": {"shop_money": {"amount": _money(order, "totalShippingPriceSet")}},
        "total_discounts": _money(order, "totalDiscountsSet"),
        "refunds": [_refund(one, order.get("currencyCode")) for one in rows(order.get("refunds"))],
    }


def _refund(refund: Thing, currency: object) -> dict[str, Any]:
    amount = _money(refund, "totalRefundedSet")
    moved = [{"kind": "refund", "status": "success", "amount": amount, "currency": currency}]
    return {
        "id": text(refund.get("legacyResourceId")),
        "created_at": refund.get("createdAt"),
        "transactions": moved if amount.strip("0.") else [],
        "refund_line_items": [
            {"total_tax": _money(one, "totalTaxSet")} for one in rows(inside(refund, "refundLineItems", "nodes"))
        ],
    }


def _money(thing: Thing, name: str) -> str:
    return text(inside(thing, name, "shopMoney", "amount")) or "0"
