"""What the destinations of a program's links say of where a visit came from: one template for all of them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.inputs import TagsInput
from rapport.apps.tracking.queries import tags_of
from rapport.apps.tracking.tags import tag_links
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.kit.clock import now


class TagField(forms.CharField):
    """The value of one parameter."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - the words of any field of texts
        """Leave it open whether it is given, and let no keyboard mend it."""
        plain = forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false"})
        super().__init__(max_length=200, required=False, widget=plain, **given)


class TagsForm(forms.Form):
    """The five that shops' statistics read."""

    utm_source = TagField(
        label="utm_source", help_text=gettext_lazy("Who sent the visitor, such as: partners or {partner}.")
    )
    utm_medium = TagField(label="utm_medium", help_text=gettext_lazy("How, such as: affiliate or {channel}."))
    utm_campaign = TagField(
        label="utm_campaign", help_text=gettext_lazy("For what, such as: {program} or {placement}.")
    )
    utm_term = TagField(label="utm_term")
    utm_content = TagField(label="utm_content", help_text=gettext_lazy("What was clicked, such as: {link} or {sub1}."))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.PROGRAM_WRITE)
def tags(request: Request, program_id: str) -> HttpResponse:
    """Show the template, change it."""
    program = program_or_404(request, program_id)
    known = tags_of(program.id)
    form = TagsForm(given(request), initial={name: getattr(known, name) for name in TagsForm.base_fields})
    if request.method == "POST" and form.is_valid() and _tagged(request, program, form):
        messages.success(request, _("Links lead on with it within seconds."))
        return lead_to("tags", program)
    return program_page(
        request,
        "program/tags.html",
        program=program,
        status=422 if form.errors else 200,
        form=form,
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
    )


def _tagged(request: Request, program: Program, form: TagsForm) -> bool:
    try:
        wanted = read_input(TagsInput, form.cleaned_data)
        tag_links(program_id=program.id, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    return True
