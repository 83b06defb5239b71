"""The machinery of tracking: each thing that goes out of order is an alarm, is counted, and ends when it is well."""

import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from rapport.apps.delivery.models import Mail
from rapport.apps.outages.models import Outage, OutageKind, Watch
from rapport.apps.outages.queries import open_outages
from rapport.flows.alive.health import health_now
from rapport.flows.alive.machine import LAKE_LATE, NOBODY_LOOKS, REMEMBERED, look_at_machine, nobody_looks
from rapport.flows.alive.words import outage_words
from rapport.flows.postbacks import take_postbacks
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire import linkbook
from rapport.wire.journal import sealed_segments
from tests.edge.conftest import KEYS, PROGRAM, TOKEN, RunningEdge, make_link, running
from tests.edge.test_durability import full_disk
from tests.make.identity import make_member
from tests.make.road import make_program

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    """The folder of an installation that this process looks at."""
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = tmp_path / "journal", tmp_path / "lake"
    linkbook.publish(tmp_path / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    return tmp_path


@pytest.fixture
def edge(data: Path, settings: Settings) -> Iterator[RunningEdge]:
    """A running edge of that installation."""
    with running(data) as edge:
        watch(settings, edge)
        yield edge


def watch(settings: Settings, edge: RunningEdge) -> None:
    """Let the look find this edge."""
    settings.EDGE_HEALTH_URL = f"http://127.0.0.1:{edge.edge.metrics_port}/healthz"


def ill() -> set[str]:
    """Return what is out of order in the installation."""
    return set(open_outages("").values_list("kind", flat=True))


def test_a_sound_machine_raises_no_alarm(edge: RunningEdge, client: Client) -> None:
    edge.get("/c/abc")
    look_at_machine(at=now())

    assert not Outage.objects.exists()
    answer = client.get("/healthz")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})


def test_an_edge_that_is_away_is_an_alarm_and_told_once_to_those_who_run_jobs(
    data: Path, settings: Settings, client: Client
) -> None:
    owner = make_member(make_program().workspace)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EDGE_HEALTH_URL = f"http://127.0.0.1:{nobody.getsockname()[1]}/healthz"
        look_at_machine(at=now() - MINUTE)
        assert ill() == set(), "a restart is no outage"
        look_at_machine(at=now())
        look_at_machine(at=now())
    assert ill() == {OutageKind.SILENT}
    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").json()["edge"] == "failing"

    with running(data) as edge:
        watch(settings, edge)
        look_at_machine(at=now())
    assert ill() == set()
    subjects = list(Mail.objects.filter(recipient=owner.email).order_by("id").values_list("subject", flat=True))
    assert subjects == ["Tracking: The edge does not answer", "Over: The edge does not answer"]


def test_clicks_that_a_full_disk_refused_are_counted_over_a_restart(
    edge: RunningEdge, data: Path, settings: Settings
) -> None:
    with full_disk():
        edge.get("/c/abc")
        edge.get("/c/abc")
    look_at_machine(at=now())
    assert ill() == {OutageKind.JOURNAL, OutageKind.UNRECORDED}
    look_at_machine(at=now())
    lost = open_outages("").get(kind=OutageKind.UNRECORDED)
    assert outage_words(lost).sentence == "2 visitors were led on without a record of the click."

    edge.get(f"/pb?token={TOKEN}&kind=sale")
    look_at_machine(at=now())
    assert ill() == {OutageKind.UNRECORDED}
    edge.stop()
    with running(data) as again:
        watch(settings, again)
        again.edge._started_ms += 1  # the tests' clock stands still, and the process is the same
        with full_disk():
            again.get("/c/abc")
        look_at_machine(at=now())
        lost.refresh_from_db()
        assert lost.figures["clicks"] == 3
        look_at_machine(at=now() + REMEMBERED)
    assert OutageKind.UNRECORDED not in ill()


def test_a_line_of_a_table_of_networks_that_cannot_be_read_is_an_alarm_until_it_is_mended(
    edge: RunningEdge, data: Path, client: Client
) -> None:
    table = data / "networks" / "countries.csv"
    table.parent.mkdir()
    table.write_text("203.0.113.0/24,DE\nhere,DE\n")
    look_at_machine(at=now())
    assert ill() == {OutageKind.NETWORKS}
    words = outage_words(open_outages("").get())
    assert words.sentence.startswith("countries.csv, line 2: 'here,DE'")
    assert client.get("/healthz").json()["networks"] == "failing"

    table.write_text("there,DE\nhere,DE\n")
    look_at_machine(at=now())
    sentence = outage_words(open_outages("").get()).sentence
    assert (sentence.startswith("countries.csv, line 1"), "rapport doctor" in sentence) == (True, True)

    table.write_text("203.0.113.0/24,DE\n")
    look_at_machine(at=now())
    assert ill() == set()


def test_a_damaged_link_book_is_an_alarm(edge: RunningEdge, data: Path) -> None:
    (data / "linkbook" / "current").write_text("book-9999999999")
    edge.within(edge.edge._station.refresh_book)
    look_at_machine(at=now())

    assert ill() == {OutageKind.BOOK}
    assert edge.get("/c/abc").status == 302


def test_what_is_not_carried_on_in_time_is_an_alarm(edge: RunningEdge, data: Path, client: Client) -> None:
    edge.get("/c/abc")
    edge.stop()
    grow_old(data / "journal", now() - LAKE_LATE - MINUTE)

    assert health_now(at=now()) | {"lake": "", "worker": ""} == {
        **dict.fromkeys(("database", "edge", "journal", "clicks", "link_book", "networks"), "ok"),
        "lake": "",
        "worker": "",
    }
    assert client.get("/healthz").status_code == 503
    look_at_machine(at=now())
    assert {OutageKind.LAKE, OutageKind.WORKER} <= ill()

    ingest(journal=data / "journal", lake=data / "lake", now_ms=to_ms(now()))
    take_postbacks(at=now())
    look_at_machine(at=now())
    assert ill() == set()


def grow_old(journal: Path, at: datetime) -> None:
    """Let the segments look as if written at a moment."""
    for path in sealed_segments(journal):
        os.utime(path, (at.timestamp(), at.timestamp()))


def test_when_nobody_looks_any_more_this_itself_is_an_alarm(edge: RunningEdge, client: Client) -> None:
    assert not nobody_looks(at=now())
    look_at_machine(at=now())
    assert not nobody_looks(at=now() + NOBODY_LOOKS - MINUTE)
    assert nobody_looks(at=now() + NOBODY_LOOKS + MINUTE)
    Watch.objects.update(looked_at=now() - NOBODY_LOOKS - MINUTE)
    assert client.get("/healthz").json()["worker"] == "failing"
