"""What a page answers after something was asked of it: done, or refused with nothing lost."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from rapport.apps.record.errors import Refusal
from rapport.doors.access import show_refusal


def done(request: HttpRequest, words: str, *, name: str, at: tuple[str, ...]) -> HttpResponse:
    """Say what was done and lead to the page that shows it (303: the next request is a GET)."""
    messages.success(request, words)
    answer = HttpResponseRedirect(reverse(f"console:{name}", args=at))
    answer.status_code = 303
    return answer


def succeeded(form: Form, act: Callable[[], object]) -> bool:
    """Act if the form is filled in; a refusal goes to its fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
