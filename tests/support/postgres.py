"""A PostgreSQL server of our own for one run of the tests: free port, no durability, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.support.ports import free_port
from tests.support.system import Missing

# PostgreSQL refuses to run as root; this account exists on every Unix and owns nothing.
UNPRIVILEGED = "nobody"
START_SECONDS = 60

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
    # Containers grant 64 MB of shared memory, and parallel plans take it.
    "max_parallel_workers_per_gather": "0",
    "dynamic_shared_memory_type": "mmap",
}


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A running server; whoever starts it must stop it."""

    programs: Path
    folder: Path
    port: int

    @classmethod
    def start(cls, *, parent: Path) -> Self:
        """Initialise a cluster in a new folder under `parent` and start it.

        Raises Missing when PostgreSQL is not installed, and CalledProcessError with the log when it does not start.
        """
        programs = server_programs()
        folder = Path(tempfile.mkdtemp(prefix="rapport-postgresql-", dir=parent))
        server = cls(programs=programs, folder=folder, port=free_port())
        try:
            server._start()
        except subprocess.CalledProcessError as error:
            error.add_note(server._read_log())
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return server

    @property
    def url(self) -> str:
        """Address of the server, without a database."""
        return f"postgresql://rapport@127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Stop without ceremony and remove everything."""
        self._call("pg_ctl", "stop", "-D", str(self._cluster), "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    def _start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED)
        self._call(
            *("initdb", "-D", str(self._cluster), "--username=rapport", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        options = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        arguments = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._call(
            *("pg_ctl", "start", "-D", str(self._cluster), "-l", str(self._log)),
            *("-w", "-t", str(START_SECONDS), "-o", arguments),
        )

    def _call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            **_unprivileged(),
        )

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _read_log(self) -> str:
        return self._log.read_text() if self._log.is_file() else "PostgreSQL wrote no log"


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
