"""What pages say of the demo: how far it is built, how to begin for real, and from where its people may sign in."""

from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rapport.apps.identity.models import Person
from rapport.apps.record.errors import Refusal
from rapport.doors.access import Request, public
from rapport.doors.ui.shell import focus_shell
from rapport.flows.demo.building import building

OWN_PROGRAM = ".venv/bin/rapport up --data ./data"
DEMO_PEOPLE = "@demo.example"
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SIGNS_OF_A_PROXY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")


class DemoPersonFromElsewhere(Refusal):
    """Everybody knows the password of the people of a demo."""

    code = "demo_person_from_elsewhere"

    def __init__(self) -> None:
        """Say where it works."""
        super().__init__(
            _("The people of the demo sign in on the machine that runs it, at localhost, and from nowhere else.")
        )


@dataclass(frozen=True, slots=True)
class DemoNote:
    """What pages of a demo say; `percent` while it is built."""

    percent: int | None


def demo_note(_request: HttpRequest) -> dict[str, object]:
    """Give every page the note about the demo; nothing elsewhere."""
    return {"demo": _note()} if settings.DEMO else {}


@never_cache
@require_safe
@public
def demo_building(request: Request) -> HttpResponse:
    """Say how far the demo is built; the page is asked for once more when it is done."""
    if not settings.DEMO:
        raise Http404
    note = _note()
    answer = render(request, "sign_in/demo_building.html", {"demo": note})
    if note.percent is None:
        answer["HX-Refresh"] = "true"
    return answer


@require_safe
@public
def own_program(request: Request) -> HttpResponse:
    """Say how to begin with a program of one's own, beside the demo."""
    if not settings.DEMO:
        raise Http404
    return render(request, "sign_in/own_program.html", focus_shell() | {"command": OWN_PROGRAM})


def check_person(request: HttpRequest, person: Person) -> None:
    """Refuse people of a demo from anywhere but the machine itself, also when its folder is served without the demo."""
    if person.email.endswith(DEMO_PEOPLE) and not is_local(request):
        raise DemoPersonFromElsewhere


def is_local(request: HttpRequest) -> bool:
    """Say whether a request comes from the machine itself.

    A proxy on the machine would make every caller look local, so any sign of one says no.
    """
    return (
        request.get_host().rsplit(":", 1)[0].strip("[]") in LOCAL_NAMES
        and ip_address(request.META["REMOTE_ADDR"]).is_loopback
        and not any(sign in request.META for sign in _SIGNS_OF_A_PROXY)
    )


def _note() -> DemoNote:
    state = building()
    return DemoNote(state.percent if state and not state.done else None)
