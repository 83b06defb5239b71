"""Reads an address that somebody typed: what it leads to, or why it leads nowhere."""

from collections.abc import Collection
from dataclasses import dataclass

import httpx

from rapport.kit.outgoing.errors import NotReached, Outcome

_LONGEST = 2_048
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the parts of its address, read once for checking and for connecting."""

    url: httpx.URL
    host: str
    port: int
    is_loopback: bool  # one of the hosts on this machine that the operator named


def target_of(address: str, *, https_only: bool = False, loopback: Collection[str] = ()) -> Target:
    """Return where an address leads, or refuse it; ``loopback`` names allowed ``host:port`` on this machine."""
    url = _read(address)
    host = url.raw_host.decode("ascii")
    port = url.port or _PORTS[url.scheme]
    allowed_here = f"{host}:{port}" in loopback
    if not allowed_here and port not in _PORTS.values():
        raise _refused(f"port {port}")
    if not allowed_here and https_only and url.scheme != "https":
        raise _refused("not https")
    return Target(url=url, host=host, port=port, is_loopback=allowed_here)


def _read(address: str) -> httpx.URL:
    # Parsers differ in what they make of these, and a difference is what an attacker looks for.
    if len(address) > _LONGEST or "\\" in address or any(letter <= " " or letter == "\x7f" for letter in address):
        raise _refused("not an address")
    try:
        url = httpx.URL(address)
        is_whole = bool(url.host)  # raises for a name that is spelled in an impossible way
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _refused(f"not an address: {error}") from error
    if url.scheme not in _PORTS or not is_whole:
        raise _refused("neither http nor https")
    if url.userinfo:
        raise _refused("carries a password")
    return url


def _refused(why: str) -> NotReached:
    return NotReached(Outcome.REFUSED, detail=why)
