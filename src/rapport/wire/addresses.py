"""The addresses of the edge that others must know too: the proxy before it sends them there."""

CLICK = "/c/"
POSTBACK = "/pb"
IMPRESSION = "/i/"
SCRIPT = "/t.js"
PAGE_CLICK = "/page/click"
PAGE_SALE = "/page/sale"
PAGE_SALE_IMAGE = "/px.gif"
ASK_FOR_CERTIFICATE = "/tls/ask"

PUBLIC = (f"{CLICK}*", POSTBACK, f"{IMPRESSION}*", SCRIPT, PAGE_CLICK, PAGE_SALE, PAGE_SALE_IMAGE)
"""What visitors, shops and their pages ask for, as a proxy writes it that has other things under the same name."""
