"""Does a domain let these addresses send its mail: the part of SPF (RFC 7208) that says yes or no."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from rapport.kit.records import Records

MOST_LOOKUPS = 10


class Spf(StrEnum):
    """What a record says of the addresses."""

    NONE = "none"
    SEVERAL = "several"
    TOO_LONG = "too-long"
    PASS = "pass"  # noqa: S105 - the word of the standard
    FAIL = "fail"
    UNKNOWN = "unknown"


class _TooLong(Exception):
    """More look-ups are needed than a receiver makes."""


@dataclass
class _Lookups:
    """Counts the look-ups that a receiver would make."""

    made: int = 0

    def one_more(self) -> None:
        self.made += 1
        if self.made > MOST_LOOKUPS:
            raise _TooLong


def spf_of(domain: str, *, addresses: Sequence[str], records: Records) -> Spf:
    """Return what a domain's record says of all these addresses; `UNKNOWN` where there are none to judge."""
    found = _records_of(domain, records)
    if not found:
        return Spf.NONE
    if len(found) > 1:
        return Spf.SEVERAL
    if not addresses:
        return Spf.UNKNOWN
    try:
        allowed = all(_allows(found[0], domain, address, records, _Lookups()) for address in addresses)
    except _TooLong:
        return Spf.TOO_LONG
    return Spf.PASS if allowed else Spf.FAIL


def _records_of(domain: str, records: Records) -> list[str]:
    return [text for text in records.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]


def _allows(record: str, domain: str, address: str, records: Records, lookups: _Lookups) -> bool:
    """Read the mechanisms from left to right; the first that fits decides."""
    redirect = ""
    for term in record.split()[1:]:
        if term.lower().startswith("redirect="):
            redirect = term.partition("=")[2]
            continue
        sign, mechanism = (term[0], term[1:]) if term[0] in "+-~?" else ("+", term)
        if _fits(mechanism, domain, address, records, lookups):
            return sign == "+"
    return bool(redirect) and _included(redirect, address, records, lookups)


def _fits(mechanism: str, domain: str, address: str, records: Records, lookups: _Lookups) -> bool:
    name, _, value = mechanism.partition(":")
    name, _, length = name.lower().partition("/")
    target, _, more = (value or domain).partition("/") if name in {"a", "mx"} else (value, "", "")
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        return _inside(address, value)
    if name == "include":
        return _included(value, address, records, lookups)
    if name in {"a", "mx"}:
        lookups.one_more()
        hosts = records.mail_servers(target)[:MOST_LOOKUPS] if name == "mx" else [target]
        ends = length or more.partition("/")[0]
        found = [one for host in hosts for one in records.addresses(host)]
        return any(_inside(address, f"{one}/{ends}" if ends and ":" not in one else one) for one in found)
    if name in {"exists", "ptr"}:
        lookups.one_more()  # macros of the sender's choice: nothing that we could judge here
    return False


def _included(domain: str, address: str, records: Records, lookups: _Lookups) -> bool:
    lookups.one_more()
    found = _records_of(domain, records)
    return len(found) == 1 and _allows(found[0], domain, address, records, lookups)


def _inside(address: str, network: str) -> bool:
    try:
        one, net = ip_address(address), ip_network(network, strict=False)
    except ValueError:
        return False
    return one.version == net.version and one in net
