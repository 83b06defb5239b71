"""Addresses as people paste them."""

import re

_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?", re.IGNORECASE)


def complete(address: str) -> str:
    """Return a pasted address with its scheme: people copy `shop.example/robe` without one."""
    host = re.split(r"[/?#]", address, maxsplit=1)[0]
    return f"https://{address}" if _BARE_HOST.fullmatch(host) else address
