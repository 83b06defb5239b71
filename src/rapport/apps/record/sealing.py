"""Seals: the digest of every agreement and money row as an action left it, so that a change behind the rules shows."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Model

from rapport.apps.record import driver
from rapport.apps.record.models import Seal
from rapport.kit.jsontext import writer

PAGE: Final = 500

# Every cell counts: one row for a subject, replaced by the action that changes the row, under that row's lock.
_SEAL = driver.Text.of(
    "INSERT INTO record_seal (subject, digest) VALUES (%s, %s)"
    " ON CONFLICT (subject) DO UPDATE SET digest = excluded.digest"
)


def digest_of(values: Iterable[object]) -> str:
    """Return the hex SHA-256 over stored values: JSON without spaces, keys sorted, moments in UTC."""
    return hashlib.sha256(_encode(list(values)).encode()).hexdigest()


def seal_rows(rows: Collection[Model]) -> None:
    """Seal rows as they stand in memory, inside the transaction that wrote them: every column must be as stored."""
    if rows:
        seals = sorted((subject_of(row), seal_of(row)) for row in rows)
        driver.write(_SEAL, seals, database=connections[DEFAULT_DB_ALIAS])


def seal_stored(model: type[Model], ids: Collection[str]) -> None:
    """Read these rows back, as the caller's transaction left them, and seal them."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), PAGE):
        seal_rows(list(_all(model).filter(pk__in=wanted[start : start + PAGE])))


def take_seals_away(rows: Collection[Model]) -> None:
    """Take the seals of rows away that an action takes away itself, inside its transaction."""
    Seal.objects.filter(pk__in=[subject_of(row) for row in rows]).delete()


def seal_of(row: Model) -> str:
    """Return the digest of a row's columns; a class names those that carry a digest of their own in `sealed_but`."""
    return digest_of(_columns(type(row))(row))


def subject_of(row: Model) -> str:
    """Return under which name a row is sealed: its kind and key; `sealed_as` names the key where a number is none."""
    names: Sequence[str] = getattr(row, "sealed_as", ("pk",))
    return ":".join((str(row._meta.model_name), *(_part(getattr(row, name)) for name in names)))


def broken_seals(model: type[Model]) -> Iterator[tuple[int, list[str]]]:
    """Look at all rows of a table in pages: how many, and the names of those that are not as they were sealed."""
    last: Any = None
    while page := list(_after(model, last)[:PAGE]):
        sealed = dict(Seal.objects.filter(pk__in=[subject_of(row) for row in page]).values_list("subject", "digest"))
        yield len(page), [subject_of(row) for row in page if sealed.get(subject_of(row)) != seal_of(row)]
        last = page[-1].pk


def seals_without_row(model: type[Model]) -> int:
    """Return by how many the seals of a table's rows outnumber the rows: those rows were taken away."""
    name = f"{model._meta.model_name}:"
    # A range rather than LIKE, so that the key's index answers on both databases; ";" follows ":".
    sealed = Seal.objects.filter(subject__gte=name, subject__lt=f"{name[:-1]};").count()
    rows: int = _all(model).count()
    return max(sealed - rows, 0)


def _after(model: type[Model], last: object) -> Any:  # noqa: ANN401 - a queryset of whatever table is given
    rows = _all(model).order_by("pk")
    return rows if last is None else rows.filter(pk__gt=last)


def _all(model: type[Model]) -> Any:  # noqa: ANN401 - Django's manager of whatever table is given
    return model._default_manager  # noqa: SLF001 - documented; `objects` is not known of any table


@cache
def _columns(model: type[Model]) -> Any:  # noqa: ANN401 - fetches the values of any columns
    """Return what fetches the sealed columns of a row: all but numbers that the database counts by itself."""
    left_out = getattr(model, "sealed_but", ())
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    return attrgetter(*(field.attname for field in fields if field.name not in left_out))


def _part(value: object) -> str:
    """Return a part of a name; a moment in UTC, as it is read back, whatever zone it was told in."""
    return str(value.astimezone(UTC) if isinstance(value, datetime) else value)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sealed")


@lru_cache(maxsize=256)
def _moment(value: datetime) -> str:
    """Write a moment; the rows of one act share theirs."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


_encode = writer(sort_keys=True, separators=(",", ":"), default=_as_text)
