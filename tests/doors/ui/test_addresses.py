"""Addresses as people paste them."""

from rapport.doors.ui.addresses import complete


def test_addresses_are_completed_only_when_they_begin_with_a_host() -> None:
    assert complete("shop.example/robe") == "https://shop.example/robe"
    assert complete("shop.example:8443?a=b") == "https://shop.example:8443?a=b"
    assert complete("http://shop.example/") == "http://shop.example/"
    assert complete("robe") == "robe"
    assert complete("javascript:alert(1)//") == "javascript:alert(1)//"
    assert complete("") == ""
