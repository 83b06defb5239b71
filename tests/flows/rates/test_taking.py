"""The bank's list, fetched from where it lies, for every workspace that runs programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from rapport.apps.rates.errors import BankSilent
from rapport.apps.rates.models import ExchangeRate
from rapport.flows.rates import tasks
from rapport.flows.rates.taking import fetch_rates
from tests.make.identity import NOON, STORY
from tests.make.road import make_program

pytestmark = pytest.mark.django_db

LIST = Path(__file__).parents[2] / "apps" / "rates" / "files" / "eurofxref-hist-90d.xml"


@contextmanager
def bank(settings: Settings, *, status: int = 200) -> Iterator[None]:
    """A bank on this machine that offers the list."""

    class Bank(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = LIST.read_bytes()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Bank)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.RATES_URL = f"http://127.0.0.1:{server.server_port}/list.xml"
    settings.LOOPBACK_HOSTS = frozenset({f"127.0.0.1:{server.server_port}"})
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def test_the_list_is_fetched_for_every_workspace_with_programs(settings: Settings) -> None:
    programs = [make_program(), make_program()]
    with bank(settings):
        assert fetch_rates(by=STORY, at=NOON).new == 20
        tasks.fetch_rates.func()
    rows = ExchangeRate.objects.all()
    assert {row.workspace_id for row in rows} == {program.workspace_id for program in programs}
    assert rows.count() == 20


def test_a_bank_that_is_away_leaves_everything_as_it_is(settings: Settings) -> None:
    make_program()
    with bank(settings, status=503), pytest.raises(BankSilent):
        fetch_rates(by=STORY, at=NOON)
    assert not ExchangeRate.objects.exists()


def test_nothing_leaves_the_house_unless_it_was_switched_on(settings: Settings) -> None:
    assert not tasks.rates_are_fetched()
    settings.RATES_FETCH = True
    assert tasks.rates_are_fetched()
    settings.DEMO = True
    assert not tasks.rates_are_fetched()
