"""Who calls: the peer of the connection, or whom a trusted proxy says that it speaks for."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(written: Iterable[str]) -> Networks:
    """Return addresses and networks as written in the settings. Raises ValueError for one that is neither."""
    return tuple(ip_network(one.strip(), strict=False) for one in written)


def caller(peer: str, *, forwarded: str, trusted: Networks) -> str:
    """Return the address behind the trusted proxies; `forwarded` is what `X-Forwarded-For` says.

    Each proxy adds on the right whom it heard, so the list is believed from there up to the first stranger: whatever
    stands left of him is his own invention.
    """
    known = peer
    if not _is_among(peer, trusted):
        return peer
    for address in reversed(forwarded.split(",")):
        told = _written(address)
        if not told:
            return known
        known = told
        if not _is_among(told, trusted):
            return told
    return known


@lru_cache(maxsize=4_096)
def _is_among(address: str, trusted: Networks) -> bool:
    try:
        one = ip_address(address)
    except ValueError:
        return False
    plain = getattr(one, "ipv4_mapped", None) or one  # an IPv4 caller on a socket that takes both
    return any(plain in network for network in trusted)


def _written(address: str) -> str:
    """Return an address as addresses are written; empty for a word such as `unknown`."""
    try:
        return str(ip_address(address.strip()))
    except ValueError:
        return ""
