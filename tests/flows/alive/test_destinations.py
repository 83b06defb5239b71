"""Where links lead: a page that is gone, a redirect that drops the click id, another host, a ring, nobody at all."""

from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from rapport.apps.delivery.models import Mail
from rapport.apps.outages.models import OutageKind
from rapport.apps.outages.queries import open_outages
from rapport.apps.programs.models import Program
from rapport.flows.alive.alarming import ONE_LETTER_IN
from rapport.flows.alive.destinations import MOST_LINKS, MOST_SECONDS, watch_destinations
from rapport.flows.alive.monitor import look_at_links
from rapport.kit.outgoing import Outgoing
from tests.make.identity import NOON, make_member
from tests.make.road import make_agreement, make_link, make_program

pytestmark = pytest.mark.django_db


class Shop(BaseHTTPRequestHandler):
    """A shop on this machine whose pages lead to good and bad ends."""

    def do_GET(self) -> None:
        """Answer by the path."""
        parts = urlsplit(self.path)
        leads = {
            "/moved": f"/there?{parts.query}",
            "/drops": "/there",
            "/odd": "http://[bad",
            "/ring": f"/ring?{parts.query}",
            "/away": f"http://localhost:{self.server.server_port}/there?{parts.query}",  # type: ignore[attr-defined]  # an HTTPServer's
        }
        if parts.path in leads:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", leads[parts.path])
        else:
            self.send_response(HTTPStatus.NOT_FOUND if parts.path == "/gone" else HTTPStatus.OK)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    """The shop's address."""
    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def program_at(address: str) -> Program:
    """Return a program whose shop is there."""
    program = make_program()
    program.hosts, program.landing_url = [urlsplit(address).netloc], f"{address}/"
    program.save()
    return program


def way_to(address: str) -> Outgoing:
    """Return a way out that may reach the shop under both names of this machine."""
    port = urlsplit(address).port
    return Outgoing(loopback=frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}))


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/there", ""),
        ("/there?colour=red", ""),
        ("/moved", ""),
        ("/gone", "answers with 404"),
        ("/drops", "drops the click id"),
        ("/odd", "leads on to what is no address"),
        ("/ring", "again and again"),
        ("/away", "which is no host of the program"),
    ],
)
def test_what_is_wrong_with_a_way_is_said(address: str, path: str, problem: str) -> None:
    program = program_at(address)
    make_link(make_agreement(program), destination=address + path)
    watch_destinations(program, at=NOON, way=way_to(address))

    found = open_outages(program.id).filter(kind=OutageKind.DESTINATION).first()
    assert (problem in found.figures["problem"]) if found else not problem


def test_an_outage_of_a_link_ends_when_it_is_mended_or_switched_off(address: str) -> None:
    program = program_at(address)
    agreement = make_agreement(program)
    mended, stopped = (make_link(agreement, destination=f"{address}/{path}") for path in ("gone", "drops"))
    watch_destinations(program, at=NOON, way=way_to(address))
    assert open_outages(program.id).count() == 2

    mended.destination = f"{address}/there"
    mended.save()
    stopped.active = False
    stopped.save()
    watch_destinations(program, at=NOON, way=way_to(address))
    assert not open_outages(program.id).exists()


def test_the_links_are_looked_at_in_turns(address: str) -> None:
    program = program_at(address)
    agreement = make_agreement(program)
    for number in range(MOST_LINKS + 3):
        make_link(agreement, destination=f"{address}/there?n={number}")
    looked = [watch_destinations(program, at=NOON, way=way_to(address)) for _ in range(3)]
    assert looked == [MOST_LINKS, 3, MOST_LINKS]


def test_slow_pages_leave_the_rest_for_the_next_round(address: str) -> None:
    program = program_at(address)
    agreement = make_agreement(program)
    links = [make_link(agreement, destination=f"{address}/gone?n={number}") for number in range(3)]
    clock = iter((0.0, MOST_SECONDS, MOST_SECONDS + 1))
    assert watch_destinations(program, at=NOON, way=way_to(address), elapsed=lambda: next(clock)) == 2
    assert set(open_outages(program.id).values_list("subject", flat=True)) == {links[0].id, links[1].id}
    assert watch_destinations(program, at=NOON, way=way_to(address)) == 1
    assert open_outages(program.id).count() == 3


def test_the_team_reads_of_the_links_of_one_shop_once_an_hour(address: str) -> None:
    program = program_at(address)
    owner = make_member(program.workspace)
    agreement = make_agreement(program)
    links = [make_link(agreement, destination=f"{address}/gone?n={number}") for number in range(3)]
    watch_destinations(program, at=NOON, way=way_to(address))
    assert (open_outages(program.id).count(), Mail.objects.filter(recipient=owner.email).count()) == (3, 1)
    for link in links:
        link.destination = f"{address}/there"
        link.save()
    watch_destinations(program, at=NOON + ONE_LETTER_IN, way=way_to(address))
    assert (open_outages(program.id).count(), Mail.objects.filter(recipient=owner.email).count()) == (0, 2)


def test_what_is_odd_in_one_program_hides_no_other(address: str, settings: Settings) -> None:
    settings.MONITOR_MINUTES = 30
    odd, plain = make_program(), program_at(address)
    link = make_link(make_agreement(odd))
    link.destination = "http://[bad"
    link.save()
    make_link(make_agreement(plain), destination=f"{address}/there")
    look_at_links(at=NOON)
    assert "does not answer" in open_outages(plain.id).get().figures["problem"]
    assert not open_outages(odd.id).exists()


def test_an_address_of_this_machine_that_nobody_named_is_not_asked(address: str) -> None:
    program = program_at(address)
    make_link(make_agreement(program), destination=f"{address}/there")
    watch_destinations(program, at=NOON, way=Outgoing())
    assert "does not answer" in open_outages(program.id).get().figures["problem"]
