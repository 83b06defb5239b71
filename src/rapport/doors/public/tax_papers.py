"""Papers handed in by whoever holds a mailed address: it takes them in and shows nothing of what is on file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import FormInput, ProfileInput
from rapport.domain.tax import Lack
from rapport.doors.access import public
from rapport.doors.public.limits import is_too_often, slow_down
from rapport.doors.ui.shell import Brand, public_shell
from rapport.doors.ui.taxes import PaperForms, acted, paper_forms, posted
from rapport.flows.tax_links import Opened, opened_link
from rapport.flows.tax_papers import lack_words, lacks_of, self_billing_text
from rapport.kit.clock import now

PAPERS_AN_HOUR = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def tax_papers(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is missing to whoever holds a mailed address, and take it in."""
    opened = opened_link(token)
    forms = paper_forms(request, profile=None, wanted="")
    if request.method == "POST" and is_too_often(request, what="papers", most=PAPERS_AN_HOUR, at=now()):
        return slow_down(request)
    if request.method == "POST" and _taken(request, opened, forms):
        messages.success(request, _("Received, thank you."))
        answer = HttpResponseRedirect(reverse("public:tax-papers", args=[token]))
        answer.status_code = 303
        return answer
    agreement, words = opened.agreement, lack_words()
    lacks = lacks_of(agreement, at=now())
    context = {
        **public_shell(brand=Brand(agreement.program.name)),
        "agreement": agreement,
        "lacks": [words[lack] for lack in lacks],
        "asked": True,
        "wants_profile": bool({Lack.PROFILE, Lack.VAT_ID} & set(lacks)),
        "wants_number": Lack.TAX_NUMBER in lacks,
        "wants_form": bool({Lack.W9, Lack.W8, Lack.W8_EXPIRED} & set(lacks)),
        "wants_billing": Lack.SELF_BILLING in lacks,
        "billing_text": self_billing_text(agreement).splitlines(),
        "profile_form": forms.profile,
        "file_form": forms.file,
    }
    return render(request, "public/tax_papers.html", context, status=forms.status)


def _taken(request: HttpRequest, opened: Opened, forms: PaperForms) -> bool:
    agreement, by, at = opened.agreement, opened.actor, now()
    organisation_id = agreement.partner.organisation_id

    def enter() -> None:
        given = read_input(ProfileInput, forms.profile.cleaned_data)
        actions.enter_profile(organisation_id=organisation_id, given=given, by=by, at=at)

    def receive() -> None:
        given = read_input(FormInput, forms.file.given)
        actions.receive_form(organisation_id=organisation_id, given=given, by=by, at=at)

    if posted(request, "profile"):
        return acted(forms.profile, enter)
    if posted(request, "form"):
        return acted(forms.file, receive)
    return posted(request, "self_billing") and _agreed(opened)


def _agreed(opened: Opened) -> bool:
    agreement = opened.agreement
    try:
        actions.agree_to_self_billing(
            agreement=agreement,
            text=self_billing_text(agreement),
            language=get_language() or "en",
            by=opened.actor,
            at=now(),
        )
    except Refusal:
        return False
    return True
