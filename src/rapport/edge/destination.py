"""Where a visitor is led: the link's own address or a deep link to the program's hosts, with the click id in its query.

A deep link is somebody else's text in our `Location`. It is read as browsers read addresses, and whatever two browsers
could read in two ways is refused: only `http` and `https`, no user, no backslash, no control characters, and a host
that, in ASCII, stands on the program's list.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote_plus

import msgspec

from rapport.wire import macros

_ADDRESS = re.compile(r"(https?)://([^/?#\\@]+)((?:[/?#].*)?)", re.IGNORECASE)
_AUTHORITY = re.compile(r"([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?")
# Nearly every address of a link: it reads in one way, nothing in it needs another spelling, and the click id's place is
# at its end. Finding a link that nobody asked for lately would take a tenth longer without.
_PLAIN_LETTERS = r"[A-Za-z0-9!$'()*,;=:@/._~-]"
_PLAIN = re.compile(
    rf"https?://(?:[a-z0-9]+[.-])*[a-z0-9]+/{_PLAIN_LETTERS}*(?:\?{_PLAIN_LETTERS}+(?:&{_PLAIN_LETTERS}+)*)?"
)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_KEPT = "!$&'()*+,;=:@/?#[]%-._~"  # what an address may hold as it is; all else is percent-encoded


Tags = tuple[tuple[str, str], ...]
"""Parameters that a destination gets where it has none of the name: names, and values ready for an address."""


class Destination(msgspec.Struct, frozen=True):
    """An address with a place for the click id; `plain` is the same address without one.

    In a `foreign` one only the places of the program's tags are filled, not what a visitor put in braces.
    """

    plain: str
    before: str
    after: str
    has_macros: bool = False
    foreign: bool = False

    def filled(self, values: Mapping[str, str]) -> "Destination":
        """Return this address with its macros filled, see `wire.macros`."""
        fill = macros.fill_open_places if self.foreign else macros.fill
        plain, before, after = (fill(part, values) for part in (self.plain, self.before, self.after))
        return Destination(plain, before, after)

    def with_click_id(self, click_id: str) -> str:
        """Return the address that carries this click id."""
        return f"{self.before}{click_id}{self.after}"


class _Address(msgspec.Struct, frozen=True):
    scheme: str
    authority: str  # host and, unless it is the scheme's own, port
    rest: str

    def text(self) -> str:
        return f"{self.scheme}://{self.authority}{self.rest}"


def ready_tags(templates: Iterable[tuple[str, str]]) -> Tags:
    """Return a program's tags ready for addresses; the places of their macros stay open."""
    return tuple((name, macros.encode(value)) for name, value in templates)


def prepare(url: str, *, parameter: str, tags: Tags = ()) -> Destination | None:
    """Return an address of our own ready for click ids, or nothing if it is no web address."""
    if not tags and parameter not in url and _PLAIN.fullmatch(url):
        return Destination(url, f"{url}{'&' if '?' in url else '?'}{_quoted(parameter)}=", "")
    address = _read(url)
    if address is None:
        return None
    ready = _with_place(address.text(), parameter, tags)
    return msgspec.structs.replace(ready, has_macros=macros.has_macros(ready.plain))


def prepare_deep_link(url: str, *, hosts: Collection[str], parameter: str, tags: Tags = ()) -> Destination | None:
    """Return a deep link ready for click ids if it leads to one of the hosts (see `known_host`), or nothing."""
    address = _read(url)
    if address is None or address.authority not in hosts:
        return None
    ready = _with_place(address.text(), parameter, tags)
    if tags and macros.has_open_places(ready.plain):
        return msgspec.structs.replace(ready, has_macros=True, foreign=True)
    return ready


def known_host(host: str) -> str:
    """Return a host of a program, perhaps with a port, the way deep links are compared with it."""
    return _ascii(host.strip())


def _read(url: str) -> _Address | None:
    match = _ADDRESS.fullmatch(url)
    if match is None or any(letter <= " " or letter == "\x7f" for letter in url):
        return None
    scheme, authority = match[1].lower(), _AUTHORITY.fullmatch(_ascii(match[2]))
    if authority is None or ".." in authority[1]:
        return None
    port = authority[2]
    named = authority[1] if port in {None, _DEFAULT_PORTS[scheme]} else f"{authority[1]}:{port}"
    return _Address(scheme, named, quote(match[3], safe=_KEPT))


def _ascii(host: str) -> str:
    """Return a host in lower-case ASCII, internationalised names in their `xn--` form; empty if it has none."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def _with_place(url: str, parameter: str, tags: Tags = ()) -> Destination:
    """Give the click id its place in the query: an older one makes room, all else stays as it is."""
    rest, hash_, fragment = url.partition("#")
    path, _, query = rest.partition("?")
    kept = [pair for pair in query.split("&") if pair and _name(pair) != parameter]
    if tags:
        there = {_name(pair) for pair in kept} | {parameter}
        kept += [f"{name}={value}" for name, value in tags if name not in there]
    after = hash_ + fragment
    plain = path + ("?" + "&".join(kept) if kept else "") + after
    return Destination(plain, f"{path}?{'&'.join([*kept, _quoted(parameter) + '='])}", after)


@lru_cache(maxsize=256)
def _quoted(parameter: str) -> str:
    return quote(parameter, safe="")


def _name(pair: str) -> str:
    name = pair.partition("=")[0]
    return unquote_plus(name) if "%" in name or "+" in name else name
