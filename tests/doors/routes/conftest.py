"""Lets the rows share one world, and those that name the same objects follow one another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.doors.routes.table import all_rows
from tests.doors.routes.world import World, open_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world of all rows."""
    with (
        django_db_blocker.unblock(),
        override_settings(ROOT_URLCONF="tests.doors.routes.addresses"),
        open_world() as world,
    ):
        yield world


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put together what needs the same objects, in whatever order the tests run: objects are made once for all."""
    makers: list[object] = [row.at for row in all_rows()]
    places = [place for place, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    ordered = sorted((items[place] for place in places), key=lambda item: makers.index(_maker(item)))
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


def _maker(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return callspec.params["row"].at if callspec else None
