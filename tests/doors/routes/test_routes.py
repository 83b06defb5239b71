"""Nobody sees or does what the role forbids: the route table, run against the real application."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from rapport.apps.identity.models import Person
from rapport.apps.identity.rights import KeyScope
from rapport.doors.checks import routes
from tests.doors.routes.table import KEYS, PEOPLE, Addressed, Kwargs, Row, all_rows
from tests.make.identity import Cast, make_api_key, make_cast

ROWS = all_rows()
NAMES = {route.name for route in routes(get_resolver())}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the door, with the statuses that the row promises."""

    name: str
    client: Client
    role: str
    is_stranger: bool = False


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


def test_every_address_has_a_row() -> None:
    without = NAMES - {row.name for row in ROWS}
    assert not without, f"write rows for {sorted(without)} into tests/doors/routes/rows/"


def test_every_row_has_an_address() -> None:
    assert not {row.name for row in ROWS} - NAMES


def test_no_address_and_method_is_told_twice() -> None:
    told = [(row.name, row.method) for row in ROWS]
    assert sorted(told) == sorted(set(told))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.name}")
def test_each_caller_gets_what_the_row_says(row: Row, cast: Cast) -> None:
    addressed = row.at(cast) if row.at else None
    deviations = []
    for caller in callers(cast, row):
        asked = [("own", addressed.own if addressed else {}), *foreign(row, caller, addressed)]
        for what, kwargs in asked:
            status, expected = answer(row, caller.client, kwargs), promised(row, caller, what)
            if status != expected:
                deviations.append(f"{caller.name} on {what}: {status}, the table says {expected}")
    assert not deviations, "\n".join(deviations)


@pytest.mark.parametrize("row", [row for row in ROWS if row.method != "GET" and row.csrf], ids=lambda row: row.name)
def test_no_state_changes_without_the_token_of_the_page(row: Row, cast: Cast) -> None:
    addressed = row.at(cast) if row.at else None
    for person in (cast.owner, cast.partner):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person)
        assert answer(row, client, addressed.own if addressed else {}) == 403


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_a_method_without_a_row_is_refused(name: str, cast: Cast) -> None:
    rows = [row for row in ROWS if row.name == name]
    addressed = rows[0].at(cast) if rows[0].at else None
    client = Client()
    client.force_login(cast.owner)
    for method in set(METHODS) - {row.method for row in rows}:
        row = Row(name, method, rows[0].expected)
        assert answer(row, client, addressed.own if addressed else {}) == 405, f"{method} {name}"


def callers(cast: Cast, row: Row) -> Iterator[Caller]:
    yield Caller("anonymous", Client(), "anonymous")
    yield Caller("disabled", signed_in(cast.disabled), "disabled")
    for role in PEOPLE:
        yield Caller(role, signed_in(getattr(cast, role)), role)
        yield Caller(f"stranger ({role})", signed_in(cast.strangers[role]), role, is_stranger=True)
    for key in KEYS if KEYS[0] in row.expected.own else ():
        scope = KeyScope(key.removeprefix("key:"))
        yield Caller(key, with_key(make_api_key(cast.ours, scope).secret), key)
        yield Caller(f"stranger ({key})", with_key(make_api_key(cast.theirs, scope).secret), key, is_stranger=True)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def with_key(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def foreign(row: Row, caller: Caller, addressed: Addressed | None) -> list[tuple[str, Kwargs]]:
    """Strangers are asked about our own object only: it is the foreign one for them."""
    if addressed is None or caller.is_stranger:
        return []
    return [(f"elsewhere {number}", kwargs) for number, kwargs in enumerate(addressed.elsewhere)]


def promised(row: Row, caller: Caller, what: str) -> int:
    if what != "own":
        return row.expected.elsewhere[caller.role]
    # Without an object there is nothing foreign about a stranger.
    return (row.expected.strangers if caller.is_stranger and row.at else row.expected.own)[caller.role]


def answer(row: Row, client: Client, kwargs: Kwargs) -> int:
    """Return the status, and take back whatever the request wrote."""
    with transaction.atomic():
        response = client.generic(row.method, reverse(row.name, kwargs=dict(kwargs)), *posted(row))
        transaction.set_rollback(True)
    return response.status_code


def posted(row: Row) -> tuple[str, str]:
    """Return body and content type."""
    if row.json is not None:
        return json.dumps(row.json), "application/json"
    return urlencode(row.data), "application/x-www-form-urlencoded"
