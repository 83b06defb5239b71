"""How a shop reports its orders: ready lines to copy, postback secrets, and a test order."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.rights import Capability
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import IssuedSecret, issue_postback_secret, revoke_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.apps.tracking.queries import postback_secrets_of
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.doors.console.program.recipes import recipes_of
from rapport.flows.trial import TrialInput, send_trial
from rapport.kit.clock import now

_TRIAL_FIELDS = {"click_ids": "click_id", "click_ids.0": "click_id", "coupons": "coupon", "coupons.0": "coupon"}


class SecretForm(forms.Form):
    """How postbacks are to prove themselves."""

    way = forms.ChoiceField(
        label=gettext_lazy("Postbacks prove themselves by"), choices=PostbackWay.choices, widget=forms.RadioSelect
    )


class TrialForm(forms.Form):
    """A test order."""

    total = forms.CharField(label=gettext_lazy("Amount"), max_length=24, initial="100.00")
    kind = forms.CharField(label=gettext_lazy("Kind"), max_length=32, initial="sale")
    click_id = forms.CharField(label=gettext_lazy("Click id"), max_length=128, required=False)
    coupon = forms.CharField(label=gettext_lazy("Code"), max_length=64, required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_WRITE)
def integration(request: Request, program_id: str) -> HttpResponse:
    """Show how to connect; issue a postback secret, whose text stands on this answer and nowhere else."""
    program = program_or_404(request, program_id)
    form, issued = SecretForm(given(request)), None
    if request.method == "POST" and form.is_valid():
        way = PostbackWay(form.cleaned_data["way"])
        issued = issue_postback_secret(program_id=program.id, way=way, by=request.actor, at=now())
    return _page(request, program, form=form, issued=issued)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def revoke(request: Request, program_id: str, secret_id: str) -> HttpResponse:
    """Stop taking postbacks that prove themselves by this secret."""
    program = program_or_404(request, program_id)
    secret = get_object_or_404(postback_secrets_of(program.id), pk=secret_id)
    revoke_postback_secret(secret_id=secret.id, by=request.actor, at=now())
    messages.success(request, _("Postbacks with this secret are refused from now on."))
    return lead_to("integration", program)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def send_test(request: Request, program_id: str) -> HttpResponse:
    """Report a test order and lead to it: who would earn, and why."""
    program = program_or_404(request, program_id)
    form = TrialForm(request.POST)
    conversion = _tried(request, program, form) if form.is_valid() else None
    if conversion is None:
        return _page(request, program, form=SecretForm(), trial_form=form)
    messages.success(request, _("The test order has arrived. It is judged like a real one and booked nowhere."))
    answer = HttpResponseRedirect(reverse("console:conversion", args=[program.id, conversion.id]))
    answer.status_code = 303
    return answer


def _tried(request: Request, program: Program, form: TrialForm) -> Conversion | None:
    try:
        trial = read_input(TrialInput, form.cleaned_data)
        return send_trial(program=program, given=trial, by=request.actor, at=now())
    except Refusal as refusal:
        placed = {_TRIAL_FIELDS.get(name, name): sentence for name, sentence in refusal.fields.items()}
        show_refusal(form, Refusal(refusal.sentence, fields=placed))
        return None


def _page(
    request: Request,
    program: Program,
    *,
    form: SecretForm,
    issued: IssuedSecret | None = None,
    trial_form: TrialForm | None = None,
) -> HttpResponse:
    is_refused = bool(form.errors or (trial_form and trial_form.errors))
    return program_page(
        request,
        "program/integration.html",
        program=program,
        status=422 if is_refused else 200,
        form=SecretForm() if issued else form,
        issued=issued,
        secrets=postback_secrets_of(program.id),
        recipes=recipes_of(program, issued=issued),
        trial_form=trial_form or TrialForm(),
        edge=settings.EDGE_URL,
    )
