"""A database that a drill may kill: on PostgreSQL a server of its own that keeps what it committed."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.engines import Postgresql
from tests.support.postgres import SETTINGS, PrivateServer, server_programs
from tests.support.run import Run

DURABLE = {**SETTINGS, "synchronous_commit": "on"}


class KillableDatabase:
    """The database of a drill; where it is a server it can be killed."""

    def __init__(self, url: str, server: PrivateServer | None) -> None:
        self.url, self._server = url, server

    @property
    def is_server(self) -> bool:
        """Say whether there is something to kill."""
        return self._server is not None

    def kill(self) -> None:
        """Take the server away."""
        assert self._server is not None
        self._server.kill()

    def start_again(self) -> None:
        """Bring the server back."""
        assert self._server is not None
        self._server = self._server.start_again()

    def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.stop()


@contextmanager
def own_database(run: Run, copy_database: Callable[[], str], folder: Path) -> Iterator[KillableDatabase]:
    """Give a drill a migrated database; on PostgreSQL a server of its own, because the others' must go on living."""
    name = copy_database()
    if not isinstance(run.engine, Postgresql):
        yield KillableDatabase(run.engine.url(name), None)
        return
    folder.mkdir()
    server = PrivateServer.start(folder=folder / "server", settings=DURABLE)
    database = KillableDatabase(f"{server.url}/drill", server)
    try:
        Postgresql(server.url).create("drill")
        programs = server_programs()
        dumped = subprocess.run([programs / "pg_dump", run.engine.url(name)], capture_output=True, check=True)
        load = [str(programs / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", database.url]
        subprocess.run(load, input=dumped.stdout, stdout=subprocess.DEVNULL, check=True)
        yield database
    finally:
        database.stop()
