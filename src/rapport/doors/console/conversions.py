"""Pages of conversions: the list with its filters, one order with all that is known of it."""

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from rapport.apps.conversions.models import Conversion, ConversionState
from rapport.apps.conversions.queries import conversions_found, conversions_of
from rapport.apps.identity.rights import Capability, can
from rapport.apps.programs.models import Program
from rapport.domain.credit import HoldReason
from rapport.domain.money import Money
from rapport.doors.access import Request, allow, find_or_404
from rapport.doors.console.forms import DeclineOrderForm, LiftForm, SettleForm, UndoDeclineForm, UpholdForm
from rapport.doors.console.frame import program_or_404, program_page
from rapport.doors.console.paging import Page, page_of
from rapport.doors.ui.words import figure
from rapport.flows.explaining.order import ToldOrder, tell_order

ONLY: dict[str, tuple[Promise, dict[str, object]]] = {
    "conflict": (gettext_lazy("In conflict"), {"in_conflict": True}),
    "over": (gettext_lazy("Taken back too much"), {"over_corrected": True}),
    "rate": (gettext_lazy("Without a rate"), {"awaits_rate": True}),
    "test": (gettext_lazy("Tests"), {"test": True}),
}


@require_safe
@allow(Capability.CONVERSION_READ)
def conversions(request: Request, program_id: str) -> HttpResponse:
    """Show the conversions: by state, kind or doubt, or those that a number, click id or code finds."""
    program = program_or_404(request, program_id)
    page: Page[Conversion] = page_of(_wanted(conversions_of(program.id), request), request)
    return program_page(
        request,
        "conversions/list.html",
        program=program,
        page=page,
        wanted=request.GET,
        may_report=can(request.actor, Capability.CONVERSION_REPORT, program),
        states=ConversionState.choices,
        only=[(name, words) for name, (words, _lookup) in ONLY.items()],
    )


@require_safe
@allow(Capability.CONVERSION_READ)
def conversion(request: Request, program_id: str, conversion_id: str) -> HttpResponse:
    """Show one order: as reported, what was considered, who earns, what was taken back, who decided what."""
    program, row = found(request, program_id, conversion_id)
    return conversion_page(request, program, row)


def found(request: Request, program_id: str, conversion_id: str) -> tuple[Program, Conversion]:
    """Return the program and the conversion of an address."""
    program = program_or_404(request, program_id)
    return program, find_or_404(request, conversions_of(program.id), pk=conversion_id)


def conversion_page(request: Request, program: Program, row: Conversion, **refused: Form) -> HttpResponse:
    """Render one order; `refused` holds the form of a decision that was not taken, which is answered with 422."""
    told = tell_order(row)
    decides = can(request.actor, Capability.CONVERSION_DECIDE, program)
    return program_page(
        request,
        "conversions/one.html",
        program=program,
        status=422 if refused else 200,
        row=row,
        told=told,
        conflicts=[words for hold, words in told.holds if hold in _CONFLICTS],
        forms={**_forms(row, told), **refused} if decides else {},
        wordings=row.reports.order_by("revision", "received_at"),
        clicks=row.clicks.select_related("link__agreement__partner").order_by("id"),
        coupons=row.coupons.select_related("coupon__agreement__partner").order_by("code"),
        sees_commissions=can(request.actor, Capability.COMMISSION_READ, program),
        sees_rates=can(request.actor, Capability.RATE_READ, program),
    )


def wordings_of(row: Conversion) -> list[tuple[str, str]]:
    """Return the reported amounts of an order, to choose one."""
    return [
        (
            report.id,
            _("%(amount)s, by %(door)s")
            % {"amount": str(figure(Money(report.total_minor, row.currency))), "door": report.get_door_display()},
        )
        for report in row.reports.filter(currency__in=("", row.currency)).order_by("revision", "received_at")
    ]


def holds_of(told: ToldOrder) -> list[tuple[str, str]]:
    """Return the doubts that a person may put aside; a conflict or a reply is a question to be decided."""
    return [(str(hold), words) for hold, words in told.holds if hold not in _QUESTIONS]


_CONFLICTS = frozenset({HoldReason.CONFLICT, HoldReason.OTHER_CURRENCY})
_QUESTIONS = frozenset({HoldReason.CONFLICT, HoldReason.DISPUTED, HoldReason.TERMS_NOT_ACCEPTED})


def _forms(row: Conversion, told: ToldOrder) -> dict[str, Form]:
    """Return the forms of what may be decided about an order as it stands."""
    if HoldReason.DISPUTED in dict(told.holds):
        forms: dict[str, Form] = {"undo": UndoDeclineForm(), "uphold": UpholdForm()}
    else:
        forms = {"undo": UndoDeclineForm()} if told.is_declined else {"decline": DeclineOrderForm()}
    if HoldReason.CONFLICT in dict(told.holds):
        forms["settle"] = SettleForm(wordings=wordings_of(row))
    if holds_of(told):
        forms["lift"] = LiftForm(holds=holds_of(told))
    return forms


def _wanted(rows: QuerySet[Conversion], request: Request) -> QuerySet[Conversion]:
    """Return what the address asks for; a word that is no filter restricts nothing.

    Tests stand there when they are asked for or looked for: the monitor's would bury the orders of a small shop.
    """
    asked = request.GET
    looked_for = asked.get("q", "").strip()
    if asked.get("state") in ConversionState.values:
        rows = rows.filter(state=asked["state"])
    if asked.get("only") in ONLY:
        rows = rows.filter(**ONLY[asked["only"]][1])
    if asked.get("only") != "test" and not looked_for:
        rows = rows.filter(test=False)
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    return conversions_found(rows, looked_for) if looked_for else rows
