"""A partner's own profile: the name that the program's team sees, and how one signs in."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.actions import change_person
from rapport.apps.identity.languages import spoken
from rapport.apps.identity.rights import Capability
from rapport.apps.record.errors import Refusal
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.portal.forms import ProfileForm
from rapport.doors.portal.frame import agreement_or_404, portal_page
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PORTAL_READ, post=Capability.PORTAL_WRITE)
def profile(request: Request, agreement_id: str) -> HttpResponse:
    """Show who one is here; change the name and the language."""
    agreement = agreement_or_404(request, agreement_id)
    form = ProfileForm(given(request), initial={"name": str(request.user), "language": spoken(get_language() or "")})
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("Kept."))
        answer = HttpResponseRedirect(reverse("portal:profile", args=[agreement.id]))
        answer.status_code = 303
        return answer
    return portal_page(request, "profile.html", agreement=agreement, status=422 if form.errors else 200, form=form)


def _changed(request: Request, form: ProfileForm) -> bool:
    try:
        person = change_person(person_id=request.actor.id, by=request.actor, at=now(), **form.cleaned_data)
    except Refusal as refusal:
        show_refusal(form, refusal)
        return False
    translation.activate(spoken(person.language))  # what is said next is said in the language that was chosen
    return True
