"""Starts the processes of an installation, restarts what crashes, and stops them all."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rapport.config.doors import DOORS_VARIABLE
from rapport.config.errors import Stop
from rapport.config.guardian import SUPERVISOR_VARIABLE

LOOK_EVERY_S = 0.1
TEND_EVERY_S = 0.5  # once all is up: an idle machine is woken no oftener than it must
STOP_WITHIN_S = 12.0
READY_WITHIN_S = 30.0
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
    doors: tuple[int, ...]
    process: subprocess.Popen[bytes]
    started_s: float
    crashes: int = 0
    restart_s: float | None = None


@dataclass
class Supervisor:
    """Keeps children alive until `stopping` is set: one per name, which is the role's unless several play it.

    The doors of a child are sockets that listen; the supervisor holds them open, so that nobody is turned away while
    no child, or another one, stands behind them.
    """

    say: Say
    environment: Mapping[str, str]
    program: tuple[str, ...] = PROGRAM
    stopping: threading.Event = field(default_factory=threading.Event)
    renewing: threading.Event = field(default_factory=threading.Event)
    children: dict[str, Child] = field(default_factory=dict)
    apart: bool = True  # children lead groups of their own; else whoever ends our group ends them too
    at_renewal: Callable[[], object] = bool  # what SIGUSR1 asks for

    def listen_to_signals(self) -> None:
        """Stop at ctrl-C or SIGTERM; a second one ends everything at once."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop_or_kill())
        signal.signal(signal.SIGUSR1, lambda *_: self.renewing.set())

    def start(self, role: str, *, name: str = "", doors: tuple[int, ...] = ()) -> None:
        """Start a role, behind its doors if it has any."""
        process = self._spawn(role, doors=doors)
        self.children[name or role] = Child(role, doors, process, started_s=time.monotonic())

    def renew(self, role: str, *, is_ready: Callable[[int], bool]) -> None:
        """Let a fresh process take over from each that plays a role: it is ready before the old one is asked to end."""
        for name, old in [(name, child) for name, child in self.children.items() if child.role == role]:
            self.start(role, name=name, doors=old.doors)
            fresh = self.children[name]
            if self._comes(fresh, is_ready):
                self.say(f"{name} was renewed.")
                self._end(old.process)
            else:
                self.say(f"A new {name} did not become ready; the old one stays.")
                self._kill(fresh.process)
                self.children[name] = old

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
        while not self.stopping.wait(TEND_EVERY_S):
            self.tend()
            if self.renewing.is_set():
                self.renewing.clear()
                self.at_renewal()

    def tend(self) -> None:
        """Notice crashed children and start them again, later each time."""
        for name, child in list(self.children.items()):
            if child.restart_s is None and child.process.poll() is not None:
                self._plan_restart(name, child)
            if child.restart_s is not None and time.monotonic() >= child.restart_s and not self.stopping.is_set():
                self.start(child.role, name=name, doors=child.doors)
                self.children[name].crashes = child.crashes

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

    def _comes(self, child: Child, is_ready: Callable[[int], bool]) -> bool:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline_s and child.process.poll() is None and not self.stopping.is_set():
            if is_ready(child.process.pid):
                return True
            self.stopping.wait(LOOK_EVERY_S)
        return False

    def _plan_restart(self, name: str, child: Child) -> None:
        lived_s = time.monotonic() - child.started_s
        child.crashes = 1 if lived_s > HEALTHY_AFTER_S else child.crashes + 1
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (child.crashes - 1))
        child.restart_s = time.monotonic() + wait_s
        self._kill(child.process)  # what a killed server left behind would hold its port
        self.say(f"{name} ended (exit code {child.process.returncode}); starting it again in {wait_s:g} s.")

    def _stop_or_kill(self) -> None:
        if self.stopping.is_set():
            self._kill_groups()
        self.stopping.set()

    def _kill_groups(self) -> None:
        for child in self.children.values():
            self._kill(child.process)

    def _spawn(
        self, *arguments: str, stdout: int | None = None, doors: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start `rapport …`; in a process group of its own, ctrl-C reaches the supervisor alone, which then asks."""
        return subprocess.Popen(  # noqa: S603 - our own program
            [*self.program, *arguments],
            env={**os.environ, **self.environment, **_told(doors), SUPERVISOR_VARIABLE: str(os.getpid())},
            pass_fds=doors,
            start_new_session=self.apart,
            stdout=stdout,
        )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask a process to finish what it has begun, and end it if it takes too long."""
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._kill(process)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process with everything that it started, if it leads a group."""
        if not self.apart:
            process.kill()
        else:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
        process.wait()


def _told(doors: tuple[int, ...]) -> dict[str, str]:
    return {DOORS_VARIABLE: ",".join(map(str, doors))} if doors else {}
