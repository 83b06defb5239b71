"""Watches every statement of a database test: only the app that owns a table may write to it.

The house check reads source and cannot see through every name; this sees what reaches the database.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

WRITE = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"(?P<table>\w+)"', re.IGNORECASE)

# Frames of these only carry a write out; whoever called them wants it.
CARRIERS = (
    "django.db.",
    "rapport.apps.record.write",
    "rapport.apps.record.driver",
    "rapport.kit.",
    "contextlib",
    __name__,
)


class ForeignWriteError(AssertionError):
    """An app wrote to a table that another app owns."""


@pytest.fixture(autouse=True)
def own_tables_only(request: pytest.FixtureRequest) -> Iterator[None]:
    """Watch the connection of this thread while a database test runs."""
    if request.node.get_closest_marker("database") is None:
        yield
        return
    with watched():
        yield


@contextmanager
def watched() -> Iterator[None]:
    """Raise ForeignWriteError at the statement by which one app writes another's table."""
    with connection.execute_wrapper(_refuse_foreign_write):
        yield


def _refuse_foreign_write(
    execute: Callable[..., Any], statement: str, parameters: object, many: bool, context: dict[str, Any]
) -> object:
    match = WRITE.match(statement)
    owner = _owners().get(match["table"]) if match else None
    if owner is not None:
        writer = _writer(sys._getframe(1))
        if writer.startswith("rapport.") and not writer.startswith(f"rapport.apps.{owner}."):
            raise ForeignWriteError(f"{writer} writes {match['table'] if match else ''}, which {owner} owns")
    return execute(statement, parameters, many, context)


def _writer(frame: FrameType | None) -> str:
    """Return the module that wants this write: the nearest one that is more than a carrier."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith(CARRIERS):
            return module
        frame = frame.f_back
    return ""


@cache
def _owners() -> dict[str, str]:
    return {
        model._meta.db_table: model._meta.app_label
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("rapport.apps.")
    }
