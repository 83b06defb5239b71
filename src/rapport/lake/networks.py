"""What the operator's own tables say of a network: its country, and whether machines live in it.

Both are text files in the folder `networks` of the data folder, and both may be missing. `countries.csv` and any other
`countries*.csv` have lines `network,CC` (as 203.0.113.0/24,DE) or `first,last,CC` with addresses or whole numbers, as
free tables come; `data_centres*.txt` have a network a line. What follows a `#` is not read. A line that cannot be read
is left out, because clicks must not wait for it; `unreadable_lines` names it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

_FIELDS_OF_RANGE = 3
_COUNTRY_LETTERS = 2
_COUNTRIES, _MACHINES = "countries*.csv", "data_centres*.txt"
_MOST_TOLD = 20  # a table of another shape has nothing but unreadable lines

Value = TypeVar("Value")


@dataclass(slots=True)
class _Ranges(Generic[Value]):
    """What belongs to ranges of addresses of one length; a range inside another one goes before it."""

    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    around: list[int] = field(default_factory=list)  # the place of the range that holds this one, or -1

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, Value]]) -> "_Ranges[Value]":
        ranges = cls()
        for first, last, value in sorted(rows, key=lambda row: (row[0], -row[1])):
            ranges.around.append(ranges._place(first, until=len(ranges.firsts) - 1))
            ranges.firsts.append(first)
            ranges.lasts.append(last)
            ranges.values.append(value)
        return ranges

    def at(self, address: int) -> Value | None:
        place = self._place(address, until=bisect_right(self.firsts, address) - 1)
        return self.values[place] if place >= 0 else None

    def _place(self, address: int, *, until: int) -> int:
        while until >= 0 and self.lasts[until] < address:
            until = self.around[until]
        return until


@dataclass(frozen=True, slots=True)
class Networks:
    """Both tables, ready to be asked; addresses are packed: four bytes, or sixteen."""

    countries: dict[int, _Ranges[str]]
    machines: dict[int, _Ranges[bool]]

    def countries_of(self, addresses: Sequence[bytes]) -> list[str]:
        """Return the two letters of each address's country, nothing where no table knows it."""
        return [known or "" for known in _looked_up(addresses, tables=self.countries)]

    def are_data_centres(self, addresses: Sequence[bytes]) -> list[bool]:
        """Say of each address whether it lies in a network that the operator listed as one of machines."""
        return [known or False for known in _looked_up(addresses, tables=self.machines)]


def _looked_up(addresses: Sequence[bytes], *, tables: dict[int, _Ranges[Value]]) -> list[Value | None]:
    if not tables:
        return [None] * len(addresses)
    return [
        ranges.at(int.from_bytes(address, "big")) if (ranges := tables.get(len(address))) else None
        for address in addresses
    ]


NO_NETWORKS = Networks({}, {})


def load_networks(folder: Path) -> Networks:
    """Read the tables of a folder, without what cannot be read; without any, nothing is known of any address."""
    return Networks(
        countries=_by_length(_read(folder.glob(_COUNTRIES), parse=_country_range)),
        machines=_by_length(_read(folder.glob(_MACHINES), parse=_machine_range)),
    )


def unreadable_lines(folder: Path) -> tuple[str, ...]:
    """Return a sentence with file and line for the first of what cannot be read; a table is looked at once per change.

    A table is larger than everything else that is looked at so often, and changes a few times a year.
    """
    paths = sorted([*folder.glob(_COUNTRIES), *folder.glob(_MACHINES)])
    return tuple(islice((told for path in paths for told in _unreadable_of(path, *_stamp(path))), _MOST_TOLD))


def _stamp(path: Path) -> tuple[int, int]:
    """Return what differs once a table was changed; zeros for one that went away meanwhile."""
    try:
        known = path.stat()
    except OSError:
        return 0, 0
    return known.st_ctime_ns, known.st_size  # of its rights too, which may be what is wrong with it


@lru_cache(maxsize=32)
def _unreadable_of(path: Path, _changed_ns: int, _size: int) -> tuple[str, ...]:
    told: list[str] = []
    parse = _country_range if fnmatch(path.name, _COUNTRIES) else _machine_range
    for _row in _read([path], parse=parse, unreadable=told):
        pass
    return tuple(told[:_MOST_TOLD])


Row = tuple[int, int, int, Value]  # bytes of an address, first, last, value


def _read(
    paths: Iterable[Path], *, parse: Callable[[str], Row[Value]], unreadable: list[str] | None = None
) -> Iterator[Row[Value]]:
    """Yield the rows of these tables; what is none is noted as `unreadable` and left out."""
    noted = [] if unreadable is None else unreadable
    for path in sorted(paths):
        try:
            # A byte that is no UTF-8 spoils its own line, if that is more than a comment.
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from _rows(path.name, file, parse=parse, unreadable=noted)
        except FileNotFoundError:
            continue  # taken away since it was listed
        except OSError as error:
            noted.append(f"{path.name}: {error.strerror}")


def _rows(
    name: str, lines: Iterable[str], *, parse: Callable[[str], Row[Value]], unreadable: list[str]
) -> Iterator[Row[Value]]:
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            row = parse(text)
        except ValueError as error:
            if len(unreadable) < _MOST_TOLD:
                unreadable.append(f"{name}, line {number}: {text[:60]!r} ({str(error)[:120]})")
            continue
        yield row


def _by_length(rows: Iterable[Row[Value]]) -> dict[int, _Ranges[Value]]:
    sorted_out: dict[int, list[tuple[int, int, Value]]] = {}
    for length, first, last, value in rows:
        sorted_out.setdefault(length, []).append((first, last, value))
    return {length: _Ranges.of(ranges) for length, ranges in sorted_out.items()}


def _country_range(text: str) -> Row[str]:
    parts = [part.strip().strip('"') for part in text.split(",")]
    country = parts[-1].upper()
    if len(country) != _COUNTRY_LETTERS:
        raise ValueError("the last field is no country of two letters")
    if len(parts) != _FIELDS_OF_RANGE:
        return (*_network(parts[0]), country)
    first, last = (ip_address(int(part)) if part.isdecimal() else ip_address(part) for part in parts[:2])
    if first.version != last.version or int(first) > int(last):
        raise ValueError("the range ends before it begins")
    return len(first.packed), int(first), int(last), country


def _machine_range(text: str) -> Row[bool]:
    return (*_network(text), True)


def _network(text: str) -> tuple[int, int, int]:
    network = ip_network(text)
    return len(network[0].packed), int(network[0]), int(network[-1])
