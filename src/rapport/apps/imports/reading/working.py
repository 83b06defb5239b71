"""The working file of one import: its lines sorted into orders on disk, so that memory stays small for any file.

It is made from the file and its layout alone, can be made again at any time, and holds nothing of the business.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from rapport.apps.imports.reading.lines import COLUMNS, Line
from rapport.apps.imports.reading.orders import (
    MOST_LINES_OF_AN_ORDER,
    Correction,
    OrderReader,
    Piece,
    Sale,
    Told,
)

Progress = Callable[[int], None]
AT_ONCE = 5_000
_CACHE_KIB = 16_000
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_TABLES = f"""
CREATE TABLE line ({_NAMES}, PRIMARY KEY ("order", number)) WITHOUT ROWID;
CREATE TABLE unsorted ({_NAMES});
CREATE TABLE turn (n INTEGER PRIMARY KEY, "order" TEXT, takes_back INTEGER);
CREATE TABLE piece (n INTEGER PRIMARY KEY, customer TEXT, document TEXT);
CREATE TABLE correction (external_id TEXT PRIMARY KEY, lines TEXT);
CREATE TABLE refusal (number INTEGER PRIMARY KEY, reason TEXT);
CREATE TABLE fact (name TEXT PRIMARY KEY, value INTEGER);
"""
# The lines of an order lie side by side from here on: sorted at once they are written in one sweep, while looking each
# up where the file had it would read the disk once a line.
_SORTED = """
INSERT INTO line SELECT * FROM unsorted ORDER BY "order", number;
DROP TABLE unsorted;
CREATE UNIQUE INDEX line_number ON line (number);
"""
_TURNS = """
INSERT INTO turn ("order", takes_back)
SELECT "order", MAX(CAST(amount AS REAL) < 0 OR CAST(quantity AS REAL) < 0 OR corrects <> '')
FROM line WHERE "order" <> '' GROUP BY "order" ORDER BY MIN(at_ms), "order";
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a file holds: numbers of lines, orders, corrections and pieces, and the sum of its sales."""

    lines: int
    refused: int
    orders: int
    corrections: int
    returns: int
    total_minor: int
    foreign: int


def build_working_file(
    path: Path, lines: Iterable[Line], *, reader: OrderReader, progress: Progress = lambda _done: None
) -> None:
    """Sort the lines of a file into orders and read each; a kill in the middle leaves nothing behind that counts."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as database:
        database.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{_CACHE_KIB};")
        database.executescript(_TABLES)
        database.execute("BEGIN")
        _keep_lines(database, lines, progress)
        for step in _SORTED.strip().split("\n"):
            database.execute(step)
        database.execute(_TURNS)
        _read_orders(database, reader, progress)
        database.execute("CREATE INDEX piece_customer ON piece (customer)")
        database.execute("CREATE INDEX line_customer ON line (customer)")
        database.execute("COMMIT")
    unfinished.replace(path)


class WorkingFile:
    """Reads a working file."""

    def __init__(self, path: Path, *, reader: OrderReader) -> None:
        self._database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._reader = reader

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def figures(self) -> Figures:
        """Return what the file holds."""
        facts = dict(self._database.execute("SELECT name, value FROM fact"))
        return Figures(**facts)

    def told(self, *, after: int, takes_back: bool = False) -> Iterator[tuple[int, list[Told]]]:
        """Go through the orders behind a position by their moments; `takes_back` skips those that only sell."""
        query = 'SELECT n, "order" FROM turn WHERE n > ? AND takes_back >= ? ORDER BY n'
        for number, order in self._database.execute(query, (after, int(takes_back))):
            yield number, self._reader.read(_lines_of(self._database, order))

    def pieces(self, *, after: int) -> Iterator[tuple[int, Piece]]:
        """Go through the returns behind a position."""
        rows = self._database.execute("SELECT n, document FROM piece WHERE n > ? ORDER BY n", (after,))
        for number, document in rows:
            yield number, piece_of(document)

    def customers(self, *, after: str) -> Iterator[str]:
        """Go through the customers of the file by their keys."""
        rows = self._database.execute(
            "SELECT DISTINCT customer FROM line WHERE customer > ? ORDER BY customer", (after,)
        )
        for (customer,) in rows:
            yield customer

    def customers_with_returns(self) -> Iterator[str]:
        """Go through the customers who brought something back without saying of which order."""
        for (customer,) in self._database.execute("SELECT DISTINCT customer FROM piece ORDER BY customer"):
            yield customer

    def pieces_of(self, customer: str) -> list[Piece]:
        """Return what one customer brought back; those of nobody known stand under the empty key."""
        rows = self._database.execute("SELECT document FROM piece WHERE customer = ? ORDER BY n", (customer,))
        return [piece_of(document) for (document,) in rows]

    def sells(self, order: str) -> bool:
        """Say whether the file holds a sale of this number."""
        lines = _lines_of(self._database, order)
        return bool(lines) and any(isinstance(one, Sale) for one in self._reader.read(lines))

    def sales_of(self, customer: str) -> Iterator[Sale]:
        """Return the sales to one customer."""
        rows = self._database.execute('SELECT DISTINCT "order" FROM line WHERE customer = ?', (customer,))
        for (order,) in rows.fetchall():
            told = self._reader.read(_lines_of(self._database, order))
            yield from (one for one in told if isinstance(one, Sale))

    def corrections(self) -> Iterator[tuple[str, list[int]]]:
        """Go through the corrections of named orders: external id and lines."""
        for external_id, lines in self._database.execute("SELECT external_id, lines FROM correction"):
            yield external_id, json.loads(lines)

    def refused(self) -> Iterator[tuple[int, str, str]]:
        """Go through the refused lines: number, order and reason."""
        yield from self._database.execute(
            'SELECT number, "order", reason FROM refusal JOIN line USING (number) ORDER BY number'
        )


