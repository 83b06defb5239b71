"""The applicant's thread: how the application stands, what was asked, and the answer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.apps.partners.models import Application
from rapport.apps.partners.queries import application_of
from rapport.apps.record.errors import Refusal
from rapport.apps.threads.queries import messages_of
from rapport.doors.access import public, show_refusal
from rapport.doors.public.forms import AnswerForm
from rapport.doors.ui.shell import Brand, public_shell
from rapport.flows import admission
from rapport.kit.clock import now


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def application(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Show an application to whoever holds its mailed address, and take an answer."""
    row = application_of(slug=slug, secret=secret)
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _answered(row, form):
            return redirect("public:application", slug, secret)
        status = 422
    context = {
        **public_shell(brand=Brand(row.program.name, url=f"/p/{slug}")),
        "application": row,
        "messages_told": messages_of(row.id),
        "form": form,
        "zone": row.program.zone,
    }
    return render(request, "public/application.html", context, status=status)


def _answered(row: Application, form: AnswerForm) -> bool:
    try:
        admission.answer(application=row, text=form.cleaned_data["answer"], at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
