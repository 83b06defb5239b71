"""A test goes through the doors as they are: what was made just now may be known to the edge a moment later."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from rapport.flows.alive.doors import DoorClosed, follow_as_test
from rapport.kit.clock import now
from tests.make.road import make_agreement, make_link, make_program

pytestmark = pytest.mark.django_db

Step = tuple[int, str]
SHOP = "https://shop.example/"
UNKNOWN: Step = (404, "")
FALLBACK: Step = (302, SHOP)
LEADS_ON: Step = (302, f"{SHOP}?rpid=a-click-id")
Serve = Callable[..., list[str]]


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    """Serve these answers one after the other, the last one again and again; give what was asked for."""
    steps: list[Step] = []
    asked: list[str] = []

    class Edge(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, location = steps.pop(0) if len(steps) > 1 else steps[0]
            self.send_response(status)
            if location:
                self.send_header("location", location)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_parts: object) -> None:
            """Keep the terminal quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Edge)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.EDGE_URL = f"http://127.0.0.1:{server.server_address[1]}"

    def start(*told: Step) -> list[str]:
        steps.extend(told)
        return asked

    try:
        yield start
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("before", [(), (UNKNOWN,), (UNKNOWN, FALLBACK)], ids=["at once", "later", "later still"])
def test_a_link_that_the_edge_learns_of_in_this_moment_is_followed(serve: Serve, before: tuple[Step, ...]) -> None:
    link = make_link(make_agreement(make_program(), at=now()), at=now())
    asked = serve(*before, LEADS_ON)
    assert follow_as_test(link) == "a-click-id"
    assert asked == [f"/c/{link.code}?rptest=1"] * (len(before) + 1), "and not once more: each is a click"


@pytest.mark.parametrize(
    ("always", "sentence"), [(UNKNOWN, "answers with 404"), (FALLBACK, "leads on without a click id")]
)
def test_a_link_that_never_leads_on_is_told_of_in_the_end(serve: Serve, always: Step, sentence: str) -> None:
    link = make_link(make_agreement(make_program(), at=now()), at=now())
    serve(always)
    with pytest.raises(DoorClosed, match=sentence):
        follow_as_test(link)
