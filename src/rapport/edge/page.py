"""Who asks from a page of a shop: for which program, from which host, and what its browser may read of our answer."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapport.edge.answers import Answer
from rapport.edge.destination import known_host
from rapport.edge.names import ANY_PROGRAM, program_addressed
from rapport.edge.request import Request, fields
from rapport.edge.station import Station
from rapport.wire import cookie
from rapport.wire.linkbook import ProgramEntry

_ORIGIN = re.compile(r"https?://([a-z0-9.:-]{1,253})", re.ASCII)
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a program's own host: `origin` as the browser says it, `host` without its port, `said` its fields."""

    program: ProgramEntry
    origin: str
    host: str
    said: dict[str, str]


def read(request: Request, station: Station) -> Page | None:
    """Return the page that asks, or nothing for one that is no host of the program named.

    The program is the one that has proven the name we were asked under, or else what `program` says.
    """
    said = fields(request.body.decode("utf-8", "replace") if request.body else request.query)
    program = _program(request, station, named=said.get("program", ""))
    origin = request.header(b"origin")
    found = _ORIGIN.fullmatch(origin)
    if program is None or found is None or not is_own(found[1], program.hosts):
        return None
    return Page(program, origin, found[1].partition(":")[0], said)


def of_program(request: Request, station: Station) -> ProgramEntry | None:
    """Return the program that an image names; its page is told by the referrer alone, which may be missing."""
    return _program(request, station, named=fields(request.query).get("program", ""))


def is_own(host: str, hosts: Iterable[str]) -> bool:
    """Say whether a host (perhaps with its port) is one of a program's, with or without www."""
    own = {known_host(one).removeprefix("www.") for one in hosts}
    return host.removeprefix("www.") in own


def data(page: Page, document: dict[str, object], *, status: int = 200, set_cookie: str = "") -> Answer:
    """Answer with JSON that this page alone may read; `set_cookie` is a whole value of that header."""
    headers = b"cache-control: no-store\r\ncontent-type: application/json\r\n"
    if set_cookie:
        headers += f"set-cookie: {set_cookie}\r\n".encode("ascii")
    return readable(page, Answer(status, headers, json.dumps(document).encode()))


def readable(page: Page, answer: Answer) -> Answer:
    """Return an answer that a script of this page may read."""
    allowed = (
        f"access-control-allow-origin: {page.origin}\r\naccess-control-allow-credentials: true\r\nvary: origin\r\n"
    )
    return Answer(answer.status, answer.headers + allowed.encode("ascii"), answer.body)


def remembered(request: Request, program: ProgramEntry) -> tuple[str, ...]:
    """Return the click ids that the browser keeps for a program, the newest first; unchecked.

    There may be two cookies of one name: that of a redirect under this very name, and that of the whole site.
    """
    name = cookie.name_for(program.program_id)
    ids = (one for value in cookie.find_all(request.header(b"cookie"), name) for one in cookie.parse(value))
    return tuple(dict.fromkeys(ids))[: cookie.KEPT_CLICKS]


def cookie_for(page: Page, request: Request, ids: Iterable[str], *, secure: bool) -> str:
    """Return the cookie that keeps these click ids, for the whole site where we are asked under a name of the site.

    The shop's own server then reads it with the order. With no ids it is taken away.
    """
    value = ".".join(tuple(ids)[: cookie.KEPT_CLICKS])
    age = page.program.cookie_days * _DAY_SECONDS if value else 0
    ours, site = request.header(b"host").partition(":")[0].lower(), page.host.removeprefix("www.")
    domain = f"; Domain={site}" if ours.endswith(f".{site}") else ""
    safe = "; Secure" if secure else ""
    name = cookie.name_for(page.program.program_id)
    return f"{name}={value}{domain}; Max-Age={age}; Path=/; HttpOnly; SameSite=Lax{safe}"


def _program(request: Request, station: Station, *, named: str) -> ProgramEntry | None:
    owner = program_addressed(request, station)
    if owner is None or (owner != ANY_PROGRAM and named not in {"", owner}):
        return None
    return station.book.program(owner or named)
