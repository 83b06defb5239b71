"""Starts the processes of an installation, restarts what crashes, and stops them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rapport.config.errors import Stop
from rapport.config.guardian import SUPERVISOR_VARIABLE

LOOK_EVERY_S = 0.1
STOP_WITHIN_S = 12.0
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
# A child that lived this long was healthy: its next crash is a new story.
HEALTHY_AFTER_S = 60.0

PROGRAM = (sys.executable, "-m", "rapport.config.cli")

Say = Callable[[str], None]


@dataclass
class Child:
    """One role in a process of its own; `crashes` counts those since it was last healthy."""

    role: str
    process: subprocess.Popen[bytes]
    started_s: float
    crashes: int = 0
    restart_s: float | None = None


@dataclass
class Supervisor:
    """Keeps one child per role alive until `stopping` is set."""

    say: Say
    environment: Mapping[str, str]
    program: tuple[str, ...] = PROGRAM
    stopping: threading.Event = field(default_factory=threading.Event)
    children: dict[str, Child] = field(default_factory=dict)

    def listen_to_signals(self) -> None:
        """Stop at ctrl-C or SIGTERM; a second one ends everything at once."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop_or_kill())

    def start(self, role: str) -> None:
        """Start a role."""
        self.children[role] = Child(role, self._spawn(role), started_s=time.monotonic())

    def run_once(self, *arguments: str) -> int:
        """Run a command beside the roles, looking after them meanwhile; return its exit code."""
        return self._wait_for(self._spawn(*arguments))

    def ask(self, *arguments: str) -> str:
        """Run a command beside the roles and return what it printed; raises Stop if it failed."""
        process = self._spawn(*arguments, stdout=subprocess.PIPE)
        self._wait_for(process)
        printed, _ = process.communicate()
        if process.returncode != 0 and not self.stopping.is_set():
            raise Stop(f"{arguments[0]} failed (exit code {process.returncode}); see above.")
        return printed.decode()

    def wait_until(self, is_ready: Callable[[], bool], *, within_s: float) -> None:
        """Wait for the roles to be ready; raises Stop if one ends before that or none is ready in time."""
        deadline_s = time.monotonic() + within_s
        while not self.stopping.is_set() and not is_ready():
            for child in self.children.values():
                if child.process.poll() is not None:
                    raise Stop(f"{child.role} did not start (exit code {child.process.returncode}); see above.")
            if time.monotonic() > deadline_s:
                raise Stop(f"Not ready after {within_s:.0f} seconds; see above.")
            self.stopping.wait(LOOK_EVERY_S)

    def run(self) -> None:
        """Look after the roles until it is time to stop."""
        while not self.stopping.wait(LOOK_EVERY_S):
            self.tend()

    def tend(self) -> None:
        """Notice crashed children and start them again, later each time."""
        for child in list(self.children.values()):
            if child.restart_s is None and child.process.poll() is not None:
                self._plan_restart(child)
            if child.restart_s is not None and time.monotonic() >= child.restart_s and not self.stopping.is_set():
                self.start(child.role)
                self.children[child.role].crashes = child.crashes

    def stop(self) -> None:
        """Ask all children to end, and end those that do not, with everything they started."""
        self.stopping.set()
        for child in self.children.values():
            if child.process.poll() is None:
                child.process.terminate()
        deadline_s = time.monotonic() + STOP_WITHIN_S
        for child in self.children.values():
            try:
                child.process.wait(max(0.0, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.role} did not stop in {STOP_WITHIN_S:.0f} seconds and was ended.")
        self._kill_groups()

    def _wait_for(self, process: subprocess.Popen[bytes]) -> int:
        while process.poll() is None:
            if self.stopping.is_set():
                process.terminate()
            self.tend()
            time.sleep(LOOK_EVERY_S)
        return process.returncode

    def _plan_restart(self, child: Child) -> None:
        lived_s = time.monotonic() - child.started_s
        child.crashes = 1 if lived_s > HEALTHY_AFTER_S else child.crashes + 1
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (child.crashes - 1))
        child.restart_s = time.monotonic() + wait_s
        _kill_group(child.process)  # what a killed server left behind would hold its port
        self.say(f"{child.role} ended (exit code {child.process.returncode}); starting it again in {wait_s:g} s.")

    def _stop_or_kill(self) -> None:
        if self.stopping.is_set():
            self._kill_groups()
        self.stopping.set()

    def _kill_groups(self) -> None:
        for child in self.children.values():
            _kill_group(child.process)

    def _spawn(self, *arguments: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Start `rapport …` in a process group of its own: ctrl-C reaches the supervisor alone, which then asks."""
        return subprocess.Popen(  # noqa: S603 - our own program
            [*self.program, *arguments],
            env={**os.environ, **self.environment, SUPERVISOR_VARIABLE: str(os.getpid())},
            start_new_session=True,
            stdout=stdout,
        )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()
