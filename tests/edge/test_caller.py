"""Behind a proxy the visitor is told from the proxy, and nobody chooses the address that is written down."""

from pathlib import Path

import pytest

from rapport.edge import EdgeSettings
from rapport.edge.caller import caller, networks
from rapport.wire import linkbook
from tests.edge.conftest import KEYS, PROGRAM, make_link, running

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", " 203.0.113.9 ", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9, unknown", "127.0.0.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "10.1.2.3, 10.1.2.4", "10.1.2.3"),
        ("203.0.113.50", "198.51.100.1", "203.0.113.50"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_first_stranger_from_the_right_is_the_caller(peer: str, forwarded: str, found: str) -> None:
    assert caller(peer, forwarded=forwarded, trusted=PROXIES) == found


@pytest.mark.parametrize(("proxies", "written"), [((), "127.0.0.1"), (("127.0.0.1",), "203.0.113.9")])
def test_a_click_is_written_down_with_its_visitor_s_address(
    tmp_path: Path, proxies: tuple[str, ...], written: str
) -> None:
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    settings = EdgeSettings(data=tmp_path, port=0, metrics_port=0, trusted_proxies=proxies)
    with running(tmp_path, settings) as edge:
        edge.get("/c/abc", x_forwarded_for="198.51.100.1, 203.0.113.9")
        assert edge.click().address == written
