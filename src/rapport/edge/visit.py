"""A visit: a request for a link, read and judged once."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from rapport.edge.bots import judge_agent
from rapport.edge.reasons import Reason
from rapport.edge.request import Request, fields
from rapport.edge.station import Route
from rapport.wire.clickid import Mark
from rapport.wire.foreign_names import in_our_words

_PAGE = frozenset({b"", b"document"})
_FRAME = frozenset({b"iframe", b"frame", b"embed", b"object", b"fencedframe"})

# Marks are plain numbers here: adding up flags takes longer than all the rest of the judgement.
_BOT, _FRAMED, _NO_CONSENT, _TEST = int(Mark.BOT), int(Mark.FRAMED), int(Mark.NO_CONSENT), int(Mark.TEST)
_MARKS = {
    Reason.HEAD_REQUEST: _BOT,
    Reason.EMPTY_AGENT: _BOT,
    Reason.BOT_AGENT: _BOT,
    Reason.PREFETCH: _FRAMED,
    Reason.FRAMED: _FRAMED,
    Reason.SUBRESOURCE: _FRAMED,
}
LONGEST_REMEMBERED = 512  # bytes of a header: what invents longer ones cannot fill our memory
_AHEAD = frozenset({b"sec-purpose", b"purpose", b"x-moz", b"sec-fetch-dest"})
TEST_FIELD = "rptest"
"""A visit that says so in its link is a test. Anybody may: such a click earns nothing, so nothing is won by it."""


class Visit(msgspec.Struct, frozen=True):
    """Who came, when, with which code and fields: as they were sent, and as said in our words."""

    request: Request
    code: str
    at_ms: int
    fields: dict[str, str]
    said: dict[str, str]


class Verdict(msgspec.Struct, frozen=True):
    """What was found about a visit: the reason to write down, the marks, whether the link is closed."""

    reason: Reason | None
    marks: int
    closed: bool


def read(request: Request, *, code: str, at_ms: int, foreign_names: Mapping[str, str]) -> Visit:
    """Return the visit that a request makes; `foreign_names` are those of `wire.foreign_names`."""
    sent = fields(request.query) if request.query else {}
    said = in_our_words(sent, foreign_names) if sent else sent
    return Visit(request=request, code=code, at_ms=at_ms, fields=sent, said=said)


def judge(visit: Visit, route: Route) -> Verdict:
    """Return what a visit can be worth; of several reasons the first counts, the marks add up."""
    closed = _why_closed(visit, route)
    nobody = _why_nobody(visit.request)
    unchosen = _why_unchosen(visit.request.headers)
    marks = _NO_CONSENT if _consent_is_missing(visit, route) else 0
    if nobody is not None:
        marks |= _MARKS[nobody]
    if unchosen is not None:
        marks |= _MARKS[unchosen]
    if visit.fields.get(TEST_FIELD) == "1":
        marks |= _TEST
    return Verdict(reason=closed or nobody or unchosen, marks=marks, closed=closed is not None)


def _why_closed(visit: Visit, route: Route) -> Reason | None:
    link = route.link
    if route.ground.program.state != "open":
        return Reason.PROGRAM_CLOSED
    if not link.active:
        return Reason.LINK_INACTIVE
    if link.starts_ms is not None and visit.at_ms < link.starts_ms:
        return Reason.LINK_NOT_STARTED
    if link.ends_ms is not None and visit.at_ms >= link.ends_ms:
        return Reason.LINK_ENDED
    if link.full_until_ms is not None and visit.at_ms < link.full_until_ms:
        return Reason.LINK_FULL
    return None


def _why_nobody(request: Request) -> Reason | None:
    """Return why there is no person behind a request."""
    if request.method == "HEAD":
        return Reason.HEAD_REQUEST
    agent = request.headers.get(b"user-agent", b"")
    return (_judge_known_agent if len(agent) <= LONGEST_REMEMBERED else _judge_agent)(agent)


def _judge_agent(user_agent: bytes) -> Reason | None:
    return judge_agent(user_agent.decode("utf-8", "replace"))


_judge_known_agent = lru_cache(maxsize=4_096)(_judge_agent)


def _why_unchosen(headers: dict[bytes, bytes]) -> Reason | None:
    """Return why nobody chose to follow the link: the browser asked ahead, or for a part of another page."""
    if headers.keys().isdisjoint(_AHEAD):
        return None
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
    return route.ground.program.consent_required or visit.request.headers.get(b"sec-gpc") == b"1"
