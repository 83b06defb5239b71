"""What every step of the edge stands on: the link book in use, the keys, the journal, the counters and the clock."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapport.edge.counters import Counters
from rapport.edge.destination import Destination, known_host, prepare
from rapport.edge.group_commit import GroupCommit
from rapport.edge.settings import EdgeSettings
from rapport.wire import cookie
from rapport.wire.clickid import Key
from rapport.wire.linkbook import LinkEntry, ProgramEntry, Reader

_REMEMBERED_ROUTES = 20_000
_MOST_PROGRAMS = 50  # in whose old addresses is looked for one that names no host
_REMEMBERED_DOMAINS = 2_000
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Route:
    """A link and its program, with everything worked out that does not change from click to click."""

    link: LinkEntry
    program: ProgramEntry
    destination: Destination | None
    fallback: Destination | None
    hosts: frozenset[str]
    cookie_name: str
    cookie_attributes: str


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
        self._routes: dict[str, Route] = {}
        self._domains: dict[str, str | None] = {}
        self._take_over()

    def refresh_book(self) -> None:
        """Look for a newer link book."""
        if self.book.refresh():
            self._routes.clear()
            self._domains.clear()
            self._take_over()

    @property
    def key(self) -> Key:
        """The key that signs new click ids; there is one as soon as there is a link."""
        assert self._key is not None  # noqa: S101 - a book is never published without its keys
        return self._key

    def route(self, code: str) -> Route | None:
        """Return the way that a short code leads, or nothing for a code that the book does not hold."""
        known = self._routes.get(code)
        if known is not None:
            return known
        link = self.book.link(code)
        program = None if link is None else self.book.program(link.program_id)
        if link is None or program is None:
            return None
        if len(self._routes) >= _REMEMBERED_ROUTES:
            self._routes.clear()
        route = self._routes[code] = self._prepare(link, program)
        return route

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
        program = self.book.program(program_id)
        return None if program is None else prepare(program.fallback_url, parameter=program.parameter)

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

    def _prepare(self, link: LinkEntry, program: ProgramEntry) -> Route:
        max_age = program.cookie_days * _DAY_SECONDS
        secure = "; Secure" if self.settings.secure_cookies else ""
        return Route(
            link=link,
            program=program,
            destination=prepare(link.destination, parameter=program.parameter),
            fallback=prepare(program.fallback_url, parameter=program.parameter),
            hosts=frozenset(known_host(host) for host in program.hosts),
            cookie_name=cookie.name_for(program.program_id),
            cookie_attributes=f"; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}",
        )


def clock_ms() -> int:
    """Return the milliseconds since 1970; the edge keeps its own clock because it loads nothing it does not need."""
    return time.time_ns() // 1_000_000
