"""The applicant's thread: how the application stands, what was asked, and the answer."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.partners.models import Application
from rapport.apps.partners.queries import application_of, proof_of, rules_of
from rapport.apps.record.errors import Refusal
from rapport.apps.threads.queries import messages_of
from rapport.doors.access import given, public, show_refusal
from rapport.doors.public.forms import AnswerForm
from rapport.doors.public.limits import is_too_often, slow_down
from rapport.doors.ui.shell import Brand, public_shell
from rapport.flows import admission
from rapport.flows.letting_in import rules_in_words
from rapport.flows.proving import is_being_checked, ways_of
from rapport.flows.proving_orders import order_check
from rapport.kit.clock import now

ANSWERS_AN_HOUR = 30
CHECKS_AN_HOUR = 20


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
    at = now()
    proof = proof_of(row.id)
    context = {
        **public_shell(brand=Brand(row.program.name, url=reverse("public:program", args=[slug]))),
        "application": row,
        "messages_told": messages_of(row.id),
        "form": form,
        "zone": row.program.zone,
        "answer_by": admission.answer_by(row),
        "answer_if_now": at + admission.answer_within(row.program),
        "is_late": admission.answer_by(row) < at,
        "proof": proof,
        "prove_url": reverse("public:prove", args=[slug, secret]),
        "ways": ways_of(row, proof.code) if proof else None,
        "lets_in": rules_in_words(rules_of(row.program)),
        "is_checked": is_being_checked(proof),
    }
    return render(request, "public/application.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@public
def prove(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """Take the applicant's word that the code is in place, and let the worker look."""
    row = application_of(slug=slug, secret=secret)
    if is_too_often(request, what="prove", most=CHECKS_AN_HOUR, at=now()):
        return slow_down(request)
    order_check(row, at=now())
    answer = HttpResponseRedirect(reverse("public:application", args=[slug, secret]))
    answer.status_code = 303
    return answer


def _answered(row: Application, form: AnswerForm) -> bool:
    try:
        admission.answer(application=row, text=form.cleaned_data["answer"], at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
