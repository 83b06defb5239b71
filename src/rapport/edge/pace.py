"""How often pages may tell of orders: nobody proves anything there, so nobody may write without end."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

MINUTE_MS = 60_000
A_MINUTE = 30
PROGRAM_A_MINUTE = 600
_REMEMBERED = 8_000  # a few megabytes at most
_HOUSEHOLD_BITS = 64


class Pace:
    """Counts what each caller, and each program, was told in the running minute; the oldest of too many are forgotten.

    One household owns all addresses of an IPv6 network of 64 bits, so that it counts as one caller.
    """

    def __init__(self, *, a_minute: int = A_MINUTE, program_a_minute: int = PROGRAM_A_MINUTE) -> None:
        self._callers = _Counter(a_minute)
        self._programs = _Counter(program_a_minute)

    def allows(self, address: str, *, program_id: str, at_ms: int) -> bool:
        """Say whether this caller may tell this program one more, and count it; a refused one uses up no program."""
        minute = at_ms // MINUTE_MS
        return self._callers.allows(_caller(address), minute) and self._programs.allows(program_id, minute)


class _Counter:
    """Counts by key within a minute; what was not asked about for longest is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allows(self, key: str, minute: int) -> bool:
        """Say whether there may be one more under this key, and count it."""
        before, told = self._told.pop(key, (0, 0))
        told = told + 1 if before == minute else 1
        self._told[key] = (minute, told)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return told <= self._most


def _caller(address: str) -> str:
    """Return an IPv4 address as it is, also one that is written as IPv6, and the network of any other."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    return str(read.ipv4_mapped or ip_network((int(read), _HOUSEHOLD_BITS), strict=False))
