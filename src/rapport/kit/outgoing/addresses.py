"""Which network addresses are the public internet's, so that nobody reaches our own network through us."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Written out, because `is_global` differs between versions of Python: 3.11.7 calls 192.0.0.192, 64:ff9b::/96 and
# 2002::/16 global, behind which lie a metadata service and any IPv4 address at all.
_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers; Alibaba's metadata at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, out of a public range
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocols; Oracle's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # sinks of the domain name system
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # relays to 6to4
        "192.168.0.0/16",
        "192.175.48.0/24",  # sinks again
        "198.18.0.0/15",  # measurements
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)

# Only 2000::/3 is handed out; all else (loopback, private, link-local, IPv4-mapped, 64:ff9b::/96) lies outside of it.
_HANDED_OUT_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols, Teredo among them, which carries an IPv4 address
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries an IPv4 address
        "2620:4f:8000::/48",  # sinks of the domain name system
        "3fff::/20",  # documentation
    )
)


def is_public(text: str) -> bool:
    """Say whether an address may be reached on somebody's behalf; what cannot be read may not."""
    address = _read(text)
    match address:
        case IPv4Address():
            return not any(address in network for network in _NOT_PUBLIC_4)
        case IPv6Address():
            return address in _HANDED_OUT_6 and not any(address in network for network in _NOT_PUBLIC_6)
        case None:
            return False


def is_loopback(text: str) -> bool:
    """Say whether an address is this machine's own."""
    address = _read(text)
    return address is not None and address.is_loopback


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
