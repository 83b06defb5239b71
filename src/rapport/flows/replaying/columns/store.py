"""Where the columns of a program lie: files that are never changed, and a list that says which of them count."""

import fcntl
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rapport.flows.replaying.columns.schema import FACTS, HOLDS, SHARES, TEXT, TRUTH

if TYPE_CHECKING:
    import duckdb

_LIST: Final = "holds.json"
_CONNECTION: Final = {
    "threads": "2",
    "memory_limit": "1200MB",
    "preserve_insertion_order": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What the files of a program hold: up to which judgement and which line of the books, and who was judged by what.

    Files are numbered; of an order that stands in several the one with the highest number counts.
    """

    holds: int = HOLDS
    files: tuple[int, ...] = ()
    orders: int = 0
    judgement: str = ""
    booked_line: int = 0


class Store:
    """The files of one program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one at a time add to the files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "adding.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def held(self) -> Held:
        """Return what the files hold; nothing where they are of another version, or damaged."""
        try:
            told = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
            held = Held(**{**told, "files": tuple(told["files"])})
        except (OSError, ValueError, TypeError, KeyError):
            return Held()
        whole = all(self.file(kind, number).is_file() for number in held.files for kind in ("facts", "shares"))
        return held if held.holds == HOLDS and whole else Held()

    def file(self, kind: str, number: int) -> Path:
        """Return a file of facts or shares."""
        return self.folder / f"{kind}-{number:06d}.parquet"

    def keep(self, held: Held) -> None:
        """Let these files count from now on, and remove those that nobody counts any more."""
        new = self.folder / f"{_LIST}.new"
        new.write_text(json.dumps(asdict(held)), encoding="utf-8")
        new.replace(self.folder / _LIST)
        counted = {self.file(kind, number) for number in held.files for kind in ("facts", "shares")}
        for path in self.folder.glob("*.parquet"):
            if path not in counted:
                path.unlink(missing_ok=True)

    def add(self, held: Held, facts: Sequence[Mapping[str, Any]], shares: Sequence[Mapping[str, Any]]) -> Held:
        """Write one more pair of files; they count when the list is kept."""
        number = max(held.files, default=0) + 1
        self._write("facts", number, FACTS, facts)
        self._write("shares", number, SHARES, shares)
        return replace(held, files=(*held.files, number))

    def _write(self, kind: str, number: int, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        from arro3.core import Array, DataType, Table  # noqa: PLC0415 - large, and not every process needs it

        types = {TEXT: DataType.utf8(), TRUTH: DataType.bool()}
        told: dict[str, Any] = {
            name: Array([row[name] for row in rows], types.get(column, DataType.int64()))
            for name, column in columns.items()
        }
        table = Table.from_pydict(told)
        path = self.file(kind, number)
        with self.engine() as engine:
            engine.register("told", table)
            order = " ORDER BY day" if kind == "facts" else " ORDER BY no, place"
            engine.execute(
                f"COPY (SELECT * FROM told{order}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - a path of ours
            )

    @contextmanager
    def engine(self) -> Iterator["duckdb.DuckDBPyConnection"]:
        """Open what reads and writes the files, for one piece of work."""
        import duckdb  # noqa: PLC0415 - large, and not every process needs it

        # A folder of its own: two that share one crash.
        spill = tempfile.mkdtemp(prefix="spill-", dir=self.folder)
        connection = duckdb.connect(config={**_CONNECTION, "temp_directory": spill})
        try:
            yield connection
        finally:
            connection.close()
            shutil.rmtree(spill, ignore_errors=True)

    def forget(self) -> None:
        """Let no file count any more: all are made anew."""
        (self.folder / _LIST).unlink(missing_ok=True)

    def views(self, held: Held) -> tuple[str, str]:
        """Return the statements that read all facts, each order once, and all shares of baskets."""
        facts = [f"read_parquet('{self.file('facts', number)}')" for number in held.files]
        shares = ", ".join(f"'{self.file('shares', number)}'" for number in held.files)
        # What later files tell anew counts no more in earlier ones; mostly the later ones are small.
        parts = []
        for place, one in enumerate(facts):
            later = [f"SELECT conversion_id FROM {other}" for other in facts[place + 1 :]]  # noqa: S608 - paths of ours
            anew = f" ANTI JOIN ({' UNION ALL '.join(later)}) USING (conversion_id)" if later else ""
            parts.append(f"SELECT * FROM {one}{anew}")  # noqa: S608 - as above
        return " UNION ALL ".join(parts), f"SELECT * FROM read_parquet([{shares}])"  # noqa: S608 - as above
