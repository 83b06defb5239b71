"""Mail servers: what an address says about them."""

import pytest

from rapport.config.mail import MailServer


def test_without_a_server_letters_stay_in_the_outbox() -> None:
    assert MailServer.from_url(None).host == ""


@pytest.mark.parametrize(
    ("url", "port", "is_tls_on_request", "is_tls_from_start"),
    [
        ("smtp://ann:s%2Fecret@mail.example.com", 587, True, False),
        ("smtps://ann:s%2Fecret@mail.example.com", 465, False, True),
        ("smtp://ann:s%2Fecret@localhost:2525", 2525, False, False),
    ],
)
def test_an_address_says_how_to_send(url: str, port: int, *, is_tls_on_request: bool, is_tls_from_start: bool) -> None:
    server = MailServer.from_url(url)
    assert (server.port, server.is_tls_on_request, server.is_tls_from_start) == (
        port,
        is_tls_on_request,
        is_tls_from_start,
    )
    assert (server.user, server.password) == ("ann", "s/ecret")


@pytest.mark.parametrize("url", ["mail.example.com", "https://mail.example.com", "smtp://"])
def test_another_address_is_refused_with_a_way_out(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user"):
        MailServer.from_url(url)
