"""Under which names the edge answers: its own, and proven ones, where only their owner's links lead on."""

import pytest

from rapport.edge.names import name_of
from rapport.wire import linkbook
from rapport.wire.linkbook import ProgramEntry
from tests.edge.conftest import OTHER_PROGRAM, PROGRAM, RunningEdge, make_link

OURS = ProgramEntry(program_id="prg_1", fallback_url="https://shop.example/welcome", domains=("go.shop.example",))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (b"Go.Shop.example", "go.shop.example"),
        (b"go.shop.example.:8443", "go.shop.example"),
        (b"[::1]:8101", "::1"),
        (b"", ""),
        (b"\xff.example", "\xff.example"),
    ],
)
def test_names_are_read_as_browsers_write_them(host: bytes, name: str) -> None:
    assert name_of(host) == name


def ask(edge: RunningEdge, name: str) -> int:
    caller = edge.caller(monitor=True)
    caller.send(f"GET /tls/ask?domain={name} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    return caller.receive().status


def test_links_lead_on_under_the_name_of_their_program_and_no_other(edge: RunningEdge) -> None:
    edge.publish(make_link(), make_link("theirs", program_id="prg_2"), programs=(OURS, OTHER_PROGRAM))
    assert edge.get("/c/abc", host="go.shop.example").location.startswith("https://shop.example/product")
    assert edge.get("/c/theirs", host="go.shop.example").location == "https://shop.example/welcome"
    assert edge.get("/c/unknown", host="go.shop.example:443").location == "https://shop.example/welcome"
    assert edge.get("/c/abc", host="evil.example").status == 404
    assert edge.get("/c/abc", host="evil.example", x_forwarded_host="go.shop.example").status == 404
    assert edge.get("/pb?token=x", host="evil.example").status == 404
    assert edge.metrics()['clicks_total{reason="foreign_name"}'] == 2
    assert [event.code for event in edge.events()] == ["abc"]  # type: ignore[union-attr]  # clicks alone


def test_certificates_are_for_proven_names_and_a_name_that_was_lost_has_none(edge: RunningEdge) -> None:
    assert ask(edge, "go.shop.example") == 404
    edge.publish(make_link(), programs=(OURS,))
    assert [ask(edge, name) for name in ("go.shop.example", "GO.shop.example", "evil.example", "")] == [
        200,
        200,
        404,
        404,
    ]
    edge.publish(programs=(PROGRAM,))
    assert ask(edge, "go.shop.example") == 404
    assert edge.get("/c/abc", host="go.shop.example").status == 404


def test_a_name_that_changed_hands_stays_with_its_new_owner(edge: RunningEdge) -> None:
    edge.publish(make_link(), programs=(OURS,))
    theirs = ProgramEntry(program_id="prg_2", domains=("go.shop.example",))
    linkbook.publish(edge.data / "linkbook", programs=(theirs, PROGRAM))
    edge.publish()
    assert edge.edge._station.program_of_domain("go.shop.example") == "prg_2"
