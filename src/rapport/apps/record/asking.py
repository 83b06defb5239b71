"""Questions on the hot path: composed once, then asked again and again with other values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable

from rapport.apps.record import driver

P = ParamSpec("P")
Row = TypeVar("Row")
Build = Callable[[Sequence[Any]], Any]

_LONGEST = 1024
"""Longer lists are asked as they are: what composing costs no longer shows."""

_FIRST_NUMBER = 1 << 60
"""Stands for a number while a statement is composed; none of our numbers comes near it."""


def composed(build: Callable[P, QuerySet[Any, Row]]) -> "Composed[P, Row]":
    """Let a function that builds a queryset from ids, texts, numbers and lists of them answer with its rows at once.

    Django composes a statement anew for every queryset, which costs ten times what the database takes to answer it
    (measured on a conversion: 14 of 20 ms). Here that happens once for each length of the lists; lists are filled up
    to a power of two by repeating a value, so that there are few. The values may only stand where a parameter of
    the statement stands: they must not decide how the queryset is built. Related rows cannot be selected along.
    """
    return Composed(build)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A composed statement: constants and slots of its parameters, how values come out, and what a row becomes."""

    text: driver.Text
    parameters: tuple[object, ...]
    converters: tuple[tuple[int, tuple[Callable[..., Any], ...], Any], ...]
    row: Build


class Composed(Generic[P, Row]):
    """A question that is composed once; call it for its rows, or take `queryset` to compose it as usual."""

    def __init__(self, build: Callable[P, QuerySet[Any, Row]]) -> None:
        """Keep how the queryset is built."""
        self.queryset = build
        self._statements: dict[tuple[object, ...], _Statement] = {}
        update_wrapper(self, build)

    def __call__(self, *args: P.args, **values: P.kwargs) -> list[Row]:
        """Return the rows that the queryset would give; every value is given by its name."""
        if args:
            raise TypeError("give each value by its name")
        lists = {name: _filled_up(value) for name, value in values.items() if not isinstance(value, str | int)}
        if not all(0 < len(each) <= _LONGEST for each in lists.values()):
            return list(self.queryset(*args, **values))
        given = values | lists
        database = connections[DEFAULT_DB_ALIAS]
        shape = (database.vendor, *(len(each) for each in lists.values()))
        if shape not in self._statements:
            self._statements[shape] = _compose(self.queryset, given, database)
        statement = self._statements[shape]
        parameters: list[Any] = [_fill(given, one) if isinstance(one, _Gap) else one for one in statement.parameters]
        rows = driver.ask(statement.text, parameters, database=database)
        return [statement.row(row) for row in _converted(rows, statement, database)]


@dataclass(frozen=True, slots=True)
class _Gap:
    """A parameter that is filled in later: the value of a name, or one of its values."""

    name: str
    position: int | None


def _fill(given: Mapping[str, Any], gap: _Gap) -> object:
    """Return the value that belongs into a gap."""
    return given[gap.name] if gap.position is None else given[gap.name][gap.position]


def _filled_up(values: Any) -> list[Any]:  # noqa: ANN401 - a collection of texts or of numbers
    """Return the values as a list whose length is a power of two."""
    listed = list(values)
    if not listed:
        return listed
    return listed + [listed[-1]] * ((1 << (len(listed) - 1).bit_length()) - len(listed))


def _compose(
    build: Callable[..., QuerySet[Any, Any]], given: Mapping[str, Any], database: BaseDatabaseWrapper
) -> _Statement:
    """Compose the statement with marks in place of the values, and note where each mark came out."""
    marks: dict[object, _Gap] = {}
    rows = build(**{name: _marked(name, value, marks) for name, value in given.items()})
    compiler = rows.query.get_compiler(using=database.alias)
    sql, parameters = compiler.as_sql()
    found = tuple(marks.get(parameter, parameter) for parameter in parameters)
    if missing := set(marks.values()) - set(found):
        raise TypeError(f"these values do not come out as they were put in: {sorted({one.name for one in missing})}")
    converters = tuple(
        (position, tuple(functions), expression)
        for position, (functions, expression) in compiler.get_converters([one[0] for one in compiler.select]).items()
    )
    return _Statement(driver.Text.of(sql), found, converters, _row_of(rows, compiler, alias=database.alias))


def _marked(name: str, value: Any, marks: dict[object, _Gap]) -> Any:  # noqa: ANN401 - as given: a value or a list
    if isinstance(value, str | int):
        return _mark(_Gap(name, None), value, marks)
    return [_mark(_Gap(name, position), one, marks) for position, one in enumerate(value)]


def _mark(gap: _Gap, value: str | int, marks: dict[object, _Gap]) -> str | int:
    mark: str | int = f"<{gap.name}:{gap.position}>" if isinstance(value, str) else _FIRST_NUMBER + len(marks)
    marks[mark] = gap
    return mark


def _row_of(rows: QuerySet[Any, Any], compiler: Any, *, alias: str) -> Build:  # noqa: ANN401 - Django's, untyped
    """Return what makes a row out of the columns: a model, a tuple, or the one value asked for."""
    shape = rows._iterable_class  # noqa: SLF001 - nothing public tells it
    if shape is FlatValuesListIterable:
        return lambda row: row[0]
    if shape is ValuesListIterable:
        return tuple
    if rows.query.select_related or rows.query.annotations:
        raise TypeError("a composed question gives the columns of one table: use values_list for more")
    names = [expression.target.attname for expression, _sql, _alias in compiler.select]
    model = rows.model
    return lambda row: model.from_db(alias, names, row)


def _converted(
    rows: Sequence[tuple[Any, ...]], statement: _Statement, database: BaseDatabaseWrapper
) -> Sequence[Sequence[Any]]:
    if not statement.converters:
        return rows
    listed = [list(row) for row in rows]
    for position, functions, expression in statement.converters:
        for row in listed:
            for function in functions:
                row[position] = function(row[position], expression, database)
    return listed
