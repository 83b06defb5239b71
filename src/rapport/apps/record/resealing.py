"""Lets a migration change sealed rows: what was as sealed is sealed anew, what was not stays as broken as it was."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from rapport.apps.record.models import Seal
from rapport.apps.record.sealing import PAGE, digest_of, subject_of


def change_sealed(
    rows: Any,  # noqa: ANN401 - a queryset of a model as it was in the past
    *,
    change: Callable[[Any], None],
    before: Sequence[str],
    after: Sequence[str],
) -> None:
    """Change every row by `change`, which writes it.

    `before` and `after` name the sealed columns in the order in which the class had and has them. A model of the past
    knows neither that order nor what its class says about sealing.
    """
    last: Any = None
    while page := list(_after(rows, last)[:PAGE]):
        names = [subject_of(row) for row in page]
        sealed = dict(Seal.objects.filter(pk__in=names).values_list("subject", "digest"))
        for row, name in zip(page, names, strict=True):
            was_sound = sealed.get(name) == digest_of(getattr(row, column) for column in before)
            change(row)
            if was_sound:
                Seal.objects.filter(pk=name).update(digest=digest_of(getattr(row, column) for column in after))
        last = page[-1].pk


def forget_what_was_there() -> None:
    """Let SQLite overwrite with zeros what this connection takes away, rather than leave it in free pages."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _after(rows: Any, last: object) -> Any:  # noqa: ANN401 - as above
    ordered = rows.order_by("pk")
    return ordered if last is None else ordered.filter(pk__gt=last)
