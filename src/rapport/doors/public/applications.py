"""The applicant's thread: how the application stands, what was asked, and the answer."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.apps.partners.models import Application
from rapport.apps.partners.queries import application_of
from rapport.apps.record.errors import Refusal
from rapport.apps.threads.queries import messages_of
from rapport.doors.access import given, public, show_refusal
from rapport.doors.public.forms import AnswerForm
from rapport.doors.public.limits import is_too_often, slow_down
from rapport.doors.ui.shell import Brand, public_shell
from rapport.flows import admission
from rapport.kit.clock import now

ANSWERS_AN_HOUR = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def application(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Show an application to whoever holds its mailed address, and take an answer."""
    row = application_of(slug=slug, secret=secret)
    form = AnswerForm(given(request))
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, what="answer", most=ANSWERS_AN_HOUR, at=now()):
            return slow_down(request)
        if _answered(row, form):
            answer = HttpResponseRedirect(reverse("public:application", args=[slug, secret]))
            answer.status_code = 303
            return answer
    context = {
        **public_shell(brand=Brand(row.program.name, url=reverse("public:program", args=[slug]))),
        "application": row,
        "messages_told": messages_of(row.id),
        "form": form,
        "zone": row.program.zone,
    }
    return render(request, "public/application.html", context, status=422 if form.errors else 200)


def _answered(row: Application, form: AnswerForm) -> bool:
    try:
        admission.answer(application=row, text=form.cleaned_data["answer"], at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
