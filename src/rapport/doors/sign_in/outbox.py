"""The outbox of a demo: mail with its codes, readable without signing in, on the machine itself and nowhere else."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.apps.delivery.queries import mail_is_sent, outbox
from rapport.doors.access import Request, public
from rapport.doors.sign_in.demo import LOCAL_NAMES, is_local
from rapport.doors.ui.shell import focus_shell

SHOWN = 20


@never_cache
@require_safe
@public
def demo_outbox(request: Request) -> HttpResponse:
    """Show the newest mail, so that a demo can be signed in to without a mail server; elsewhere there is no page."""
    if not is_open(request):
        raise Http404
    return render(request, "sign_in/outbox.html", focus_shell() | {"letters": outbox()[:SHOWN]})


def is_open(request: Request) -> bool:
    """Say whether this is a demo, without mail server, without public address, asked from the same machine."""
    public_name = urlsplit(settings.PUBLIC_URL).hostname
    return settings.DEMO and not mail_is_sent() and public_name in LOCAL_NAMES and is_local(request)
