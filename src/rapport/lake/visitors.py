"""Keeps of a visitor's address only what counting needs: its network, and a keyed hash whose key lives a month or two.

The full address never reaches the lake. The hash tells visitors of one month apart; when the month's key is
forgotten, nobody can compute a hash from an address any more, not even with the whole lake in hand.
"""

import hashlib
import os
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from rapport.lake.days import MS_IN_DAY
from rapport.lake.durability import sync
from rapport.lake.networks import NO_NETWORKS, Networks

_KEY_BYTES = 32
_HASH_BYTES = 12
_MARK_BYTES = 8  # of the hash; that any two of ten million visitors of a month share one has a chance of 1 in 370,000
_KEPT_BYTES = {0: 0, 4: 3, 16: 6}  # of an address, by its length
_FAMILIES = {3: (socket.AF_INET, 4), 6: (socket.AF_INET6, 16)}  # by the bytes that were kept: family, its length
_IPV4_IN_IPV6 = bytes(10) + b"\xff\xff"  # an IPv4 visitor on a socket that takes both
_UNREADABLE = b""
_MS_IN_MONTH_AT_MOST = 31 * MS_IN_DAY


class Visitor(NamedTuple):
    """What remains of an address: the first bytes that name its network, and `mark`, its hash under the month's key.

    `country` and `data_centre` are what the operator's tables say of the whole address.
    """

    network: bytes = b""
    mark: bytes = b""
    country: str = ""
    data_centre: bool = False


NOBODY = Visitor()


class VisitorColumns(NamedTuple):
    """What remains of many addresses, a list for each field: an object for each would cost as much again."""

    networks: list[bytes]
    marks: list[bytes]
    countries: list[str]
    data_centres: list[bool]


class Visitors:
    """Turns addresses into visitors with the monthly keys of one lake; keys are made when first needed."""

    def __init__(self, lake: Path, *, networks: Networks = NO_NETWORKS) -> None:
        self._folder = lake / "address_keys"
        self._networks = networks
        self._keyed = lru_cache(maxsize=24)(self._hash_of_month)

    def seen(self, address: str, month: str) -> Visitor:
        """Return the visitor behind an address (as text) in a month such as 2026-11; unreadable ones are nobody."""
        (network,), (mark,), (country,), (data_centre,) = self.all_seen([address], [month])
        return Visitor(network, mark, country, data_centre)

    def all_seen(self, addresses: Sequence[str], months: Sequence[str]) -> VisitorColumns:
        """Return the visitors behind addresses, each in the month beside it."""
        packed = [_packed(address) for address in addresses]
        return VisitorColumns(
            networks=[address[: _KEPT_BYTES[len(address)]] for address in packed],
            marks=[self._mark(address, month) for address, month in zip(packed, months, strict=True)],
            countries=self._networks.countries_of(packed),
            data_centres=self._networks.are_data_centres(packed),
        )

    def _mark(self, packed: bytes, month: str) -> bytes:
        if packed == _UNREADABLE:
            return b""
        hashed = self._keyed(month).copy()  # a keyed hash is begun once a month, and not for every address
        hashed.update(packed)
        return hashed.digest()[:_MARK_BYTES]

    def _hash_of_month(self, month: str) -> hashlib.blake2b:
        return hashlib.blake2b(key=self._load_or_make_key(month), digest_size=_HASH_BYTES)

    def _load_or_make_key(self, month: str) -> bytes:
        path = self._folder / month
        if not path.exists():
            self._make_key(path)
        return path.read_bytes()

    def _make_key(self, path: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        draft.touch(mode=0o600)
        with draft.open("wb") as file:
            file.write(os.urandom(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())  # a key that a power cut leaves empty would be no key at all
        try:
            os.link(draft, path)  # whole or not at all, and the first of two makers wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        sync(self._folder)  # nor one whose name it takes back: the month's visitors would be others from then on
        sync(self._folder.parent)


def network_text(network: bytes) -> str:
    """Return a network as people write it, such as 203.0.113.0/24; nothing where none was kept."""
    if len(network) not in _FAMILIES:
        return ""
    family, length = _FAMILIES[len(network)]
    return f"{socket.inet_ntop(family, network.ljust(length, bytes(1)))}/{len(network) * 8}"


def _packed(address: str) -> bytes:
    """Return the bytes of an address, none of what is no address; `socket` is ten times quicker than `ipaddress`."""
    try:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)
    except (OSError, ValueError):  # no address, or a text that no address can be
        return _UNREADABLE
    return packed.removeprefix(_IPV4_IN_IPV6)


def month_of(moment_ms: int) -> str:
    """Return the UTC month of a moment as 2026-11."""
    return _month_of_day(moment_ms // MS_IN_DAY)


@lru_cache(maxsize=1_024)
def _month_of_day(day: int) -> str:
    return f"{datetime.fromtimestamp(day * 86_400, tz=UTC):%Y-%m}"


def forget_old_keys(lake: Path, *, now_ms: int) -> list[str]:
    """Delete the keys of all months before the last one and return those months; late clicks of them get a new key."""
    oldest_kept = month_of(now_ms - _MS_IN_MONTH_AT_MOST)
    folder = lake / "address_keys"
    old = sorted(path for path in folder.glob("????-??") if path.name < oldest_kept) if folder.exists() else []
    for path in old:
        path.unlink(missing_ok=True)
    return [path.name for path in old]
