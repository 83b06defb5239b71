"""What every step of the edge stands on: the link book in use, the keys, the journal, the counters and the clock."""

import os
import time
from collections.abc import Callable, Iterable

import msgspec

from rapport.edge.counters import Counters
from rapport.edge.destination import Destination, Tags, known_host, prepare, ready_tags
from rapport.edge.group_commit import GroupCommit
from rapport.edge.settings import EdgeSettings
from rapport.wire import cookie
from rapport.wire.clickid import RANDOM_BYTES, Key
from rapport.wire.linkbook import LinkEntry, ProgramEntry, Reader

# A route takes 1 kB, and finding one in the book takes less than half of what the rest of a click takes.
_REMEMBERED_ROUTES = 1_024
_MOST_PROGRAMS = 50  # in whose old addresses is looked for one that names no host
_REMEMBERED_DOMAINS = 2_000
_DAY_SECONDS = 86_400
_RANDOM_BLOCK = 4_096


class Ground(msgspec.Struct, frozen=True):
    """A program, with everything worked out that does not change from link to link."""

    program: ProgramEntry
    fallback: Destination | None  # of visits without a link
    link_fallback: Destination | None  # the same with the tags, of links that have none of their own
    tags: Tags
    hosts: frozenset[str]
    cookie_name: str
    cookie_attributes: str


class Route(msgspec.Struct, frozen=True):
    """A link on its program's ground, with everything worked out that does not change from click to click."""

    link: LinkEntry
    ground: Ground
    destination: Destination | None
    fallback: Destination | None  # its own, or the ground's


class Station:
    """Belongs to one process and lives in its event loop's thread."""

    def __init__(
        self,
        settings: EdgeSettings,
        *,
        book: Reader,
        journal: GroupCommit,
        counters: Counters,
        clock_ms: Callable[[], int],
    ) -> None:
        self.settings = settings
        self.book = book
        self.journal = journal
        self.counters = counters
        self.clock_ms = clock_ms
        self.sole_fallback: Destination | None = None  # where unknown codes lead when there is but one program
        self._key: Key | None = None
        self._program_ids: tuple[str, ...] = ()
        self.addressed: dict[bytes, str] = {}  # the `Host` headers that name the edge itself, as they were sent
        self._grounds: dict[str, Ground | None] = {}
        self._routes: dict[str, Route] = {}
        self._random = b""
        self._domains: dict[str, str | None] = {}
        self._take_over()

    def refresh_book(self) -> None:
        """Look for a newer link book."""
        if self.book.refresh():
            for remembered in (self.addressed, self._grounds, self._routes, self._domains):
                remembered.clear()
            self._take_over()

    @property
    def key(self) -> Key:
        """The key that signs new click ids; there is one as soon as there is a link."""
        assert self._key is not None  # noqa: S101 - a book is never published without its keys
        return self._key

    def random(self) -> bytes:
        """Return the random bytes of one click id; the system is asked for a thousand at a time."""
        if len(self._random) < RANDOM_BYTES:
            self._random = os.urandom(_RANDOM_BLOCK)
        taken, self._random = self._random[:RANDOM_BYTES], self._random[RANDOM_BYTES:]
        return taken

    def route(self, code: str) -> Route | None:
        """Return the way that a short code leads, or nothing for a code that the book does not hold."""
        known = self._routes.get(code)
        return self._find_route(code) if known is None else known

    def code_of_old_address(self, host: str, texts: Iterable[str], *, anywhere: bool) -> str | None:
        """Return the code that the most exact of these texts leads to; what may be of two programs leads nowhere.

        Not `anywhere`, only addresses that were brought along with this very host count.
        """
        elsewhere = self._program_ids if anywhere else ()
        for text in texts:
            at_host = self.book.code_of_alias(host, text)
            found = [at_host] if at_host else [self.book.code_of_alias(one, text) for one in elsewhere]
            codes = {code for code in found if code is not None}
            if codes:
                return codes.pop() if len(codes) == 1 else None
        return None

    def fallback_of(self, program_id: str) -> Destination | None:
        """Return where a program's closed and unknown links lead."""
        ground = self._ground(program_id)
        return None if ground is None else ground.fallback

    def program_of_domain(self, name: str) -> str | None:
        """Return the id of the program that has proven a name; remembered, as every visit under it asks."""
        if name not in self._domains:
            if len(self._domains) >= _REMEMBERED_DOMAINS:
                self._domains.clear()
            self._domains[name] = self.book.program_of_domain(name) if name else None
        return self._domains[name]

    def _take_over(self) -> None:
        keys, program = self.book.keys(), self.book.sole_program()
        self._key = None if keys is None else keys.minting()
        self._program_ids = tuple(one.program_id for one in self.book.programs(most=_MOST_PROGRAMS))
        self.sole_fallback = None if program is None else prepare(program.fallback_url, parameter=program.parameter)

    def _find_route(self, code: str) -> Route | None:
        link = self.book.link(code)
        ground = None if link is None else self._ground(link.program_id)
        if link is None or ground is None:
            return None
        if len(self._routes) >= _REMEMBERED_ROUTES:
            self._routes.clear()
        parameter, tags = ground.program.parameter, ground.tags
        fallback = prepare(link.fallback_url, parameter=parameter, tags=tags) if link.fallback_url else None
        destination = prepare(link.destination, parameter=parameter, tags=tags)
        route = Route(link, ground, destination, fallback or ground.link_fallback)
        self._routes[code] = route
        return route

    def _ground(self, program_id: str) -> Ground | None:
        if program_id not in self._grounds:
            program = self.book.program(program_id)
            self._grounds[program_id] = None if program is None else self._prepare(program)
        return self._grounds[program_id]

    def _prepare(self, program: ProgramEntry) -> Ground:
        max_age = program.cookie_days * _DAY_SECONDS
        secure = "; Secure" if self.settings.secure_cookies else ""
        tags = ready_tags(program.tags)
        return Ground(
            program=program,
            fallback=prepare(program.fallback_url, parameter=program.parameter),
            link_fallback=prepare(program.fallback_url, parameter=program.parameter, tags=tags),
            tags=tags,
            hosts=frozenset(known_host(host) for host in program.hosts),
            cookie_name=cookie.name_for(program.program_id),
            cookie_attributes=f"; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}",
        )


def clock_ms() -> int:
    """Return the milliseconds since 1970; the edge keeps its own clock because it loads nothing it does not need."""
    return time.time_ns() // 1_000_000
