"""Lines to copy into a shop: how it keeps the click id, and how it reports an order, a refund, a postback."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.programs.models import Program
from rapport.apps.tracking.actions import IssuedSecret
from rapport.apps.tracking.models import PostbackWay
from rapport.apps.tracking.queries import base_of

_ORDER = '"external_id": "10428", "total": "128.92", "tax": "20.58", "shipping": "4.90"'


@dataclass(frozen=True, slots=True)
class Recipe:
    """One thing to copy, with what it is for."""

    title: str
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name that a postback understands."""

    names: str
    words: str


def recipes_of(program: Program, *, issued: IssuedSecret | None) -> dict[str, object]:
    """Return the lines of a program; a secret that was just issued stands in them this once."""
    return {
        "order": Recipe(
            _("Report an order"),
            _("From your server, with an API key. Send it again whenever you are not sure: it counts once."),
            _curl(
                "conversions",
                f'{{"program": "{program.id}", "kind": "sale", {_ORDER}, "currency": '
                f'"{program.currency}", "click_ids": ["…"], "coupons": []}}',
            ),
        ),
        "script": Recipe(
            _("Keep the click id with a script"),
            _("It fills fields named rpid, Shopify’s cart and Stripe’s links. It stores nothing before consent."),
            script_line(program),
        ),
        "page": Recipe(
            _("Without a server: the page tells of the order"),
            _("On the page of thanks. It is held as unconfirmed until a server, a file or a person confirms it."),
            _page_lines(program),
        ),
        "refund": Recipe(
            _("Report a refund"),
            _("A part with its amount; without an amount all that is left."),
            _curl(
                "corrections",
                f'{{"program": "{program.id}", "kind": "refund", "of": "10428", "external_id": '
                f'"R-77", "total": "40.00", "currency": "{program.currency}"}}',
            ),
        ),
        "postback": Recipe(
            _("Postback"),
            _("One address that your shop system calls for each order."),
            _postback(program, issued=issued),
        ),
        "signed": Recipe(
            _("Postback, signed"),
            _("Instead of the token: a signature over id, moment and body, as Standard Webhooks has it."),
            _signed(program, issued=issued),
        ),
        "parameters": _parameters(program),
    }


def script_line(program: Program) -> str:
    """Return the line that puts the script into a page, under the program's own name where it has one."""
    more = "" if program.parameter == "rpid" else f' data-parameter="{program.parameter}"'
    return f'<script src="{base_of(program.id)}/t.js" data-program="{program.id}"{more} async></script>'


def _page_lines(program: Program) -> str:
    order = f"order_id: '10428', total: '128.92', currency: '{program.currency}'"
    image = f"{base_of(program.id)}/px.gif?program={program.id}&order_id=10428&total=128.92"
    return (
        "<script>\n  addEventListener('load', () => {\n    // once your visitor agreed to cookies\n"
        f"    rapport.consent(true);\n    // on the page of thanks\n    rapport.sale({{{order}}});\n  }});\n</script>\n"
        f'<noscript><img src="{image}" alt=""></noscript>'
    )


def _curl(what: str, body: str) -> str:
    return (
        f"curl -X POST {settings.PUBLIC_URL}/api/v1/{what} \\\n"
        f"  -H 'Authorization: Bearer rk_live_…' \\\n"
        f"  -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'"
    )


def _postback(program: Program, *, issued: IssuedSecret | None) -> str:
    return (
        f"{settings.EDGE_URL}/pb?token={_shown(issued, PostbackWay.TOKEN, 'pbt_…')}&external_id={{order}}"
        f"&total={{total}}&tax={{tax}}&shipping={{shipping}}&currency={program.currency}"
        f"&click_id={{{program.parameter}}}"
    )


def _signed(program: Program, *, issued: IssuedSecret | None) -> str:
    """Return lines that a shell can run: the key is what stands in the secret behind its prefix, in Base64."""
    address = f"{settings.EDGE_URL}/pb?{urlencode({'program': program.id})}"
    return "\n".join(
        (
            f"secret='{_shown(issued, PostbackWay.HMAC, 'whsec_…')}'",
            f"""body='{{{_ORDER}, "click_id": "…"}}'""",
            'at="$(date +%s)"; id="10428-$at"',
            """key="$(printf %s "${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')\"""",
            'signature="$(printf %s "$id.$at.$body" |',
            '  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"',
            f"curl -X POST '{address}' \\",
            "  -H 'Content-Type: application/json' \\",
            '  -H "webhook-id: $id" -H "webhook-timestamp: $at" \\',
            '  -H "webhook-signature: v1,$signature" \\',
            '  -d "$body"',
        )
    )


def _shown(issued: IssuedSecret | None, way: PostbackWay, otherwise: str) -> str:
    return issued.shown_once if issued and issued.secret.way == way else otherwise


def _parameters(program: Program) -> list[Parameter]:
    return [
        Parameter("external_id, order_id", _("The order’s number. It counts once, for ever.")),
        Parameter("total, amount", _("What the customer paid, with tax and shipping, such as 128.92.")),
        Parameter("tax, shipping, discount", _("Parts of it.")),
        Parameter("currency", _("%(currency)s; may be left out.") % {"currency": program.currency}),
        Parameter("kind", _("sale, unless you name another kind of your terms.")),
        Parameter("click_id, rpid", _("The click id, or several with commas.")),
        Parameter("coupon", _("The code that the customer used.")),
        Parameter("customer_id, customer", _("Your number for the customer, so that repeat purchases are known.")),
        Parameter("type, of", _("For a refund, cancel, chargeback or amendment: which it is, and the order’s number.")),
        Parameter("test", _("1 for a test order: judged, booked nowhere.")),
    ]
