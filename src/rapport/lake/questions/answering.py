"""Runs the texts of questions: puts them together, hands parameters over, and remembers answers of one version."""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files as packaged
from typing import Any

import duckdb

Row = dict[str, Any]

Columns = Mapping[str, str]
NONE: Columns = {}

_CONDITION = re.compile(r"AND \(\$(\w+) IS NULL OR (.*)\)$", re.MULTILINE)
_REMEMBERED = 512
_CONNECTION = {
    "memory_limit": "1GB",
    "autoinstall_known_extensions": "false",  # a question never reaches for the network
    "autoload_known_extensions": "false",
}


class Engine:
    """One DuckDB for a process; each thread has a cursor of its own, and they share its caches."""

    def __init__(self, spill: str) -> None:
        self._database = duckdb.connect(config={**_CONNECTION, "temp_directory": spill})
        self._database.execute("SET GLOBAL parquet_metadata_cache = true")  # files of a Delta table never change
        self._database.execute("SET GLOBAL prefetch_all_parquet_files = true")  # a few long reads for hundreds of short
        self._own = threading.local()

    def rows(self, text: str, given: Mapping[str, object]) -> list[Row]:
        """Run one question; only the parameters that its text names are handed over."""
        text = _without_idle_conditions(text, given)
        named = {name: value for name, value in given.items() if f"${name}" in text}
        cursor = self._cursor().execute(*_with_lists_as_texts(text, named))
        names = [described[0] for described in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._database.cursor()
        cursor: duckdb.DuckDBPyConnection = self._own.cursor
        return cursor


class Memory:
    """Answers of the lake's present version; a new version forgets them all, so none can be stale."""

    def __init__(self) -> None:
        self._version = -1
        self._answers: OrderedDict[str, list[Row]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, version: int, asked: str, find: Callable[[], list[Row]]) -> list[Row]:
        """Return what was found for the same words and version before, or find it now."""
        with self._lock:
            if version != self._version:
                self._version = version
                self._answers.clear()
            if asked in self._answers:
                self._answers.move_to_end(asked)
                return self._answers[asked]
        found = find()
        with self._lock:
            if version == self._version:
                self._answers[asked] = found
                while len(self._answers) > _REMEMBERED:
                    self._answers.popitem(last=False)
        return found


def _without_idle_conditions(text: str, given: Mapping[str, object]) -> str:
    """Leave out the conditions that restrict nothing: DuckDB would still read the columns that they name."""

    def shortened(found: re.Match[str]) -> str:
        name, condition = found.groups()
        return f"AND {condition}" if given.get(name) is not None else ""

    return _CONDITION.sub(shortened, text)


def _with_lists_as_texts(text: str, given: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Hand each list over as one text of JSON: for every single value DuckDB searches the machine for pandas anew."""
    handed = dict(given)
    for name, values in given.items():
        kind = _kind(values)
        if kind:
            text = re.sub(rf"\${name}\b", f"from_json(${name}, '[\"{kind}\"]')", text)
            handed[name] = json.dumps(values)
    return text, handed


def _kind(values: object) -> str | None:
    """Return the type of a list's values in SQL; None where it is no list of texts or whole numbers."""
    if not isinstance(values, list) or not values:
        return None
    return {int: "BIGINT", str: "VARCHAR"}.get(type(values[0]))


def clicks_text(question: str, *, columns: Columns = NONE) -> str:
    """Return the text of a question that reads clicks; `columns` fill the places that its text leaves for them."""
    return _part("clicks") + _filled(question, columns)


def counted_text(question: str, *, parts: tuple[str, ...], columns: Columns = NONE) -> str:
    """Return the text of a question that reads what is counted: the named parts of `rapport.lake.questions.plan`."""
    clicks = _part("clicks").rstrip() + ",\n\n" if "raw" in parts else "WITH "
    counted = "\nUNION ALL\n".join(_part(f"counted_{part}") for part in parts)
    return f"{clicks}counted AS (\n{counted})\n\n{_filled(question, columns)}"


def _filled(question: str, columns: Columns) -> str:
    text = _part(question)
    for place, column in columns.items():
        text = text.replace(f"{{{place}}}", column)
    return text


@cache
def _part(name: str) -> str:
    return (packaged("rapport.lake.questions") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
