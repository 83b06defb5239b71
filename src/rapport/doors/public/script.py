"""The script for a shop's own pages, under an address that stays."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from rapport.doors.access import public
from rapport.doors.ui.assets import DIST, manifest

_KEPT_S = 3_600


@require_safe
@public
def script(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps click ids; browsers ask again after an hour whether it changed."""
    file = manifest()["t.js"]
    answer = HttpResponse((DIST / file).read_bytes(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={_KEPT_S}"
    answer["ETag"] = etag = f'"{file}"'
    # Pages of another host load it: that is what it is for.
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    found = get_conditional_response(request, etag=etag, response=answer)
    return found if isinstance(found, HttpResponse) else answer
