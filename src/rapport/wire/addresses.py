"""The addresses of the edge that others must know too: the proxy before it sends them there."""

CLICK = "/c/"
POSTBACK = "/pb"
ASK_FOR_CERTIFICATE = "/tls/ask"
