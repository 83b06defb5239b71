"""The road of a click: read → look up → judge → choose where to → mint → write down → lead on.

No verdict ever stops the visitor; it only says what the click can be worth.
"""

from functools import lru_cache
from urllib.parse import unquote

import msgspec

from rapport.edge import answers, names, visit
from rapport.edge.answers import Answer
from rapport.edge.counters import OK
from rapport.edge.destination import Destination, prepare_deep_link
from rapport.edge.reasons import Reason
from rapport.edge.request import Request, clean
from rapport.edge.station import Route, Station
from rapport.edge.visit import Verdict, Visit
from rapport.wire import addresses, clickid, cookie
from rapport.wire.aliases import texts_of
from rapport.wire.clickid import Mark
from rapport.wire.events import SUB_IDS, ClickEvent
from rapport.wire.linkbook import LinkEntry

_LONGEST_VALUE = 255
_LONGEST_ADDRESS = 2_048
_MOST_OTHER_FIELDS = 20
_SUBS = frozenset(SUB_IDS)
_OWN_FIELDS = frozenset({*SUB_IDS, "placement", "channel", "to", "consent", visit.TEST_FIELD})
_NO_COOKIE = int(Mark.BOT | Mark.FRAMED | Mark.NO_CONSENT)  # a plain number: flags are slow to compare


class Way(msgspec.Struct, frozen=True):
    """Where a visit leads, if anywhere, and the reason to write down for it."""

    destination: Destination | None
    reason: Reason | None


def follow_link(request: Request, station: Station) -> Answer:
    """Lead a visitor on and write the click down."""
    names_of_others = station.settings.foreign_names
    code = request.path.removeprefix(addresses.CLICK)
    visitor = visit.read(request, code=code, at_ms=station.clock_ms(), foreign_names=names_of_others)
    owner = names.program_addressed(request, station)
    route = None if owner is None else station.route(visitor.code)
    if route is None or not _belongs(route, owner):
        route = _old_route(visitor, station, owner)
    if route is None:
        return _nobody_of_that_name(station) if owner is None else _lead_on_without_link(station, owner)
    return _lead_on(visitor, route, station)


def follow_old_address(request: Request, station: Station) -> Answer | None:
    """Lead on a visitor who came by an address of another system, or nothing for one that nobody brought along."""
    names_of_others = station.settings.foreign_names
    visitor = visit.read(request, code="", at_ms=station.clock_ms(), foreign_names=names_of_others)
    route = _old_route(visitor, station, names.program_addressed(request, station))
    return None if route is None else _lead_on(visitor, route, station)


def write_down_from_page(request: Request, route: Route, station: Station, *, said: dict[str, str]) -> str:
    """Write down a click that a page of the shop tells of; return its id, empty where the link is closed.

    The browser says of the script's own request that it is no page. Whether the page was framed, the script says.
    """
    headers = {name: value for name, value in request.headers.items() if not name.startswith(b"sec-fetch-")}
    headers[b"referer"] = said.get("referrer", "").encode()
    if said.get("framed") == "1":
        headers[b"sec-fetch-dest"] = b"iframe"
    asked = Request("GET", request.path, "", headers, b"", request.address, request.keep_alive)
    kept = {name: value for name, value in said.items() if name in {"consent", *SUB_IDS}}
    told = {"consent": "0", **kept}
    visitor = Visit(request=asked, code=route.link.code, at_ms=station.clock_ms(), fields=told, said=told)
    verdict = visit.judge(visitor, route)
    way = Way(None if verdict.closed else route.destination, verdict.reason)
    event = _click(visitor, route, verdict, way, click_id=_mint(visitor, route, verdict, station))
    _write_down(event, station)
    return event.click_id if event.handed_out else ""


def _old_route(visitor: Visit, station: Station, owner: str | None) -> Route | None:
    """Return the way of an old address; under a name that nobody has proven, of those brought along with that name."""
    host = visitor.request.header(b"host").partition(":")[0].lower().removeprefix("www.")
    texts = texts_of(unquote(visitor.request.path), visitor.fields)
    code = station.code_of_old_address(host, texts, anywhere=owner is not None)
    route = None if code is None else station.route(code)
    return route if route is not None and _belongs(route, owner) else None


def _belongs(route: Route, owner: str | None) -> bool:
    """Say whether a link leads on under a name: its program's, the edge's, or one that old addresses alone have."""
    return not owner or route.link.program_id == owner


def _lead_on(visitor: Visit, route: Route, station: Station) -> Answer:
    verdict = visit.judge(visitor, route)
    way = _choose(visitor, route, verdict)
    click = _click(visitor, route, verdict, way, click_id=_mint(visitor, route, verdict, station))
    _write_down(click, station)
    return _answer(click, visitor, route)


