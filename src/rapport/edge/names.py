"""Under which names the edge is addressed: its own, and those that programs have proven to be theirs."""

from rapport.edge import answers
from rapport.edge.answers import Answer
from rapport.edge.request import Request, fields
from rapport.edge.station import Station

ANY_PROGRAM = ""
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", ""})
_LONGEST_NAME = 253
_REMEMBERED_HOSTS = 256


def program_addressed(request: Request, station: Station) -> str | None:
    """Return whose links lead on under the name that a request was sent to; None where nobody's do.

    Under the edge's own names every program's do. Without a name (HTTP/1.0) the caller cannot be misled by one.
    """
    host = request.headers.get(b"host", b"")
    known = station.addressed.get(host)
    return _program_addressed(host, station) if known is None else known


def may_get_certificate(request: Request, station: Station) -> Answer:
    """Tell a proxy whether to ask for a certificate: for proven names only, or anybody could use up its quota."""
    name = fields(request.query).get("domain", "").lower()
    if station.program_of_domain(name) is not None:
        return answers.text(200, "yes\n")
    return answers.text(404, "no\n")


def _program_addressed(host: bytes, station: Station) -> str | None:
    name = name_of(host)
    if name not in _THIS_MACHINE and name not in station.settings.own_hosts:
        return station.program_of_domain(name)
    if len(station.addressed) < _REMEMBERED_HOSTS:  # there are as many spellings as somebody likes to invent
        station.addressed[host] = ANY_PROGRAM
    return ANY_PROGRAM


def name_of(host: bytes) -> str:
    """Return the name in a `Host` header, without port, brackets and final dot; empty if there is none."""
    text = host[: _LONGEST_NAME + 8].decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")
