"""The road of an impression: look up → seen before? → mint → write down → a dot.

A page shows a partner's banner with an image of one dot beside it. It never fails: without a link there is a dot, too.
"""

from collections import OrderedDict

from rapport.edge.answers import Answer
from rapport.edge.bots import judge_agent
from rapport.edge.gif import gif
from rapport.edge.names import program_addressed
from rapport.edge.request import Request, clean, fields
from rapport.edge.station import Route, Station
from rapport.wire import addresses, clickid
from rapport.wire.clickid import Mark
from rapport.wire.events import SUB_IDS, ImpressionEvent

SUFFIX = ".gif"

SAME_SHOWING_MS = 10_000
_KEPT = b"private, max-age=60"
_REMEMBERED = 8_000  # a few megabytes at most
_LONGEST_VALUE = 255
_LONGEST_ADDRESS = 2_048


class Impressions:
    """Counts showings; remembers the latest, so that a page that asks again at once is one showing."""

    def __init__(self) -> None:
        self._latest: OrderedDict[tuple[str, str, bytes], int] = OrderedDict()

    def show(self, request: Request, station: Station) -> Answer:
        """Write a showing down, unless it is known, and answer with a dot."""
        owner = program_addressed(request, station)
        code = request.path.removeprefix(addresses.IMPRESSION).removesuffix(SUFFIX).lower()
        route = None if owner is None else station.route(code)
        if route is None or (owner and route.link.program_id != owner):
            return gif(status=404)
        at_ms = station.clock_ms()
        if not self._is_known(request, route, at_ms=at_ms):
            _write_down(request, route, station, at_ms=at_ms)
        return gif(kept=_KEPT)

    def _is_known(self, request: Request, route: Route, *, at_ms: int) -> bool:
        who = (route.link.code, request.address, request.headers.get(b"user-agent", b"")[:_LONGEST_VALUE])
        before = self._latest.pop(who, -SAME_SHOWING_MS)
        self._latest[who] = at_ms
        if len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)
        return 0 <= at_ms - before < SAME_SHOWING_MS


def _write_down(request: Request, route: Route, station: Station, *, at_ms: int) -> None:
    link, said = route.link, fields(request.query)
    nobody = judge_agent(request.header(b"user-agent"))
    marks = Mark.VIEW | Mark.BOT if nobody else Mark.VIEW
    view_id = clickid.mint(
        key=station.key, at_ms=at_ms, link_number=link.link_number, marks=marks, random=station.random()
    )
    event = ImpressionEvent(
        at_ms=at_ms,
        view_id=view_id,
        link_number=link.link_number,
        link_id=link.link_id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=link.program_id,
        marks=int(marks),
        reason=nobody,
        subs={name: clean(said[name], _LONGEST_VALUE) for name in SUB_IDS if name in said},
        placement=clean(said.get("placement", link.placement), _LONGEST_VALUE),
        channel=clean(said.get("channel", link.channel), _LONGEST_VALUE),
        creative=clean(said.get("creative", ""), _LONGEST_VALUE),
        referrer=clean(request.header(b"referer"), _LONGEST_ADDRESS),
        user_agent=clean(request.header(b"user-agent"), _LONGEST_ADDRESS),
        address=request.address,
        language=clean(request.header(b"accept-language"), _LONGEST_VALUE),
    )
    station.counters.impressions += 1
    station.journal.write(event)
