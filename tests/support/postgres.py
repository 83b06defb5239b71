"""A PostgreSQL server of our own for one run of the tests: free port, no durability, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.support.ports import free_port
from tests.support.processes import end_with_parent
from tests.support.system import Missing

# PostgreSQL refuses to run as root; this account exists on every Unix and owns nothing.
UNPRIVILEGED = "nobody"
START_SECONDS = 60
POLL_SECONDS = 0.05

SETTINGS = {
    # A test database never survives its run, so nothing needs to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # A template cannot be copied while somebody, such as the vacuum, is connected to it.
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Containers grant 64 MB of shared memory, and parallel plans take it.
    "max_parallel_workers_per_gather": "0",
    "dynamic_shared_memory_type": "mmap",
}


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A running server; whoever starts it must stop it, and it ends with its starter in any case."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    settings: Mapping[str, str]

    @classmethod
    def start(cls, *, folder: Path, settings: Mapping[str, str] = SETTINGS) -> Self:
        """Initialise a cluster in a new folder, start it and wait until it answers.

        Raises Missing when PostgreSQL is not installed, and StartFailed with its log when it does not start.
        """
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        _initialise(server_programs(), folder)
        return cls._serve(folder, port=free_port(), settings=settings)

    def start_again(self) -> Self:
        """Start on the same folder and port after `kill`: the server recovers from its log."""
        return self._serve(self.folder, port=self.port, settings=self.settings)

    def kill(self) -> None:
        """End the server and all its backends as `kill -9` does, and return when the last is gone."""
        self.process.send_signal(signal.SIGSTOP)  # so that it starts no backend while they are listed
        asked = ["ps", "-o", "pid=", "--ppid", str(self.process.pid)]
        backends = [int(pid) for pid in subprocess.run(asked, capture_output=True, check=False).stdout.split()]
        self.process.kill()
        self.process.wait()
        for backend in backends:
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
        # One that is still ending holds the shared memory, and the next start would be refused.
        deadline = time.monotonic() + START_SECONDS
        while any(Path(f"/proc/{backend}").exists() for backend in backends) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    @classmethod
    def _serve(cls, folder: Path, *, port: int, settings: Mapping[str, str]) -> Self:
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(server_programs() / "postgres"), "-D", str(folder / "cluster"), *_options(port, settings)],
                cwd=folder,
                stdout=output,
                stderr=output,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads run yet, and no other way ends with the parent
                **_unprivileged(),
            )
        server = cls(process=process, port=port, folder=folder, settings=settings)
        server._wait_until_it_answers(log)
        return server

    @property
    def url(self) -> str:
        """Address of the server, without a database."""
        return f"postgresql://rapport@127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Stop without ceremony: nothing in it is needed again."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def _wait_until_it_answers(self, log: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise StartFailed(log.read_text(errors="replace"))
            time.sleep(POLL_SECONDS)

    def _answers(self) -> bool:
        try:
            psycopg.connect(f"{self.url}/postgres").close()
        except psycopg.OperationalError:
            return False
        return True


class StartFailed(RuntimeError):
    """PostgreSQL is installed and did not start; the message is its log."""


def _initialise(programs: Path, folder: Path) -> None:
    cluster = folder / "cluster"
    subprocess.run(
        [
            *(str(programs / "initdb"), "-D", str(cluster), "--username=rapport", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        check=True,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        **_unprivileged(),
    )


def _options(port: int, settings: Mapping[str, str]) -> list[str]:
    return [part for name, value in {**settings, "port": str(port)}.items() for part in ("-c", f"{name}={value}")]


def server_programs() -> Path:
    """Return the folder of the newest installed server; Debian keeps it off the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise Missing("PostgreSQL server")
    return Path(found).resolve().parent


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
