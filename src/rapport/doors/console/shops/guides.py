"""What a person does in the shop itself: a few steps for each kind, with the lines to copy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.programs.models import Program
from rapport.apps.shops.models import ShopKind
from rapport.doors.console.program.recipes import script_line


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, with what is to be copied for it."""

    words: str
    text: str = ""
    language: str = ""
    is_plugin: bool = False


def guide_of(kind: ShopKind, program: Program) -> list[Step]:
    """Return the steps for a kind of shop."""
    return _GUIDES[kind](program)


def _shopify(program: Program) -> list[Step]:
    return [
        Step(
            _(
                "In Shopify: Settings → Apps and sales channels → Develop apps → Create an app. Under Configuration "
                "choose the Admin API scopes read_orders, read_all_orders if you have it, and write_discounts."
            )
        ),
        Step(_("Install the app, then copy its access token and its API secret key into this form.")),
        Step(
            _("Online Store → Themes → Edit code → theme.liquid: put this line before </head>."),
            script_line(program),
            "html",
        ),
        Step(_("The script keeps the click id and puts it into the cart; Shopify carries it into the order.")),
    ]


def _woocommerce(program: Program) -> list[Step]:
    del program
    return [
        Step(
            _("In WordPress: Plugins → Add New → Upload, as a zip, or put this one file into wp-content/plugins."),
            is_plugin=True,
        ),
        Step(_("It keeps the click id of a visit and writes it into the order. No page needs a line of its own.")),
        Step(
            _(
                "WooCommerce → Settings → Advanced → REST API → Add key, with read and write. Copy both parts into "
                "this form. The webhooks are made for you."
            )
        ),
    ]


def _stripe(program: Program) -> list[Step]:
    return [
        Step(
            _(
                "In Stripe: Developers → API keys → Create restricted key. It needs read for Checkout Sessions, "
                "Invoices, Charges, Disputes, write for Webhook Endpoints, and for Coupons and Promotion Codes if you "
                "want codes."
            )
        ),
        Step(_("Put this line into your pages; it keeps the click id."), script_line(program), "html"),
        Step(
            _(
                "Where your server makes a checkout session, hand the click id over. Payment links on pages with the "
                "script carry it by themselves."
            ),
            "stripe.checkout.Session.create(…,\n"
            '    client_reference_id=click_id,\n    subscription_data={"metadata": {"rpid": click_id}})',
            "python",
        ),
    ]


def _json(program: Program) -> list[Step]:
    body = f'{{"id": "10428", "total": "128.92", "currency": "{program.currency}", "rpid": "…"}}'
    return [
        Step(_("Paste a message of your system and look at where its fields were found.")),
        Step(
            _("After connecting, have it send to the address that its page shows, with its secret:"),
            f"curl -X POST {settings.PUBLIC_URL}/hooks/shp_…/ \\\n  -H 'x-webhook-secret: …' \\\n  -d '{body}'",
            "sh",
        ),
        Step(
            _("The script keeps the click id in the browser, and fills every form field named rpid with it."),
            script_line(program),
            "html",
        ),
    ]


_GUIDES: Mapping[ShopKind, Callable[[Program], list[Step]]] = {
    ShopKind.SHOPIFY: _shopify,
    ShopKind.WOOCOMMERCE: _woocommerce,
    ShopKind.STRIPE: _stripe,
    ShopKind.JSON: _json,
}
