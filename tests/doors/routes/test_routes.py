"""Nobody sees or does what the role forbids: the route table, run against the real application."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import get_resolver

from rapport.doors.checks import routes
from tests.doors.routes.table import KEYS, Addressed, Kwargs, Row, all_rows
from tests.doors.routes.world import HANDLER_WITH_CSRF_CHECKS, Caller, World

ROWS = all_rows()
NAMES = {route.name for route in routes(get_resolver())}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ONE_OF_EACH_NAME = {row.name: row for row in reversed(ROWS)}.values()


def test_every_address_has_a_row() -> None:
    without = NAMES - {row.name for row in ROWS}
    assert not without, f"write rows for {sorted(without)} into tests/doors/routes/rows/"


def test_every_row_has_an_address() -> None:
    assert not {row.name for row in ROWS} - NAMES


def test_no_address_and_method_is_told_twice() -> None:
    told = [(row.name, row.method) for row in ROWS]
    assert sorted(told) == sorted(set(told))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.name}")
def test_each_caller_gets_what_the_row_says(row: Row, world: World) -> None:
    addressed = world.addressed_by(row)
    callers = world.callers + (world.callers_with_key if KEYS[0] in row.expected.own else ())
    deviations = []
    for caller in callers:
        for what, kwargs in asked(caller, addressed):
            status, expected = caller.ask(row, kwargs), promised(row, caller, what)
            if status != expected:
                deviations.append(f"{caller.name} on {what}: {status}, the table says {expected}")
    assert not deviations, "\n".join(deviations)


@pytest.mark.parametrize("row", [row for row in ROWS if row.method != "GET" and row.csrf], ids=lambda row: row.name)
def test_no_state_changes_without_the_token_of_the_page(row: Row, world: World) -> None:
    own = own_kwargs(world, row)
    for name in ("owner", "partner"):
        assert world.caller(name).ask(row, own, handler=HANDLER_WITH_CSRF_CHECKS) == 403


@pytest.mark.parametrize("row", ONE_OF_EACH_NAME, ids=lambda row: row.name)
def test_a_method_without_a_row_is_refused(row: Row, world: World) -> None:
    own = own_kwargs(world, row)
    for method in set(METHODS) - {other.method for other in ROWS if other.name == row.name}:
        asking = replace(row, method=method, data={}, json=None)
        assert world.caller("owner").ask(asking, own) == 405, f"{method} {row.name}"


def own_kwargs(world: World, row: Row) -> Kwargs:
    addressed = world.addressed_by(row)
    return addressed.own if addressed else {}


def asked(caller: Caller, addressed: Addressed | None) -> Iterator[tuple[str, Kwargs]]:
    """Strangers are asked about our own object only: it is the foreign one for them."""
    yield "own", addressed.own if addressed else {}
    for number, kwargs in enumerate(addressed.elsewhere if addressed and not caller.is_stranger else ()):
        yield f"elsewhere {number}", kwargs


def promised(row: Row, caller: Caller, what: str) -> int:
    if what != "own":
        return row.expected.elsewhere[caller.role]
    # Without an object there is nothing foreign about a stranger.
    return (row.expected.strangers if caller.is_stranger and row.at else row.expected.own)[caller.role]
