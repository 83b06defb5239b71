"""One run of the tests: its database engine, its scratch folder and its private server, shared by all its workers."""

import atexit
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rapport.kit.vault import new_key
from tests.support.engines import Engine, Postgresql, Sqlite
from tests.support.postgres import PrivateServer

DATABASE_VARIABLE = "RAPPORT_TEST_DATABASE"
FOLDER_VARIABLE = "RAPPORT_TEST_FOLDER"
SERVER_VARIABLE = "RAPPORT_TEST_SERVER"
VAULT_VARIABLE = "RAPPORT_VAULT_KEYS"

PREFIX = "rapport-tests-"

# Tests commit many thousand times; memory spares the disk. A container may grant too little of it.
MEMORY = Path("/dev/shm")  # noqa: S108 - a fresh folder of its own is made inside
MEMORY_NEEDED = 1 << 30


@dataclass(frozen=True, slots=True)
class Run:
    """Where this run works: `folder` is gone afterwards, `engine` makes its databases."""

    folder: Path
    engine: Engine


def prepare() -> Run:
    """Join the run that the environment names, or open one that ends with this process.

    Called before Django reads its settings: what is set here decides which data folder it sees.
    """
    folder = Path(os.environ.get(FOLDER_VARIABLE) or _open_folder())
    engine = _engine(os.environ.get(DATABASE_VARIABLE, "sqlite"), folder=folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "rapport.config.settings"
    os.environ["RAPPORT_DATA"] = tempfile.mkdtemp(prefix="data-", dir=folder)
    os.environ["RAPPORT_DATABASE_URL"] = engine.url("never-created")
    # One vault for a test and for the programs that it starts on its database.
    os.environ.setdefault(VAULT_VARIABLE, str(new_key()))
    return Run(folder=folder, engine=engine)


def roomy_folder() -> Path:
    """Return where scratch folders go: into memory when there is enough of it."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
        return MEMORY
    return Path(tempfile.gettempdir())


def _open_folder() -> Path:
    parent = roomy_folder()
    _remove_what_dead_runs_left(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
    # PostgreSQL runs as somebody else and must reach its part.
    folder.chmod(0o711)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Ended by a time limit, a run still stops what it started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ[FOLDER_VARIABLE] = str(folder)
    return folder


def _remove_what_dead_runs_left(parent: Path) -> None:
    for leftover in parent.glob(f"{PREFIX}*"):
        process = leftover.name.removeprefix(PREFIX).split("-")[0]
        if process.isdecimal() and not Path("/proc", process).exists():
            shutil.rmtree(leftover, ignore_errors=True)


def _engine(name: str, *, folder: Path) -> Engine:
    match name:
        case "sqlite":
            return Sqlite(folder=folder)
        case "postgresql":
            return Postgresql(server=os.environ.get(SERVER_VARIABLE) or _start_server(folder))
        case _:
            raise ValueError(f"{DATABASE_VARIABLE} must be sqlite or postgresql, not {name!r}")


def _start_server(folder: Path) -> str:
    server = PrivateServer.start(folder=folder / "postgresql")
    atexit.register(server.stop)
    os.environ[SERVER_VARIABLE] = server.url
    return server.url
