"""A visit: a request for a link, read and judged once."""

from dataclasses import dataclass

from rapport.edge.bots import judge_agent
from rapport.edge.reasons import Reason
from rapport.edge.request import Request, fields
from rapport.edge.station import Route
from rapport.wire.clickid import Mark

_PAGE = frozenset({b"", b"document"})
_FRAME = frozenset({b"iframe", b"frame", b"embed", b"object", b"fencedframe"})

_MARKS = {
    Reason.HEAD_REQUEST: Mark.BOT,
    Reason.EMPTY_AGENT: Mark.BOT,
    Reason.BOT_AGENT: Mark.BOT,
    Reason.PREFETCH: Mark.FRAMED,
    Reason.FRAMED: Mark.FRAMED,
    Reason.SUBRESOURCE: Mark.FRAMED,
}
_NO_MARKS = Mark(0)
TEST_FIELD = "rptest"
"""A visit that says so in its link is a test. Anybody may: such a click earns nothing, so nothing is won by it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came, when, with which code and fields."""

    request: Request
    code: str
    at_ms: int
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about a visit: the reason to write down, the marks, whether the link is closed."""

    reason: Reason | None
    marks: Mark
    closed: bool


def read(request: Request, *, code: str, at_ms: int) -> Visit:
    """Return the visit that a request makes."""
    return Visit(request=request, code=code, at_ms=at_ms, fields=fields(request.query) if request.query else {})


def judge(visit: Visit, route: Route) -> Verdict:
    """Return what a visit can be worth; of several reasons the first counts, the marks add up."""
    closed = _why_closed(visit, route)
    nobody = _why_nobody(visit.request)
    unchosen = _why_unchosen(visit.request.headers)
    marks = Mark.NO_CONSENT if _consent_is_missing(visit, route) else _NO_MARKS
    for reason in (nobody, unchosen):
        if reason is not None:
            marks |= _MARKS[reason]
    if visit.fields.get(TEST_FIELD) == "1":
        marks |= Mark.TEST
    return Verdict(reason=closed or nobody or unchosen, marks=marks, closed=closed is not None)


def _why_closed(visit: Visit, route: Route) -> Reason | None:
    link = route.link
    if route.program.state != "open":
        return Reason.PROGRAM_CLOSED
    if not link.active:
        return Reason.LINK_INACTIVE
    if link.starts_ms is not None and visit.at_ms < link.starts_ms:
        return Reason.LINK_NOT_STARTED
    if link.ends_ms is not None and visit.at_ms >= link.ends_ms:
        return Reason.LINK_ENDED
    return None


def _why_nobody(request: Request) -> Reason | None:
    """Return why there is no person behind a request."""
    if request.method == "HEAD":
        return Reason.HEAD_REQUEST
    return judge_agent(request.header(b"user-agent"))


def _why_unchosen(headers: dict[bytes, bytes]) -> Reason | None:
    """Return why nobody chose to follow the link: the browser asked ahead, or for a part of another page."""
    purpose = headers.get(b"sec-purpose") or headers.get(b"purpose") or headers.get(b"x-moz") or b""
    if purpose.lower().startswith((b"prefetch", b"prerender")):
        return Reason.PREFETCH
    destination = headers.get(b"sec-fetch-dest", b"").lower()
    if destination in _PAGE:
        return None
    return Reason.FRAMED if destination in _FRAME else Reason.SUBRESOURCE


def _consent_is_missing(visit: Visit, route: Route) -> bool:
    """Say whether no cookie may be set: refused in the link or by the browser's signal, or required and not given."""
    said = visit.fields.get("consent")
    if said is not None:
        return said != "1"
    return route.program.consent_required or visit.request.headers.get(b"sec-gpc") == b"1"
