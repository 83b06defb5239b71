"""Look where links lead: whether the page is there, whether the click id survives the way, whose host it ends on."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

from django.utils.translation import gettext as _

from rapport.apps.delivery.outgoing import outgoing
from rapport.apps.outages.actions import Concern, note_look
from rapport.apps.outages.models import OutageKind
from rapport.apps.outages.queries import open_outages, watch
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import links_of_program
from rapport.flows.alive.alarming import settle
from rapport.flows.alive.doors import BROWSER
from rapport.kit.outgoing import Limits, NotReached, Outgoing

MOST_LINKS = 20
"""Links that are looked at in one round; the next round goes on behind them."""

MOST_SECONDS = 60.0
MOST_STEPS = 5
PATIENCE = Limits(seconds=8.0)
A_CLICK_ID = "rapport-looks-at-this-link-00000"
"""Stands for a click id: as long as one, and none that was ever minted."""
GONE = 400


def watch_destinations(
    program: Program, *, at: datetime, way: Outgoing | None = None, elapsed: Callable[[], float] = monotonic
) -> int:
    """Look at the next links of a program and begin and end outages by where they lead; return how many.

    Slow pages of one program keep nobody else waiting: after `MOST_SECONDS` by the clock `elapsed` the rest is left
    for the next round.
    """
    name = f"destinations:{program.id}"
    last = watch(name)
    links = _next_links(program, str(last.data.get("behind", "")) if last else "")
    began, seen, known = elapsed(), list[Link](), dict[str, str]()
    for link in links:
        if seen and elapsed() - began > MOST_SECONDS:
            break
        if link.destination not in known:
            known[link.destination] = where_it_fails(link.destination, program, way=way or outgoing())
        problem = known[link.destination]
        figures = {"problem": problem, "code": link.code}
        settle(Concern(OutageKind.DESTINATION, program, link.id), ill=bool(problem), since=at, figures=figures, at=at)
        seen.append(link)
    _close_switched_off(program, at=at)
    is_all = len(seen) == len(links) < MOST_LINKS
    note_look(name=name, data={"behind": "" if is_all or not seen else seen[-1].id}, at=at)
    return len(seen)


def where_it_fails(destination: str, program: Program, *, way: Outgoing) -> str:
    """Follow an address as a visitor with a click id does; return a sentence where something is wrong, else nothing."""
    address = _with_click_id(destination, program.parameter)
    for _step in range(MOST_STEPS):
        try:
            answer = way.send("GET", address, headers={"user-agent": BROWSER}, limits=PATIENCE)
        except NotReached:
            return _("%(address)s does not answer.") % {"address": _bare(address)}
        if answer.status >= GONE:
            return _("%(address)s answers with %(status)s.") % {"address": _bare(address), "status": answer.status}
        if answer.is_success or "location" not in answer.headers:
            return _end(address, program)
        try:
            address = urljoin(address, answer.headers["location"])
            urlsplit(address)
        except ValueError:
            return _("%(address)s leads on to what is no address.") % {"address": _bare(address)}
    return _("%(address)s leads on again and again.") % {"address": _bare(destination)}


def _end(address: str, program: Program) -> str:
    """Judge where the way ended: on a host of the program's, with the click id."""
    parts = urlsplit(address)
    if parts.netloc.lower() not in _hosts(program):
        return _("It ends on %(host)s, which is no host of the program.") % {"host": parts.netloc}
    if A_CLICK_ID not in parse_qs(parts.query).get(program.parameter, []):
        return _("A redirect on the way to %(address)s drops the click id.") % {"address": _bare(address)}
    return ""


def _hosts(program: Program) -> frozenset[str]:
    landing = urlsplit(program.landing_url).netloc
    return frozenset(host.lower() for host in (*program.hosts, landing) if host)


def _with_click_id(destination: str, parameter: str) -> str:
    parts = urlsplit(destination)
    query = "&".join(filter(None, (parts.query, urlencode({parameter: A_CLICK_ID}))))
    return urlunsplit(parts._replace(query=query))


def _bare(address: str) -> str:
    """Return an address without its query, which may carry what concerns nobody."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))[:120]


def _next_links(program: Program, behind: str) -> list[Link]:
    rows = links_of_program(program.id).filter(active=True).order_by("id")
    return list((rows.filter(id__gt=behind) if behind else rows)[:MOST_LINKS])


def _close_switched_off(program: Program, *, at: datetime) -> None:
    """End the outages of links that nobody can follow any more."""
    rows = open_outages(program.id).filter(kind=OutageKind.DESTINATION)
    ids = [row.subject for row in rows]
    living = set(links_of_program(program.id).filter(pk__in=ids, active=True).values_list("id", flat=True))
    for gone in set(ids) - living:
        settle(Concern(OutageKind.DESTINATION, program, gone), ill=False, since=at, figures={}, at=at)
