"""Children that crash come back, children that will not stop are ended, and none outlives its supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rapport.config import supervisor as module
from rapport.config.errors import Stop
from rapport.config.supervisor import Supervisor

CHILD = Path(__file__).with_name("child_process.py")
SUPERVISOR = Path(__file__).with_name("supervisor_process.py")


class Stage:
    """A supervisor, what it said and what its children wrote."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.said: list[str] = []
        self.supervisor = Supervisor(
            say=self.said.append, environment={"CHILD_LOG": str(log)}, program=(sys.executable, str(CHILD))
        )

    def pids(self, role: str) -> list[int]:
        """Return the processes that played this role so far."""
        written = self.log.read_text().split() if self.log.exists() else []
        return [int(pid) for name, pid in zip(written[::2], written[1::2], strict=True) if name == role]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "log")
    yield stage
    stage.supervisor.stop()


def wait_for(is_so: Callable[[], bool], *, within_s: float = 15) -> None:
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, "it never came to that"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def tended_until(stage: Stage, is_so: Callable[[], bool]) -> None:
    def look() -> bool:
        stage.supervisor.tend()
        return is_so()

    wait_for(look)


def test_a_crashed_child_is_started_again_and_it_is_said(stage: Stage) -> None:
    stage.supervisor.start("sleeps")
    wait_for(lambda: len(stage.pids("sleeps")) == 1)
    os.kill(stage.pids("sleeps")[0], signal.SIGKILL)
    tended_until(stage, lambda: len(stage.pids("sleeps")) == 2)
    assert stage.said == ["sleeps ended (exit code -9); starting it again in 0.5 s."]


def test_a_child_that_keeps_crashing_is_started_later_each_time(stage: Stage) -> None:
    stage.supervisor.start("fails")
    tended_until(stage, lambda: len(stage.said) == 3)
    assert [sentence.rsplit(" in ", 1)[1] for sentence in stage.said] == ["0.5 s.", "1 s.", "2 s."]


def test_a_child_that_lived_long_enough_starts_with_a_clean_slate(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEALTHY_AFTER_S", 0.0)
    stage.supervisor.start("fails")
    tended_until(stage, lambda: len(stage.said) == 2)
    assert stage.said[0] == stage.said[1]


def test_a_child_that_ends_before_it_is_ready_stops_the_start(stage: Stage) -> None:
    stage.supervisor.start("fails")
    with pytest.raises(Stop, match=r"fails did not start \(exit code 7\)"):
        stage.supervisor.wait_until(lambda: False, within_s=20)


def test_a_start_that_takes_for_ever_is_given_up(stage: Stage) -> None:
    stage.supervisor.start("sleeps")
    with pytest.raises(Stop, match="Not ready after 0 seconds"):
        stage.supervisor.wait_until(lambda: False, within_s=0.2)


def test_a_command_runs_beside_the_roles(stage: Stage) -> None:
    stage.supervisor.start("sleeps")
    assert stage.supervisor.run_once("done") == 0
    assert stage.supervisor.run_once("fails") == 7
    stage.supervisor.stopping.set()
    assert stage.supervisor.run_once("sleeps-alone") == -signal.SIGTERM


def test_what_a_command_says_is_heard_and_its_failure_stops_the_start(stage: Stage) -> None:
    assert stage.supervisor.ask("done") == "it is done\n"
    with pytest.raises(Stop, match=r"fails failed \(exit code 7\); see above"):
        stage.supervisor.ask("fails")


def test_children_that_do_not_listen_are_ended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STOP_WITHIN_S", 0.5)
    stage.supervisor.start("deaf")
    stage.supervisor.start("sleeps")
    wait_for(lambda: bool(stage.pids("deaf") and stage.pids("sleeps")))
    time.sleep(0.2)  # the moment between its line and its deafness
    stage.supervisor.stop()
    assert stage.said == ["deaf did not stop in 0 seconds and was ended."]
    assert not is_alive(stage.pids("deaf")[0])


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A supervisor in a process of its own, with the ids of its children."""
    stage = Stage(tmp_path / "log")
    process = subprocess.Popen([sys.executable, str(SUPERVISOR), str(stage.log)])
    wait_for(lambda: bool(stage.pids("sleeps") and stage.pids("sleeps-too")))
    yield process, stage.pids("sleeps") + stage.pids("sleeps-too")
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_all_end_with_their_supervisor(how: signal.Signals, running: tuple[subprocess.Popen[bytes], list[int]]) -> None:
    process, children = running
    process.send_signal(how)
    assert process.wait(5) == 0
    assert not any(map(is_alive, children))


def test_none_outlives_a_supervisor_that_was_killed(running: tuple[subprocess.Popen[bytes], list[int]]) -> None:
    process, children = running
    process.kill()
    process.wait()
    wait_for(lambda: not any(map(is_alive, children)), within_s=5)
