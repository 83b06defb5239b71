"""Setting something aside that waits in vain, and letting it wait again: the same for receipts and corrections."""

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext as _

from rapport.apps.conversions.actions import set_aside, take_up_again
from rapport.apps.conversions.models import Correction, Receipt
from rapport.doors.access import Request
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.forms import AsideForm
from rapport.kit.clock import now


def put_row_aside(request: Request, row: Receipt | Correction, *, page: str) -> HttpResponse | Form:
    """Do what was asked and lead back to the page of the row, or return the form with what is wrong in it."""
    place = (row.program_id, row.id)
    if request.POST.get("again"):
        take_up_again(row=row, by=request.actor, at=now())
        return done(request, _("It waits again."), name=page, at=place)
    form = AsideForm(request.POST)

    def act() -> None:
        set_aside(row=row, reason=form.cleaned_data["reason"], by=request.actor, at=now())

    if succeeded(form, act):
        return done(request, _("Set aside; it stays in this list."), name=page, at=place)
    return form
