"""How the pages of a program answer: inside its frame, or leading on to another of them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from rapport.apps.programs.models import Program


def lead_to(name: str, program: Program, *more: object) -> HttpResponse:
    """Lead to a page of a program with 303, so that the next request is a GET."""
    answer = HttpResponseRedirect(reverse(f"program:{name}", args=[program.id, *more]))
    answer.status_code = 303
    return answer
