"""The page of shares: what partners bring of all that a shop sells; daily totals where not every order is sent."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.apps.shops.actions import tell_channel_days
from rapport.apps.shops.actions.totals import DayTotal
from rapport.apps.shops.queries import channel_days_of
from rapport.domain.money import BadAmount, parse_amount
from rapport.doors.access import Request, allow, given
from rapport.doors.console.answers import done, succeeded
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.shops.share import PARTNERS, shares_of
from rapport.kit.clock import now

SPANS = {"30": 30, "90": 90, "365": 365}
_MOST_LINES = 2_000
_CELLS = (4, 5)


class TotalsForm(forms.Form):
    """Daily totals, one line for each channel of a day."""

    totals = forms.CharField(
        label=lazy("Day, channel, orders, total, new customers"),
        max_length=200_000,
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "placeholder": "2026-05-04,organic,31,2104.50,12"}
        ),
        help_text=lazy("One line for each channel of a day, without the orders of partners. The last may be left out."),
    )

    def __init__(self, data: object = None, *, currency: str) -> None:
        super().__init__(data)  # type: ignore[arg-type] # whatever the request holds
        self._currency = currency

    def clean_totals(self) -> list[DayTotal]:
        """Return the lines, or say which of them cannot be read."""
        lines = [line for line in str(self.cleaned_data["totals"]).splitlines() if line.strip()]
        if len(lines) > _MOST_LINES:
            raise forms.ValidationError(_("Give at most %(most)s lines at once.") % {"most": _MOST_LINES})
        return list(self._read(lines))

    def _read(self, lines: list[str]) -> Iterator[DayTotal]:
        for number, cells in enumerate(csv.reader(lines), start=1):
            try:
                yield self._total([cell.strip() for cell in cells])
            except (ValueError, BadAmount) as error:
                words = error.sentence(_) if isinstance(error, BadAmount) else _("write it as in the example")
                raise forms.ValidationError(
                    _("Line %(number)s: %(words)s") % {"number": number, "words": words}
                ) from error

    def _total(self, cells: list[str]) -> DayTotal:
        if len(cells) not in _CELLS or not 0 < len(cells[1]) <= 64:  # noqa: PLR2004 - as the column is
            raise ValueError(cells)
        new = cells[4] if len(cells) == max(_CELLS) else ""
        if not cells[2].isascii() or not cells[2].isdigit() or not (new == "" or (new.isascii() and new.isdigit())):
            raise ValueError(cells)
        return DayTotal(
            on=date.fromisoformat(cells[0]),
            channel=cells[1],
            orders=int(cells[2][:9]),
            total_minor=parse_amount(cells[3], self._currency).minor,
            new_orders=int(new[:9]) if new else None,
        )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.CONVERSION_READ, post=Capability.CONVERSION_REPORT)
def share(request: Request, program_id: str) -> HttpResponse:
    """Show the share of partners by day or month; take daily totals of the other channels."""
    program = program_or_404(request, program_id)
    form = TotalsForm(given(request), currency=program.currency)

    def act() -> None:
        totals = form.cleaned_data["totals"]
        tell_channel_days(program_id=program.id, totals=totals, by=request.actor, at=now())

    if request.method == "POST" and succeeded(form, act):
        words = _("%(number)s lines taken over.") % {"number": len(form.cleaned_data["totals"])}
        return done(request, words, name="shop-share", at=(program.id,))
    return _page(request, program, form)


def _page(request: Request, program: Program, form: TotalsForm) -> HttpResponse:
    days = request.GET.get("days", "")
    span = SPANS.get(days, 30)
    today = now().astimezone(ZoneInfo(program.zone)).date()
    by_month = span > SPANS["90"]
    shares = shares_of(program, from_on=today - timedelta(days=span - 1), until_on=today, by_month=by_month)
    return program_page(
        request,
        "shops/share.html",
        program=program,
        status=422 if form.errors else 200,
        shares=shares,
        spans=SPANS,
        chosen=days if days in SPANS else "30",
        by_month=by_month,
        partners=PARTNERS,
        form=form,
        told=channel_days_of(program.id).exists(),
        may_report=can(request.actor, Capability.CONVERSION_REPORT, program),
    )
