"""Which provider serves which kind of shop."""

from rapport.apps.shops.models import Shop, ShopKind
from rapport.apps.shops.providers.json_hook import mapping as json_mapping
from rapport.apps.shops.providers.json_hook import signature as json_signature
from rapport.apps.shops.providers.protocol import Provider
from rapport.apps.shops.providers.shopify import mapping as shopify_mapping
from rapport.apps.shops.providers.shopify import signature as shopify_signature
from rapport.apps.shops.providers.shopify.client import ShopifyClient
from rapport.apps.shops.providers.stripe import mapping as stripe_mapping
from rapport.apps.shops.providers.stripe import signature as stripe_signature
from rapport.apps.shops.providers.stripe.client import StripeClient
from rapport.apps.shops.providers.woocommerce import mapping as woocommerce_mapping
from rapport.apps.shops.providers.woocommerce import signature as woocommerce_signature
from rapport.apps.shops.providers.woocommerce.client import WooCommerceClient

_PROVIDERS = {
    ShopKind.SHOPIFY: Provider(shopify_signature.prove, shopify_mapping.read, ShopifyClient),
    ShopKind.WOOCOMMERCE: Provider(woocommerce_signature.prove, woocommerce_mapping.read, WooCommerceClient),
    ShopKind.STRIPE: Provider(stripe_signature.prove, stripe_mapping.read, StripeClient),
    # Nobody can be asked about orders that only arrive.
    ShopKind.JSON: Provider(json_signature.prove, json_mapping.read),
}


def provider_of(shop: Shop) -> Provider:
    """Return what serves a shop."""
    return _PROVIDERS[ShopKind(shop.kind)]
