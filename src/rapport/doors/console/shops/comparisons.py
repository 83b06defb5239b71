"""Pages of comparisons: the shop's list of orders beside ours, repaired with one press."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.shops.models import Comparison, Difference, Fate, Shop
from rapport.apps.shops.queries import comparisons_of, differences_of, shops_of
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of, place_of
from rapport.flows.shops.comparing import repair_all
from rapport.flows.shops.ordering import order_comparison
from rapport.kit.clock import now

MOST_AT_ONCE = 500


class DaysForm(forms.Form):
    """Of which days the orders are compared."""

    from_on = forms.DateField(label=lazy("From"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    until_on = forms.DateField(
        label=lazy("Until, that day included"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )


@require_POST
@allow(Capability.CONVERSION_REPORT)
def compare(request: Request, program_id: str, shop_id: str) -> HttpResponse:
    """Compare the orders of some days, or of the last weeks when none are given."""
    program, shop = _found(request, program_id, shop_id)
    form = DaysForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give days such as 2026-05-04."))
        return done(request, _("Nothing was compared."), name="shop", at=(program.id, shop.id))
    at = now()
    from_at, until_at = _span(form, program, at=at)
    made = order_comparison(shop, from_at=from_at, until_at=until_at, by=request.actor, at=at)
    return done(request, _("The shop’s list is being read."), name="shop-comparison", at=(program.id, shop.id, made.id))


@require_safe
@allow(Capability.CONVERSION_READ)
def comparison(request: Request, program_id: str, shop_id: str, comparison_id: str) -> HttpResponse:
    """Show what a comparison found: there, not here; here, not there; differs."""
    program, shop = _found(request, program_id, shop_id)
    row = find_or_404(request, comparisons_of(shop.id), pk=comparison_id)
    rows = differences_of(row.id)
    chosen = request.GET.get("fate", "")
    if chosen in Fate.values:
        rows = rows.filter(fate=chosen)
    page: Page[Difference] = page_of(rows.order_by("-id"), request)
    return program_page(
        request,
        "shops/comparison.html",
        program=program,
        shop=shop,
        comparison=row,
        page=page,
        open=rows.filter(repaired_at=None).count(),
        chosen=chosen,
        fates=[(value, label, row.figures.get(value, 0)) for value, label in Fate.choices],
        may_report=can(request.actor, Capability.CONVERSION_REPORT, program),
        others=comparisons_of(shop.id).exclude(pk=row.id)[:8],
    )


@require_POST
@allow(Capability.CONVERSION_REPORT)
def repair(request: Request, program_id: str, shop_id: str, comparison_id: str) -> HttpResponse:
    """Tell the shop's state of one order, or of all that differ."""
    program, shop = _found(request, program_id, shop_id)
    row = find_or_404(request, comparisons_of(shop.id), pk=comparison_id)
    repaired, refused = repair_all(row, _chosen(request, row), by=request.actor, at=now())
    for words in refused[:5]:
        messages.warning(request, words)
    words = _("%(number)s repaired.") % {"number": repaired}
    return done(request, words, name="shop-comparison", at=(program.id, shop.id, row.id))


def _chosen(request: Request, row: Comparison) -> list[Difference]:
    rows = differences_of(row.id).filter(repaired_at=None).select_related("comparison__shop__program")
    one = place_of(request.POST.get("difference", ""))
    return list((rows.filter(pk=one) if one is not None else rows)[:MOST_AT_ONCE])


def _span(form: DaysForm, program: Program, *, at: datetime) -> tuple[datetime, datetime]:
    from rapport.flows.shops.comparing import LOOKS_BACK, NOT_YET  # noqa: PLC0415 - figures beside their use

    zone = ZoneInfo(program.zone)
    from_on, until_on = form.cleaned_data["from_on"], form.cleaned_data["until_on"]
    from_at = datetime.combine(from_on, time(), zone) if from_on else at - LOOKS_BACK
    until_at = datetime.combine(until_on + timedelta(days=1), time(), zone) if until_on else at
    return from_at, min(until_at, at - NOT_YET if not until_on else at)


def _found(request: Request, program_id: str, shop_id: str) -> tuple[Program, Shop]:
    program = program_or_404(request, program_id)
    return program, find_or_404(request, shops_of(program.id), pk=shop_id)
