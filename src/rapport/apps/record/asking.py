"""Questions on the hot path: composed once, then asked again and again with other values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import FlatValuesListIterable, ValuesListIterable

from rapport.apps.record import driver

P = ParamSpec("P")
Row = TypeVar("Row")
Build = Callable[[Sequence[Any]], Any]
Convert = Callable[[Any, BaseDatabaseWrapper], Any]

_SINGLE = (str, int)
"""What a value is that is no list."""

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
class _Gap:
    """A parameter that is filled in later: the value of a name, or one of its values."""

    name: str
    position: int | None


@dataclass(frozen=True, slots=True)
class _Statement:
    """A composed statement: its parameters and the gaps in them, how values come out, and what a row becomes."""

    text: driver.Text
    parameters: tuple[object, ...]
    gaps: tuple[tuple[int, _Gap], ...]
    converters: tuple[tuple[int, Convert], ...]
    row: Build

    def ask(self, given: Mapping[str, Any], database: BaseDatabaseWrapper) -> list[Any]:
        """Fill the values in and return what each row becomes."""
        parameters = list(self.parameters)
        for place, gap in self.gaps:
            value = given[gap.name]
            parameters[place] = value if gap.position is None else value[gap.position]
        rows: Sequence[Sequence[Any]] = driver.ask(self.text, parameters, database=database)
        return [self.row(row) for row in self._converted(rows, database)]

    def _converted(self, rows: Sequence[Sequence[Any]], database: BaseDatabaseWrapper) -> Sequence[Sequence[Any]]:
        if not self.converters:
            return rows
        listed = [list(row) for row in rows]
        for row in listed:
            for position, convert in self.converters:
                row[position] = convert(row[position], database)
        return listed


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
        given = {name: one if isinstance(one, _SINGLE) else _filled_up(one) for name, one in values.items()}
        lengths = [len(one) for one in given.values() if not isinstance(one, _SINGLE)]
        if lengths and not 0 < min(lengths) <= max(lengths) <= _LONGEST:
            return list(self.queryset(*args, **values))
        database = connections[DEFAULT_DB_ALIAS]
        shape = (database.vendor, *lengths)
        if shape not in self._statements:
            self._statements[shape] = _compose(self.queryset, given, database)
        return self._statements[shape].ask(given, database)


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
        (position, _converter(functions, expression, database))
        for position, (functions, expression) in compiler.get_converters([one[0] for one in compiler.select]).items()
    )
    gaps = tuple((place, one) for place, one in enumerate(found) if isinstance(one, _Gap))
    row = _row_of(rows, compiler, alias=database.alias)
    return _Statement(driver.Text.of(sql), found, gaps, converters, row)


def _converter(functions: Sequence[Callable[..., Any]], expression: Any, database: BaseDatabaseWrapper) -> Convert:  # noqa: ANN401 - Django's, untyped
    """Return what makes a value of a column that the database gave; a moment is what SQLite gives in UTC."""
    if [one.__name__ for one in functions] == ["convert_datetimefield_value"] and database.timezone == UTC:
        return _moment

    def convert(value: Any, database: BaseDatabaseWrapper) -> Any:  # noqa: ANN401 - as the column holds
        for function in functions:
            value = function(value, expression, database)
        return value

    return convert


def _moment(value: datetime | None, _database: BaseDatabaseWrapper) -> datetime | None:
    """Say of a moment that it is in UTC, as Django does in five calls."""
    return value and value.replace(tzinfo=UTC)


def _marked(name: str, value: Any, marks: dict[object, _Gap]) -> Any:  # noqa: ANN401 - as given: a value or a list
    if isinstance(value, _SINGLE):
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
    names = tuple(expression.target.attname for expression, _sql, _alias in compiler.select)
    return _maker(rows.model, names, alias=alias)


def _maker(model: type[Model], names: tuple[str, ...], *, alias: str) -> Build:
    """Return what makes a stored row of its columns, in the way rows are unpickled; columns left out are deferred."""

    def make(values: Sequence[Any]) -> Model:
        row = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, alias
        row.__dict__ = {"_state": state, **dict(zip(names, values, strict=True))}
        return row

    return make
