"""A site of one's own, or a profile on a network of many."""

import pytest

from rapport.apps.partners.sites import host_of_site, is_profile


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Slow.Example/about", "slow.example"),
        ("http://slow.example:8080", "slow.example"),
        ("slow.example", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_site_is_told_without_www(address: str, host: str) -> None:
    assert host_of_site(address) == host


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("https://www.youtube.com/@anna", True),
        ("https://m.youtube.com/@anna", True),
        ("https://notyoutube.com/@anna", False),
        ("https://slow.example/youtube.com", False),
    ],
)
def test_an_account_on_a_network_is_a_profile(address: str, shared: bool) -> None:
    assert is_profile(address) is shared
