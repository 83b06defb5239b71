"""Where a program's money comes from, rail by rail: entered, tried, no longer used."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.apps.identity.rights import Capability, can
from rapport.apps.payouts.account_inputs import RAILS_WITH_ACCOUNT, AccountInput
from rapport.apps.payouts.actions import change_account, forget_account
from rapport.apps.payouts.models import MethodKind
from rapport.apps.payouts.queries import account_in_use
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.doors.access import Request, allow, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paying.account_forms import form_of_account, hook_of, typed_before
from rapport.flows.calling import try_account
from rapport.kit.clock import now


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.PAYOUT_READ, post=Capability.PAYOUT_WRITE)
def account(request: Request, program_id: str, kind: str) -> HttpResponse:
    """Show where money comes from on one rail, and change it."""
    program, wanted = _found(request, program_id, kind)
    row = account_in_use(program.id, wanted)
    may_write = can(request.actor, Capability.PAYOUT_WRITE, program)
    form = form_of_account(wanted, given(request), initial=typed_before(row) if may_write else {}, is_new=row is None)

    def act() -> None:
        told = read_input(AccountInput, form.cleaned_data)
        change_account(program=program, kind=wanted, given=told, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        return done(request, _("Kept."), name="rail-account", at=(program.id, kind))
    hook = hook_of(row) if may_write else ""
    return program_page(
        request,
        "payouts/account.html",
        program=program,
        status=422 if form.errors else 200,
        kind=wanted,
        row=row,
        form=form,
        hook=request.build_absolute_uri(reverse("public:paypal-hook", args=[program.id, hook])) if hook else "",
        may_write=may_write,
    )


@require_POST
@allow(Capability.PAYOUT_WRITE)
def try_it(request: Request, program_id: str, kind: str) -> HttpResponse:
    """Ask PayPal whether it knows the credentials."""
    program, wanted = _found(request, program_id, kind)
    row = account_in_use(program.id, wanted)
    if row is None or wanted != MethodKind.PAYPAL:
        raise Http404(_("There is nothing to try."))
    try_account(row)
    return done(request, _("PayPal knows these credentials."), name="rail-account", at=(program.id, kind))


@require_POST
@allow(Capability.PAYOUT_WRITE)
def forget(request: Request, program_id: str, kind: str) -> HttpResponse:
    """Stop using an account."""
    program, wanted = _found(request, program_id, kind)
    forget_account(program=program, kind=wanted, by=request.actor, at=now())
    return done(request, _("No longer used."), name="payout-settings", at=(program.id,))


def _found(request: Request, program_id: str, kind: str) -> tuple[Program, MethodKind]:
    program = program_or_404(request, program_id)
    if kind not in RAILS_WITH_ACCOUNT:
        raise Http404(_("Nothing is set up for this way of paying."))
    return program, MethodKind(kind)
