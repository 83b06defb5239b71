"""The page of people: how many different ones came each day, which the number of clicks does not tell."""

from datetime import timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.partners.queries import agreements_of
from rapport.doors.access import Request, allow
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.ui.charts import Series, bars
from rapport.flows.reporting import Period
from rapport.kit.clock import now
from rapport.lake.questions import lake_at

SPANS = {"7": 7, "30": 30, "90": 90}
USUAL_SPAN = "30"


@require_safe
@allow(Capability.LINK_READ)
def people(request: Request, program_id: str) -> HttpResponse:
    """Show how many different people came on each of the last days (`?days=`), maybe through one partner alone."""
    program = program_or_404(request, program_id)
    span = request.GET.get("days", "")
    span = span if span in SPANS else USUAL_SPAN
    agreement = agreements_of(program.id).filter(pk=request.GET.get("partner", "")).first()
    today = now().astimezone(ZoneInfo(program.zone)).date()
    first = today - timedelta(days=SPANS[span] - 1)
    period = Period(program, first, today, agreement.id if agreement else None)
    days = lake_at(settings.LAKE_FOLDER).people_per_day(period.visits, program.zone)
    return program_page(
        request,
        "clicks/people.html",
        program=program,
        days=days,
        anybody=any(day.everybody for day in days),
        usual=median_low(day.people for day in days),
        most=max(day.people for day in days),
        chart=bars(
            labels=[date_format(day.day, "j M") for day in days],
            series=[
                Series(_("People"), tuple(day.people for day in days)),
                Series(_("With bots"), tuple(day.everybody for day in days)),
            ],
        ),
        spans=list(SPANS),
        span=span,
        agreement=agreement,
    )
