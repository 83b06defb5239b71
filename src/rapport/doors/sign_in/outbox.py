"""The outbox of a demo: mail with its codes, readable without signing in, on the machine itself and nowhere else."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.apps.delivery.queries import mail_is_sent, outbox
from rapport.doors.access import Request, public
from rapport.doors.ui.shell import focus_shell

SHOWN = 20
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SIGNS_OF_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")


@never_cache
@require_safe
@public
def demo_outbox(request: Request) -> HttpResponse:
    """Show the newest mail, so that a demo can be signed in to without a mail server; elsewhere there is no page."""
    if not is_open(request):
        raise Http404
    return render(request, "sign_in/outbox.html", focus_shell() | {"letters": outbox()[:SHOWN]})


def is_open(request: Request) -> bool:
    """Say whether this is a demo, without mail server, without public address, asked from the same machine.

    A proxy on the machine would make every caller look local, so any sign of one closes the page.
    """
    return (
        settings.DEMO
        and not mail_is_sent()
        and urlsplit(settings.PUBLIC_URL).hostname in _LOCAL_NAMES
        and request.get_host().rsplit(":", 1)[0].strip("[]") in _LOCAL_NAMES
        and ip_address(request.META["REMOTE_ADDR"]).is_loopback
        and not any(sign in request.META for sign in _SIGNS_OF_A_PROXY)
    )
