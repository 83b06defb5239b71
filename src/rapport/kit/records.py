"""Asks the domain name system: what stands there, that nothing stands there, or that nobody answered."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

# The resolver takes ten megabytes: it is loaded where a name is asked for.
if TYPE_CHECKING:
    import dns.resolver

WITHIN_S = 4.0
TRIES = 2


class NoAnswer(Exception):
    """No name server answered, or none could: that says nothing about the record."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records as a resolver tells them; `server` is an address, perhaps with a port; else the machine's."""

    server: str = ""

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name; raises `NoAnswer`."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of a name; raises `NoAnswer`."""
        return [record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def alias(self, name: str) -> str:
        """Return the name that a name stands for (CNAME), or an empty text; raises `NoAnswer`."""
        return next((str(record.target).rstrip(".").lower() for record in self._ask(name, "CNAME")), "")

    def mail_servers(self, name: str) -> list[str]:
        """Return the mail servers of a domain (MX), the preferred first; raises `NoAnswer`."""
        found = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        return [str(record.exchange).rstrip(".").lower() for record in found]

    def _ask(self, name: str, kind: str) -> list:  # type: ignore[type-arg]  # what a record holds depends on its kind
        import dns.exception  # noqa: PLC0415 - see above
        import dns.resolver  # noqa: PLC0415 - see above

        try:
            return list(self._resolver().resolve(name, kind, search=False, lifetime=WITHIN_S * TRIES))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as problem:
            raise NoAnswer(str(problem) or type(problem).__name__) from problem

    def _resolver(self) -> "dns.resolver.Resolver":
        import dns.resolver  # noqa: PLC0415 - see above

        resolver = dns.resolver.Resolver(configure=not self.server)
        resolver.timeout = WITHIN_S
        if self.server:
            address, port = _parted(self.server)
            resolver.nameservers = [address]
            resolver.port = port
        return resolver


def _parted(server: str) -> tuple[str, int]:
    """Return address and port of `127.0.0.1:53`, `127.0.0.1`, `[::1]:53` or `::1`. Raises ValueError for a name."""
    address, _, port = server.rpartition(":")
    if address.startswith("[") or ("." in server and address):
        return str(ip_address(address.strip("[]"))), int(port)
    return str(ip_address(server.strip("[]"))), 53