def _keep_lines(database: sqlite3.Connection, lines: Iterable[Line], progress: Progress) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    done = 0
    walking = iter(lines)
    while batch := [line.values() for line in islice(walking, AT_ONCE)]:
        database.executemany(f"INSERT INTO unsorted VALUES ({marks})", batch)  # noqa: S608 - marks only
        done += len(batch)
        progress(done)
    _keep(database, "lines", done)


def _read_orders(database: sqlite3.Connection, reader: OrderReader, progress: Progress) -> None:
    """Read every order once: what is refused is noted at its lines, returns and corrections get tables of their own."""
    sums = {"orders": 0, "corrections": 0, "returns": 0, "total_minor": 0, "foreign": 0}
    for number, (order,) in enumerate(database.execute('SELECT "order" FROM turn ORDER BY n'), start=1):
        for told in reader.read(_lines_of(database, order)):
            _note(database, told, sums, order=order, currency=reader.frame.currency)
        if number % AT_ONCE == 0:
            progress(number)
    for name, value in sums.items():
        _keep(database, name, value)
    database.execute("INSERT INTO refusal SELECT number, problem FROM line WHERE \"order\" = ''")
    (refused,) = database.execute("SELECT COUNT(*) FROM refusal").fetchone()
    _keep(database, "refused", refused)


def _note(database: sqlite3.Connection, told: Told, sums: dict[str, int], *, order: str, currency: str) -> None:
    if isinstance(told, Sale):
        sums["orders"] += 1
        # Two currencies are never added: the sum is that of the program's own.
        own = told.read.given.currency == currency
        sums["total_minor"] += told.read.amounts.total_minor if own else 0
        sums["foreign"] += not own
    elif isinstance(told, Correction):
        sums["corrections"] += 1
        numbers = json.dumps([line.number for line in told.lines])
        database.execute("INSERT OR REPLACE INTO correction VALUES (?, ?)", (told.read.external_id, numbers))
    elif isinstance(told, Piece):
        sums["returns"] += 1
        database.execute("INSERT INTO piece (customer, document) VALUES (?, ?)", (told.customer, _document(told)))
    else:
        database.executemany("INSERT INTO refusal VALUES (?, ?)", told.reasons)
        if len(told.reasons) > MOST_LINES_OF_AN_ORDER:
            rest = 'INSERT OR IGNORE INTO refusal SELECT number, ? FROM line WHERE "order" = ?'
            database.execute(rest, (told.reasons[0][1], order))


def _lines_of(database: sqlite3.Connection, order: str) -> list[Line]:
    limit = MOST_LINES_OF_AN_ORDER + 1
    rows = database.execute('SELECT * FROM line WHERE "order" = ? ORDER BY number LIMIT ?', (order, limit))
    return [Line.of(row) for row in rows]


def _keep(database: sqlite3.Connection, name: str, value: int) -> None:
    database.execute("INSERT INTO fact VALUES (?, ?)", (name, value))


def _document(piece: Piece) -> str:
    return json.dumps(
        {
            "number": piece.number,
            "customer": piece.customer,
            "product": piece.product,
            "price": piece.price,
            "quantity": str(piece.quantity),
            "amount_minor": piece.amount_minor,
            "at_ms": piece.at_ms,
            "lines": list(piece.lines),
        }
    )


def piece_of(document: str) -> Piece:
    """Read a piece as it is kept."""
    told = json.loads(document)
    return Piece(**{**told, "quantity": Decimal(told["quantity"]), "lines": tuple(told["lines"])})