def _nobody_of_that_name(station: Station) -> Answer:
    """Answer nothing under a name that nobody has proven: somebody pointed it here, and may be fishing."""
    station.counters.clicks[Reason.FOREIGN_NAME] += 1
    return answers.not_found()


def _lead_on_without_link(station: Station, owner: str) -> Answer:
    station.counters.clicks[Reason.UNKNOWN_CODE] += 1
    fallback = station.fallback_of(owner) if owner else station.sole_fallback
    return answers.not_found() if fallback is None else answers.redirect(fallback.plain)


def _choose(visitor: Visit, route: Route, verdict: Verdict) -> Way:
    """Choose between the deep link asked for, the link's own address and the program's fallback."""
    if verdict.closed:
        return Way(route.fallback, verdict.reason)
    ground = route.ground
    wish = visitor.said.get("to")
    if not wish:
        return Way(route.destination or route.fallback, verdict.reason)
    deep = prepare_deep_link(wish, hosts=ground.hosts, parameter=ground.program.parameter, tags=ground.tags)
    if deep is not None:
        return Way(deep, verdict.reason)
    return Way(route.fallback or route.destination, verdict.reason or Reason.FOREIGN_DEEP_LINK)


def _mint(visitor: Visit, route: Route, verdict: Verdict, station: Station) -> str:
    return clickid.mint(
        key=station.key,
        at_ms=visitor.at_ms,
        link_number=route.link.link_number,
        marks=verdict.marks,
        random=station.random(),
    )


def _click(visitor: Visit, route: Route, verdict: Verdict, way: Way, *, click_id: str) -> ClickEvent:
    """Return the event to write down; a closed link leads on without handing the click id out."""
    link, request, said = route.link, visitor.request, visitor.said
    handed_out = not verdict.closed and way.destination is not None
    destination = _address(way, visitor, link, click_id=click_id if handed_out else "")
    return ClickEvent(
        at_ms=visitor.at_ms,
        click_id=click_id,
        link_number=link.link_number,
        link_id=link.link_id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=link.program_id,
        marks=verdict.marks,
        reason=way.reason,
        handed_out=handed_out,
        destination=destination,
        subs={name: clean(said[name], _LONGEST_VALUE) for name in said if name in _SUBS},
        placement=clean(said["placement"], _LONGEST_VALUE) if "placement" in said else link.placement,
        channel=clean(said["channel"], _LONGEST_VALUE) if "channel" in said else link.channel,
        referrer=clean(request.header(b"referer"), _LONGEST_ADDRESS),
        user_agent=_readable(request.headers.get(b"user-agent", b""), _LONGEST_ADDRESS),
        address=request.address,
        language=_readable(request.headers.get(b"accept-language", b""), _LONGEST_VALUE),
        query=_other_fields(said),
    )


def _address(way: Way, visitor: Visit, link: LinkEntry, *, click_id: str) -> str:
    """Return the address to lead to, with the click id if there is one to hand out."""
    chosen = way.destination
    if chosen is None:
        return ""
    if chosen.has_macros:
        known = {"partner": link.agreement_id, "program": link.program_id, "link": link.link_id, "click_id": click_id}
        chosen = chosen.filled({"placement": link.placement, "channel": link.channel} | visitor.said | known)
    return chosen.with_click_id(click_id) if click_id else chosen.plain


def _readable(header: bytes, limit: int) -> str:
    """Return a header as clean text; remembered, because most visitors send one of a few thousand."""
    return (_known_text if len(header) <= visit.LONGEST_REMEMBERED else _text)(header, limit)


def _text(header: bytes, limit: int) -> str:
    return clean(header.decode("utf-8", "replace"), limit)


_known_text = lru_cache(maxsize=4_096)(_text)


def _other_fields(said: dict[str, str]) -> dict[str, str]:
    names = [name for name in said if name not in _OWN_FIELDS][:_MOST_OTHER_FIELDS]
    return {clean(name, _LONGEST_VALUE): clean(said[name], _LONGEST_VALUE) for name in names}


def _write_down(click: ClickEvent, station: Station) -> None:
    station.counters.clicks[click.reason or OK] += 1
    station.journal.write(click)


def _answer(click: ClickEvent, visitor: Visit, route: Route) -> Answer:
    if not click.destination:
        return answers.resting()
    if not click.handed_out or click.marks & _NO_COOKIE:
        return answers.redirect(click.destination)
    ground, value = route.ground, click.click_id
    if b"cookie" in visitor.request.headers:
        value = cookie.append(cookie.find(visitor.request.header(b"cookie"), ground.cookie_name), value)
    return answers.redirect(click.destination, cookie=f"{ground.cookie_name}={value}{ground.cookie_attributes}")
