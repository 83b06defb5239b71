"""Who comes in without a person: the rules of a program for applicants."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability, can
from rapport.apps.partners.actions import change_rules
from rapport.apps.partners.inputs import MOST_ANSWER_DAYS, RulesInput
from rapport.apps.partners.queries import rules_of
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, given
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.flows.letting_in import approved_by_rules
from rapport.kit.clock import now

SHOWN = 20


class RulesForm(forms.Form):
    """Which applicants come in without a person."""

    verified_site = forms.BooleanField(
        label=gettext_lazy("Whoever proves that the site is theirs"),
        required=False,
        help_text=gettext_lazy("By a TXT record, a file or a meta tag; the applicant's page shows how."),
    )
    verified_profile = forms.BooleanField(
        label=gettext_lazy("Whoever proves that the profile is theirs"),
        required=False,
        help_text=gettext_lazy("By a code in the text of an account on a network such as YouTube."),
    )
    known_customer = forms.BooleanField(
        label=gettext_lazy("Customers of the shop"),
        required=False,
        help_text=gettext_lazy(
            "Somebody with this mail address has an order that stands, as reported or as a connected shop knows it."
        ),
    )
    answer_days = forms.IntegerField(
        label=gettext_lazy("Everybody else has an answer within so many days"),
        min_value=1,
        max_value=MOST_ANSWER_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("Applicants read the day, and so do you: from 1 to 30."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.PROGRAM_WRITE)
def approval(request: Request, program_id: str) -> HttpResponse:
    """Show the rules and whom they let in lately; change them."""
    program = program_or_404(request, program_id)
    rules = rules_of(program)
    form = RulesForm(given(request), initial={name: getattr(rules, name) for name in RulesForm.base_fields})
    if request.method == "POST" and form.is_valid():
        change_rules(program=program, given=read_input(RulesInput, form.cleaned_data), by=request.actor, at=now())
        messages.success(request, _("The rules hold for everybody who applies from now on."))
        return lead_to("approval", program)
    return program_page(
        request,
        "program/approval.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
        let_in=approved_by_rules(program.id, most=SHOWN),
    )
