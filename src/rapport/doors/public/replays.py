"""A replay shown to whoever holds its link: read only, and with the names of partners only where its maker said so."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.apps.identity.errors import NotFound
from rapport.apps.partners.queries import agreements_of
from rapport.doors.access import public
from rapport.doors.ui.replay_rows import Reader
from rapport.doors.ui.replays import anonymous, shown_replay
from rapport.doors.ui.shell import Brand, public_shell
from rapport.flows.replaying.result import from_document
from rapport.flows.replaying.sharing import opened_share
from rapport.kit.clock import now


@never_cache
@require_safe
@public
def replay(request: HttpRequest, token: str) -> HttpResponse:
    """Show a shared replay."""
    share = opened_share(token, at=now())
    program = share.replay.program
    if share.replay.answer is None:
        raise NotFound
    replayed = from_document(share.replay.answer)
    named = {row.id: row.partner.name for row in agreements_of(program.id)}
    context = {
        **public_shell(brand=Brand(program.name)),
        "program_row": program,
        "share": share,
        "shown": shown_replay(
            replayed, Reader(named if share.shows_names else anonymous(replayed)), by=request.GET.get("by", "")
        ),
        "zone": program.zone,
    }
    answer = render(request, "public/replay.html", context)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
