"""A backup that is taken while orders arrive comes back with everything that was acknowledged before it began."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit

import pytest
from pytest_django import DjangoDbBlocker

from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.flows.backup.keeping import backups
from rapport.kit.clock import now
from tests.config.commands import rapport
from tests.config.test_backup_commands import empty_database
from tests.journeys.test_running import waited
from tests.make.identity import STORY, make_api_key
from tests.make.road import make_agreement, make_coupon, make_program
from tests.support.databases import connected_to
from tests.support.drills import scaled
from tests.support.run import Run
from tests.support.server import RunningRapport, running_rapport

BEFORE = scaled(whole=300, on_postgresql=150)
"""Orders of each door that are acknowledged before the backup begins; they go on arriving while it is taken."""


class Sender:
    """Reports one order after the other by one door, and remembers those that were acknowledged."""

    def __init__(self, address: str, send: Callable[[HTTPConnection, str], int], *, name: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._send, self._name = send, name
        self.acknowledged: list[str] = []
        self._stopping = Event()
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        for number in count():
            if self._stopping.is_set():
                return
            order = f"{self._name}-{number}"
            if self._send(self._connection, order) in {HTTPStatus.OK, HTTPStatus.CREATED}:
                self.acknowledged.append(order)

    @contextmanager
    def sending(self) -> Iterator[None]:
        self.thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self.thread.join()
            self._connection.close()


def by_api(secret: str) -> Callable[[HTTPConnection, str], int]:
    def send(connection: HTTPConnection, order: str) -> int:
        told = {"kind": "sale", "external_id": order, "currency": "EUR", "total": "100.00", "coupons": ["ANNA12"]}
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Idempotency-Key": order}
        connection.request("POST", "/api/v1/conversions", body=json.dumps(told), headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return send


def by_edge(token: str) -> Callable[[HTTPConnection, str], int]:
    def send(connection: HTTPConnection, order: str) -> int:
        connection.request("GET", f"/pb?{urlencode({'token': token, 'order_id': order, 'amount': '100.00'})}")
        answer = connection.getresponse()
        answer.read()
        time.sleep(0.005)  # a shop, not a flood
        return answer.status

    return send


@pytest.mark.drill(seconds=90)
def test_everything_acknowledged_before_it_began_is_there(
    start_rapport: Callable[..., RunningRapport], django_db_blocker: DjangoDbBlocker, run: Run, tmp_path: Path
) -> None:
    running = start_rapport()
    with django_db_blocker.unblock(), connected_to(running.database_url):
        program = make_program(at=now())
        make_coupon(make_agreement(program, at=now()), "ANNA12")
        secret = make_api_key(program.workspace, at=now()).secret
        token = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=now()).shown_once
    api = Sender(running.web, by_api(secret), name="api")
    edge = Sender(running.edge, by_edge(token), name="edge")
    settings = {"RAPPORT_DATA": str(running.data), "RAPPORT_DATABASE_URL": running.database_url}
    with api.sending(), edge.sending():
        waited("orders", lambda: min(len(api.acknowledged), len(edge.acknowledged)) >= BEFORE, within_s=120)
        sent = {*api.acknowledged, *edge.acknowledged}
        done = rapport("backup", "--to", str(tmp_path / "away"), **settings)
        meanwhile = len(api.acknowledged) + len(edge.acknowledged) - len(sent)
    assert done.returncode == 0, done.stderr
    assert meanwhile > 0, "orders went on arriving"
    [kept] = backups(tmp_path / "away")

    copy = tmp_path / "copy"
    with empty_database(run) as url:
        back = {"RAPPORT_DATA": str(copy), "RAPPORT_DATABASE_URL": url}
        done = rapport("restore", str(kept.path), **back)
        assert done.returncode == 0, done.stderr
        with (
            running_rapport(data=copy, database_url=url, variables={}) as restored,
            django_db_blocker.unblock(),
            connected_to(restored.database_url),
        ):
            waited("what the journal brought back", lambda: sent <= _known(), within_s=120)
            assert set(Receipt.objects.values_list("state", flat=True)) == {"taken"}
            looked = rapport("doctor", **back)
            assert looked.returncode == 0, looked.stdout


def _known() -> set[str]:
    return set(Conversion.objects.values_list("external_id", flat=True))
