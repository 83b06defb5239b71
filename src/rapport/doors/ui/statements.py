"""A statement in the three ways that people take it: which days were asked for, as a file, as a page of paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from rapport.apps.partners.models import Agreement
from rapport.domain.money import Money, format_amount
from rapport.doors.ui.pdf import statement_pdf
from rapport.doors.ui.sheets import Exact, csv_answer
from rapport.flows.statements import Statement, StatementLine, month_of, months_of, statement_of
from rapport.kit.clock import now

_LONGEST_DAYS = 3_660
_MOST_LINES = 500


def asked_statement(request: HttpRequest, agreement: Agreement) -> Statement:
    """Return the statement of `?from=` and `?until=`, else of `?month=`, else of this month."""
    today = now().astimezone(ZoneInfo(agreement.program.zone)).date()
    first, last = _day(request, "from"), _day(request, "until")
    if first and last and first <= last and (last - first).days <= _LONGEST_DAYS:
        return statement_of(agreement, first=first, last=last)
    first, last = month_of(_day(request, "month", suffix="-01") or today)
    return statement_of(agreement, first=first, last=last)


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement ready for a page: the months to choose from, and how its files are asked for."""

    statement: Statement
    months: list[date]
    asked: str
    lines: tuple[StatementLine, ...]
    more: int
    """Lines that are too many for a page; the files have them all."""
    taken_back: Money
    paid: Money


def shown(statement: Statement) -> Shown:
    """Return what both doors show of a statement."""
    return Shown(
        statement=statement,
        months=months_of(statement.agreement, at=now()),
        asked=f"from={statement.first.isoformat()}&until={statement.last.isoformat()}",
        lines=statement.lines[:_MOST_LINES],
        more=max(len(statement.lines) - _MOST_LINES, 0),
        taken_back=-statement.taken_back,
        paid=-statement.paid,
    )


def statement_file(statement: Statement) -> HttpResponse:
    """Answer with the lines of a statement for a spreadsheet, from what was owed before to what is owed now."""
    head = (_("day"), _("what"), _("order"), _("commission"), _("payout"), _("amount"), _("currency"))
    return csv_answer(statement.name, head=head, rows=_rows(statement))


def statement_paper(statement: Statement) -> HttpResponse:
    """Answer with a statement as a PDF."""
    answer = HttpResponse(
        statement_pdf(statement), content_type="application/pdf", headers={"X-Content-Type-Options": "nosniff"}
    )
    answer["Content-Disposition"] = f'attachment; filename="{statement.name}.pdf"'
    return answer


def _rows(statement: Statement) -> Iterable[tuple[str, ...]]:
    currency = statement.closing.currency
    opening = Exact(format_amount(statement.opening))
    yield statement.first.isoformat(), _("Owed before"), "", "", "", opening, currency
    for line in statement.lines:
        on = _local(line.at, statement)
        amount = Exact(format_amount(line.amount))
        yield on, line.words, line.order, line.commission_id, line.payout_id, amount, currency
    closing = Exact(format_amount(statement.closing))
    yield statement.last.isoformat(), _("Owed at the end"), "", "", "", closing, currency


def _local(at: datetime, statement: Statement) -> str:
    return at.astimezone(ZoneInfo(statement.agreement.program.zone)).date().isoformat()


def _day(request: HttpRequest, name: str, *, suffix: str = "") -> date | None:
    try:
        found = date.fromisoformat(request.GET.get(name, "") + suffix)
    except ValueError:
        return None
    # Days next to the ends of the calendar have no moment in every zone.
    return found if 2000 <= found.year <= 2999 else None  # noqa: PLR2004 - years that a program may have
