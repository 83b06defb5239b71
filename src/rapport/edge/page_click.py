"""The road of a visit that a page tells of: whose page? → an old code? → mint → write down → remember, if we may.

A partner's old address at the shop itself, `?ref=anna`, never meets us on its way. The page asks for its click, so that
it travels on as one: signed, with its moment, and not as a code that anybody may write.
"""

from rapport.edge import answers, click, page
from rapport.edge.answers import Answer
from rapport.edge.page import Page
from rapport.edge.request import Request
from rapport.edge.station import Station
from rapport.wire import clickid
from rapport.wire.aliases import texts_of
from rapport.wire.clickid import ClickId


def remember(request: Request, station: Station) -> Answer:
    """Answer with the click of this visit and those before it; keep them in a cookie only where `consent` is 1.

    `name` and `value` are a parameter of the page's address that may be a partner's old code, `click` a click id that
    the address brought, `referrer` where the visitor came from. `consent` 0 takes the cookie away.
    """
    asker = page.read(request, station)
    if asker is None:
        return answers.problem(403, "This page is on no host of the program.", field="program")
    new = _brought(asker, station) or _minted(asker, request, station)
    known = page.remembered(request, asker.program)
    ids = tuple(dict.fromkeys((new, *known) if new else known))
    return page.data(asker, {"click": new or next(iter(ids), "")}, set_cookie=_cookie(asker, request, ids, station))


def _brought(asker: Page, station: Station) -> str:
    """Return the click id that the page's address brought, if it is one of this program's."""
    keys = station.book.keys()
    told = clickid.read(asker.said.get("click", ""), keys=keys.by_number()) if keys else None
    return told.text if isinstance(told, ClickId) else ""


def _minted(asker: Page, request: Request, station: Station) -> str:
    """Mint a click for the link that a parameter leads to, as an old address or as a code of ours; else nothing."""
    name, value = asker.said.get("name", ""), asker.said.get("value", "")
    if not name or not value:
        return ""
    code = _code([text for text in texts_of("", {name: value}) if text], asker, station) or value.lower()
    route = station.route(code)
    if route is None or route.link.program_id != asker.program.program_id:
        return ""
    return click.write_down_from_page(request, route, station, said=asker.said)


def _code(texts: list[str], asker: Page, station: Station) -> str | None:
    for text in texts:
        for place in (asker.host.removeprefix("www."), asker.program.program_id):
            code = station.book.code_of_alias(place, text)
            if code is not None:
                return code
    return None


def _cookie(asker: Page, request: Request, ids: tuple[str, ...], station: Station) -> str:
    """Return the cookie to set: none without a word about consent, an empty one where it was refused."""
    secure, consent = station.settings.secure_cookies, asker.said.get("consent")
    if consent == "0" and page.remembered(request, asker.program):
        return page.cookie_for(asker, request, (), secure=secure)
    return page.cookie_for(asker, request, ids, secure=secure) if consent == "1" and ids else ""
