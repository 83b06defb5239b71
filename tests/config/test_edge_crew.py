"""Several edge processes share a port; renewed one by one or killed, they turn no caller away."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from rapport.edge.roll import living
from rapport.wire import linkbook
from rapport.wire.events import ClickEvent
from tests.edge.conftest import BROWSER, KEYS, PROGRAM, Caller, events_of, make_link
from tests.support.ports import free_port

CLICK = f"GET /c/abc HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nuser-agent: {BROWSER}\r\n\r\n".encode()


class Crew:
    """`rapport edge` with two processes, and callers who note how they were answered."""

    def __init__(self, process: subprocess.Popen[bytes], *, data: Path, port: int, metrics_port: int) -> None:
        self.process, self.data, self.port, self.metrics_port = process, data, port, metrics_port
        self.answers: Counter[str] = Counter()
        self._enough = threading.Event()
        self._callers = [threading.Thread(target=self._call) for _ in range(4)]

    def pids(self) -> set[int]:
        """Return the processes that answer."""
        return {one.pid for one in living(self.data / "edges")}

    def metrics(self) -> dict[str, float]:
        """Return the figures of the crew."""
        with urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as answer:
            text = answer.read().decode()
        pairs = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
        return {name.removeprefix("rapport_edge_"): float(value) for name, _, value in pairs}

    @contextmanager
    def under_load(self) -> Iterator[None]:
        """Follow a link again and again, each time over a connection of its own."""
        for caller in self._callers:
            caller.start()
        wait_for(lambda: self.answers["302"] > 50)
        yield
        seen = self.answers["302"]
        wait_for(lambda: self.answers["302"] > seen + 50)
        self._enough.set()
        for caller in self._callers:
            caller.join()

    def _call(self) -> None:
        while not self._enough.is_set():
            try:
                with Caller(self.port) as caller:
                    caller.send(CLICK)
                    self.answers[str(caller.receive().status)] += 1
            except (OSError, IndexError) as error:
                self.answers[repr(error)] += 1


@contextmanager
def crew_of_two(data: Path) -> Iterator[Crew]:
    linkbook.publish(data / "linkbook", programs=[PROGRAM], links=[make_link()], keys=KEYS)
    port, metrics_port = free_port(), free_port()
    told = {"RAPPORT_DATA": str(data), "RAPPORT_EDGE_PORT": str(port), "RAPPORT_METRICS_PORT": str(metrics_port)}
    command = [sys.executable, "-m", "rapport.config.cli", "edge"]
    with subprocess.Popen(command, env={**os.environ, **told, "RAPPORT_EDGE_PROCESSES": "2"}) as process:
        crew = Crew(process, data=data, port=port, metrics_port=metrics_port)
        try:
            wait_for(lambda: len(crew.pids()) == 2)
            yield crew
        finally:
            process.terminate()
            process.wait(30)


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def clicks_of(crew: Crew) -> list[float]:
    """Return how many clicks each process counted, as one of them tells."""
    figures = crew.metrics()
    return [figures[f'process_clicks_total{{pid="{pid}"}}'] for pid in crew.pids()]


def clicks_in(data: Path) -> list[str]:
    return [event.click_id for event in events_of(data) if isinstance(event, ClickEvent)]


def test_renewed_under_load_it_turns_nobody_away_and_loses_nothing(tmp_path: Path) -> None:
    with crew_of_two(tmp_path) as crew:
        before = crew.pids()
        with crew.under_load():
            crew.process.send_signal(signal.SIGUSR1)
            wait_for(lambda: len(crew.pids()) == 2 and not crew.pids() & before)
    assert set(crew.answers) == {"302"}, crew.answers
    written = clicks_in(tmp_path)
    assert len(written) == len(set(written)) == crew.answers["302"]


def test_a_killed_process_comes_back_and_callers_wait_for_it(tmp_path: Path) -> None:
    with crew_of_two(tmp_path) as crew:
        victim, other = sorted(crew.pids())
        with crew.under_load():
            os.kill(victim, signal.SIGKILL)
            wait_for(lambda: len(crew.pids() - {victim}) == 2)
    del other
    refused = [answer for answer in crew.answers if "Refused" in answer]
    assert refused == []
    # What was being answered at that moment is cut off; at most one request of each caller.
    assert sum(crew.answers.values()) - crew.answers["302"] <= 4
    assert len(clicks_in(tmp_path)) >= crew.answers["302"]


def test_each_process_answers_and_tells_what_all_counted(tmp_path: Path) -> None:
    with crew_of_two(tmp_path) as crew:
        with crew.under_load():
            pass
        total = crew.answers["302"]
        wait_for(lambda: crew.metrics()['clicks_total{reason="ok"}'] == total)
        # One may answer who has not yet read what the other told last.
        wait_for(lambda: sum(each := clicks_of(crew)) == total and min(each) > 0)
        assert crew.metrics()["processes"] == 2


def test_a_port_that_somebody_has_is_not_shared_with_him(tmp_path: Path) -> None:
    with crew_of_two(tmp_path / "one") as crew:
        (tmp_path / "two").mkdir()
        told = {"RAPPORT_DATA": str(tmp_path / "two"), "RAPPORT_EDGE_PORT": str(crew.port)}
        command = [sys.executable, "-m", "rapport.config.cli", "edge"]
        done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot listen: Address already in use" in done.stderr
