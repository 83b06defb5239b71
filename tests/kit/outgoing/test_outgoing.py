"""The one way out: nobody reaches our own network through us, and nothing outside holds us up."""

import ssl
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rapport.kit.outgoing import Limits, NotReached, Outcome, Outgoing, is_public, target_of
from rapport.kit.outgoing.connecting import system_resolve
from tests.kit.outgoing.servers import Peer, peer_server, write_certificate

LABELLED = Path(__file__).parent / "addresses.txt"
PUBLIC = "93.184.215.14"

_connections: list[str] | None = None


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Count connections while a test asks for it, and let none out of this machine."""
    if event == "socket.connect" and _connections is not None and isinstance(arguments[1], tuple):
        _connections.append(arguments[1][0])
        if not arguments[1][0].startswith("127."):
            raise ConnectionRefusedError(arguments[1][0])


sys.addaudithook(_watch)


@pytest.fixture
def connections() -> Iterator[list[str]]:
    """The addresses that were connected to during a test."""
    global _connections  # noqa: PLW0603 - an audit hook stays for good and knows no arguments
    _connections = []
    yield _connections
    _connections = None


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with peer_server() as peer:
        yield peer


@pytest.fixture
def outgoing(peer: Peer) -> Outgoing:
    return Outgoing(loopback=frozenset({f"localhost:{peer.port}"}), resolve=lambda _host, _port: ["127.0.0.1"])


def here(peer: Peer, path: str) -> str:
    return f"http://localhost:{peer.port}/{path}"


def labelled(label: str) -> list[tuple[str, list[str]]]:
    lines = [line.split(" ") for line in LABELLED.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return [(address, known) for said, address, *known in lines if said == label]


def resolver(known: list[str]) -> Outgoing:
    """Resolve a name to what its line says, and an address to itself, as the system does."""
    return Outgoing(
        resolve=lambda host, _port: [each for each in known if each != "-"] if known else [host.strip("[]")]
    )


@pytest.mark.parametrize(("address", "known"), labelled("no"))
def test_what_is_not_the_public_internet_is_refused_without_a_connection(
    address: str, known: list[str], connections: list[str]
) -> None:
    with pytest.raises(NotReached, match=r"^refused$") as refusal:
        resolver(known).send("GET", address)
    assert not refusal.value.may_have_arrived
    assert connections == []


@pytest.mark.parametrize(("address", "known"), labelled("yes"))
def test_the_public_internet_is_connected_to_at_the_checked_address(
    address: str, known: list[str], connections: list[str]
) -> None:
    with pytest.raises(NotReached, match=r"^refused$"):  # this test lets nothing out
        resolver(known).send("GET", address)
    assert connections == (known or [target_of(address).host.strip("[]")])


def test_numbers_that_the_system_reads_as_an_address_are_judged_as_what_they_are(connections: list[str]) -> None:
    for spelled in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1"):
        assert system_resolve(spelled, 80) == ["127.0.0.1"]
        with pytest.raises(NotReached, match=r"^refused$"):
            Outgoing().send("GET", f"http://{spelled}/")
    assert connections == []


def test_a_request_goes_out_and_its_answer_comes_back_whole(outgoing: Outgoing, peer: Peer) -> None:
    answer = outgoing.send("POST", here(peer, "ok?a=1"), headers={"x-one": "1"}, content=b"body")
    assert (answer.status, answer.is_success, answer.headers["content-length"]) == (200, True, "16")
    assert answer.json() == {"total": "12.50"}
    assert peer.seen[-1] == ("POST", "/ok?a=1", f"localhost:{peer.port}", b"body")


def test_a_redirect_is_an_answer_and_is_not_followed(outgoing: Outgoing, peer: Peer, connections: list[str]) -> None:
    assert outgoing.send("GET", here(peer, "redirect")).status == 302
    with pytest.raises(NotReached, match=r"^status 302$") as refusal:
        outgoing.fetch("GET", here(peer, "redirect"))
    assert refusal.value.outcome is Outcome.STATUS
    assert connections == ["127.0.0.1", "127.0.0.1"]


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_its_first_answer(
    peer: Peer, connections: list[str]
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    rebinding = Outgoing(resolve=lambda _host, _port: next(answers))
    for expected in ([PUBLIC], [PUBLIC], [PUBLIC]):
        with pytest.raises(NotReached, match=r"^refused$"):
            rebinding.send("GET", "http://shop.example/")
        assert connections == expected
    assert next(answers, None) is None


def test_a_named_host_of_this_machine_is_reached_at_this_machine_only(peer: Peer, connections: list[str]) -> None:
    for elsewhere in (["10.0.0.1"], [PUBLIC], ["127.0.0.1", PUBLIC]):
        moved = replace(resolver(elsewhere), loopback=frozenset({f"localhost:{peer.port}"}))
        with pytest.raises(NotReached, match=r"^refused$"):
            moved.send("GET", here(peer, "ok"))
    with pytest.raises(NotReached, match=r"^refused$"):
        Outgoing(loopback=frozenset({"localhost:1"})).send("GET", here(peer, "ok"))
    assert connections == []


def test_a_peer_that_drips_is_left_at_the_deadline(outgoing: Outgoing, peer: Peer) -> None:
    began = time.monotonic()
    with pytest.raises(NotReached, match=r"^timeout$") as late:
        outgoing.send("GET", here(peer, "drip"), limits=Limits(seconds=0.3))
    assert time.monotonic() - began < 2
    assert late.value.may_have_arrived


def test_a_name_that_is_not_resolved_in_time_is_a_timeout() -> None:
    def sleepy(_host: str, _port: int) -> list[str]:
        time.sleep(1)
        return [PUBLIC]

    with pytest.raises(NotReached, match=r"^timeout$") as late:
        Outgoing(resolve=sleepy).send("GET", "http://shop.example/", limits=Limits(seconds=0.1))
    assert not late.value.may_have_arrived


def test_a_name_that_nobody_knows_is_refused() -> None:
    with pytest.raises(NotReached, match=r"^refused$"):
        Outgoing().send("GET", "http://nobody.invalid/")


def test_an_answer_without_end_is_cut_off(outgoing: Outgoing, peer: Peer) -> None:
    with pytest.raises(NotReached, match=r"^refused$") as refusal:
        outgoing.send("GET", here(peer, "endless"), limits=Limits(most_bytes=100_000))
    assert refusal.value.detail == "the answer is too large"


def test_a_connection_that_breaks_after_sending_says_that_it_may_have_arrived(outgoing: Outgoing, peer: Peer) -> None:
    with pytest.raises(NotReached, match=r"^refused$") as broken:
        outgoing.send("POST", here(peer, "gone"), content=b"pay")
    assert broken.value.may_have_arrived


def test_an_error_of_the_other_side_is_its_status_and_no_json_is_a_refusal(outgoing: Outgoing, peer: Peer) -> None:
    with pytest.raises(NotReached, match=r"^status 503$"):
        outgoing.fetch("GET", here(peer, "sorry"))
    with pytest.raises(NotReached, match=r"^refused$"):
        outgoing.fetch("GET", here(peer, "text")).json()


def test_https_is_demanded_where_secrets_travel_except_from_named_hosts_of_this_machine(
    outgoing: Outgoing, peer: Peer
) -> None:
    with pytest.raises(NotReached, match=r"^refused$"):
        target_of("http://shop.example/", https_only=True)
    assert target_of("https://shop.example/", https_only=True).port == 443
    assert outgoing.fetch("GET", here(peer, "ok"), https_only=True).status == 200


def test_a_header_cannot_smuggle_a_second_one(outgoing: Outgoing, peer: Peer) -> None:
    before = len(peer.seen)
    with pytest.raises(NotReached, match=r"^refused$"):
        outgoing.send("GET", here(peer, "ok"), headers={"x-one": "1\r\nhost: other"})
    assert len(peer.seen) == before


def test_tls_asks_for_the_name_and_believes_only_its_certificate(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path, "shop.example")
    roots = ssl.create_default_context(cafile=certificate)
    with peer_server(certificate) as peer:
        names = frozenset({f"shop.example:{peer.port}", f"other.example:{peer.port}"})
        outgoing = Outgoing(loopback=names, resolve=lambda _host, _port: ["127.0.0.1"], roots=roots)
        assert outgoing.send("GET", f"https://shop.example:{peer.port}/ok").status == 200
        with pytest.raises(NotReached, match=r"^refused$"):
            outgoing.send("GET", f"https://other.example:{peer.port}/ok")
        with pytest.raises(NotReached, match=r"^refused$"):
            Outgoing(loopback=names, resolve=outgoing.resolve).send("GET", f"https://shop.example:{peer.port}/ok")
    assert peer.names[:2] == ["shop.example", "other.example"]
    assert [host for _method, _path, host, _body in peer.seen] == [f"shop.example:{peer.port}"]


def test_an_address_that_is_none_is_not_public() -> None:
    assert not is_public("")
