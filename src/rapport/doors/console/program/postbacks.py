"""How a program's postbacks are read: the profile of a system, names of one's own, a line to paste, a line to try."""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.conversions.actions import choose_profile
from rapport.apps.conversions.inputs import PROFILE_TARGETS, ConversionInput, CorrectionInput, ProfileInput
from rapport.apps.conversions.postback import read_postback
from rapport.apps.conversions.profiles import PROFILES, Profile
from rapport.apps.conversions.queries import profile_of, reading_of
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, given, show_refusal
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.program.pages import lead_to
from rapport.flows.offers import load_offer
from rapport.kit.clock import now, to_ms
from rapport.wire.events import PostbackEvent

_OURS = {"event": "kind"}
_LONGEST_LINE = 20_000
_SECRETS = frozenset({"token", "verification_token", "security_token", "secure"})


class ProfileForm(forms.Form):
    """Which system's names the postbacks use."""

    profile = forms.ChoiceField(
        label=gettext_lazy("Written as by"), choices=[(one.slug, one.title) for one in PROFILES.values()]
    )
    names = forms.CharField(
        label=gettext_lazy("Names of your own"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("One a line, such as adv1 = customer_id. Nothing behind = leaves a name unread."),
    )
    secret = forms.CharField(
        label=gettext_lazy("ClickBank’s secret key"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "For ClickBank alone: its notifications are encrypted with it. Empty keeps the known one."
        ),
    )


class TrialLineForm(forms.Form):
    """A line to try."""

    line = forms.CharField(
        label=gettext_lazy("A line, or a JSON body"),
        max_length=_LONGEST_LINE,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=gettext_lazy("Nothing is kept: you see what would be read."),
    )


@dataclass(frozen=True, slots=True)
class Tried:
    """What a tried line would be read as: our fields with their values, what is left unread, and what it would do."""

    sentence: str
    fields: list[tuple[str, str]]
    unread: tuple[str, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PROGRAM_READ, post=Capability.PROGRAM_WRITE)
def postbacks(request: Request, program_id: str) -> HttpResponse:
    """Show how postbacks are read, and change it."""
    program = program_or_404(request, program_id)
    form = ProfileForm(given(request), initial=_initial(program))
    if request.method == "POST" and form.is_valid() and _chosen(request, program, form):
        messages.success(request, _("Postbacks that arrive from now on are read this way."))
        return lead_to("postbacks", program)
    return _page(request, program, form=form)


@require_POST
@allow(Capability.PROGRAM_WRITE)
def try_postback(request: Request, program_id: str) -> HttpResponse:
    """Show what a line would be read as; nothing is kept."""
    program = program_or_404(request, program_id)
    form = TrialLineForm(request.POST)
    tried = None
    if form.is_valid():
        try:
            tried = _tried(program, form.cleaned_data["line"])
        except Refusal as refusal:
            told = [f"{name}: {sentence}" for name, sentence in refusal.fields.items() if name]
            show_refusal(form, Refusal(refusal.sentence, fields={"line": " ".join(told)} if told else {}))
    return _page(request, program, form=ProfileForm(None, initial=_initial(program)), trial=form, tried=tried)


def _initial(program: Program) -> dict[str, str]:
    row = profile_of(program.id)
    if row is None:
        return {"profile": "rapport"}
    names = "\n".join(f"{theirs} = {ours}".strip() for theirs, ours in row.names.items())
    return {"profile": row.profile, "names": names}


def _chosen(request: Request, program: Program, form: ProfileForm) -> bool:
    try:
        wanted = read_input(ProfileInput, form.cleaned_data)
        choose_profile(program=program, given=wanted, by=request.actor, at=now())
    except Refusal as refusal:
        # What is wrong about a line belongs to the field that holds all of them.
        show_refusal(form, Refusal(refusal.sentence, fields={name or "names": t for name, t in refusal.fields.items()}))
        return False
    return True


def _tried(program: Program, line: str) -> Tried:
    at = now()
    event = _event(program, line.strip(), at_ms=to_ms(at))
    told = read_postback(event, currency=program.currency, reading=reading_of(program.id))
    if told.report is None:
        return Tried(_("This tells of no order, so there is nothing to do."), [], ())
    frame = load_offer(program.id).frame
    if isinstance(told.report, ConversionInput):
        read_conversion(told.report, frame=frame, received_at=at)
        sentence = _("An order.") if told.confirmed else _("An order that is held until it is confirmed.")
    elif isinstance(told.report, CorrectionInput):
        read_correction(told.report, frame=frame, received_at=at)
        sentence = _("A correction: what it names is taken from the order.")
    else:
        sentence = _("An edit: the order comes to this amount from now on.")
    fields = told.report.model_dump(mode="json", exclude_unset=True).items()
    return Tried(sentence, [(name, _shown(value)) for name, value in fields], told.unread)


def _event(program: Program, line: str, *, at_ms: int) -> PostbackEvent:
    """Return what the edge would write down of a line: an address, what stands behind its question mark, or JSON."""
    params, body = {}, None
    if line.startswith("{"):
        params, body = _json_fields(line), line
    else:
        query = urlsplit(line).query if "?" in line else line
        params = dict(parse_qsl(query, keep_blank_values=True))
    plain = {name: value for name, value in params.items() if name not in _SECRETS}
    return PostbackEvent(receipt_id="", at_ms=at_ms, program_id=program.id, auth="token", params=plain, body=body)


def _json_fields(line: str) -> dict[str, str]:
    try:
        document = json.loads(line, parse_float=str, parse_int=str)
    except ValueError:
        sentence = _("This is no valid JSON.")
        raise Refusal(sentence, fields={"line": sentence}) from None
    return {name: str(value) for name, value in document.items() if isinstance(value, str)}


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _page(
    request: Request,
    program: Program,
    *,
    form: ProfileForm,
    trial: TrialLineForm | None = None,
    tried: Tried | None = None,
) -> HttpResponse:
    is_refused = bool(form.errors or (trial and trial.errors))
    profile = PROFILES[_initial(program)["profile"]]
    return program_page(
        request,
        "program/postbacks.html",
        program=program,
        status=422 if is_refused else 200,
        form=form,
        trial=trial or TrialLineForm(initial={"line": profile.example.replace("{click}", "…")}),
        tried=tried,
        profile=profile,
        example=example_of(profile),
        receipt_address=f"{settings.PUBLIC_URL}{reverse('receipt')}",
        names=[(name, _OURS.get(ours, ours)) for name, ours in profile.names.items()],
        statuses=[(word, status) for word, status in profile.statuses.items()],
        targets=PROFILE_TARGETS,
        may_write=can(request.actor, Capability.PROGRAM_WRITE, program),
    )


def example_of(profile: Profile) -> str:
    """Return a line to paste into the other system, or the body that it sends to our address."""
    address = f"{settings.EDGE_URL}/pb?token=pbt_…"
    line = profile.example.replace("{click}", "{click_id}")
    return f"POST {address}\n\n{line}" if line.startswith("{") else f"{address}&{line}"
