"""The world in which the rows are tried: everybody signed in once, and the objects of one maker at a time."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse

from rapport.apps.identity.models import Person
from rapport.apps.identity.rights import KeyScope
from tests.doors.routes.table import KEYS, PEOPLE, Addressed, Kwargs, Maker, Row
from tests.make.identity import Cast, make_api_key, make_cast

# The middleware is loaded once, not by each caller anew.
HANDLER = ClientHandler(enforce_csrf_checks=False)
HANDLER_WITH_CSRF_CHECKS = ClientHandler(enforce_csrf_checks=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the door, by session or by key."""

    name: str
    role: str
    is_stranger: bool = False
    session: str = ""
    key: str = ""

    def ask(self, row: Row, kwargs: Kwargs, *, handler: ClientHandler = HANDLER) -> int:
        """Return the status, and take back whatever the request wrote."""
        client = Client(headers={"Authorization": f"Bearer {self.key}"} if self.key else None)
        client.handler = handler
        if self.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        cache.clear()
        with transaction.atomic():
            response = client.generic(row.method, reverse(row.name, kwargs=dict(kwargs)), *_posted(row))
            transaction.set_rollback(True)
        return response.status_code


class World:
    """Two workspaces and everybody who may knock; open it with `open_world`."""

    def __init__(self) -> None:
        self.cast = make_cast()
        self.callers = tuple(_people(self.cast))
        self.callers_with_key = tuple(_keys(self.cast))
        self._maker: Maker | None = None
        self._addressed: Addressed | None = None
        self._made = ExitStack()

    def caller(self, name: str) -> Caller:
        """Return one of the people."""
        return next(caller for caller in self.callers if caller.name == name)

    def addressed_by(self, row: Row) -> Addressed | None:
        """Return the objects of a row, made now unless the row before named the same maker."""
        if row.at is not self._maker:
            self.forget()
            self._made.enter_context(transaction.atomic())
            self._maker, self._addressed = row.at, row.at(self.cast) if row.at else None
        return self._addressed

    def forget(self) -> None:
        """Take back what the last maker made."""
        if self._maker:
            transaction.set_rollback(True)
        self._made.close()
        self._maker = None


@contextmanager
def open_world() -> Iterator[World]:
    """Make the world, and take it back in the end."""
    with transaction.atomic():
        world = World()
        yield world
        world.forget()
        transaction.set_rollback(True)


def _people(cast: Cast) -> Iterator[Caller]:
    yield Caller("anonymous", "anonymous")
    yield Caller("disabled", "disabled", session=_session(cast.disabled))
    for role in PEOPLE:
        yield Caller(role, role, session=_session(getattr(cast, role)))
        yield Caller(f"stranger ({role})", role, is_stranger=True, session=_session(cast.strangers[role]))


def _session(person: Person) -> str:
    """Return a session of somebody who has looked around once."""
    client = Client()
    client.handler = HANDLER
    client.force_login(person)
    client.get("/")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _keys(cast: Cast) -> Iterator[Caller]:
    for name in KEYS:
        scope = KeyScope(name.removeprefix("key:"))
        yield Caller(name, name, key=make_api_key(cast.ours, scope).secret)
        yield Caller(f"stranger ({name})", name, is_stranger=True, key=make_api_key(cast.theirs, scope).secret)


def _posted(row: Row) -> tuple[str, str]:
    """Return body and content type."""
    if row.json is not None:
        return json.dumps(row.json), "application/json"
    return urlencode(row.data), "application/x-www-form-urlencoded"
