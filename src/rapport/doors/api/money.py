"""Money by API: any commission explained, and the statement of any days with its sums; by programs and by partners."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated, TypeVar, cast
from zoneinfo import ZoneInfo

from django.db.models import Model, QuerySet
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from rapport.apps.commissions.queries import all_commissions
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.rights import Capability, scope
from rapport.apps.partners.queries import all_agreements
from rapport.apps.record.errors import BadInput
from rapport.domain.money import Money, format_amount
from rapport.doors.access import Request, allow
from rapport.doors.api.conversions import REFUSALS
from rapport.flows.explaining import Explanation, explain
from rapport.flows.explaining.explanation import FormulaRow, Step
from rapport.flows.reconciling import Reconciled, reconcile
from rapport.flows.statements import Statement, month_of, statement_of
from rapport.kit.clock import now

router = Router(tags=["money"])
M = TypeVar("M", bound=Model)

_LONGEST_DAYS = 3_660


class Moment(Schema):
    """One step on the way from click to payout."""

    at: str | None
    node: str
    heading: str
    sentence: str
    amount: str | None
    note: str


class ConsideredOut(Schema):
    """A click, code or earlier order that could have earned, and why it did or did not."""

    at: str | None
    heading: str
    sentence: str
    won: bool
    ref: str


class FormulaOut(Schema):
    """One line of the formula: an amount with its currency, or a factor."""

    label: str
    kind: str
    amount: str | None
    currency: str | None
    factor: str


class EntryOut(Schema):
    """One movement in the books."""

    at: str
    entry: str
    number: int
    source: str
    destination: str
    actor: str
    amount: str


class CommissionExplained(Schema):
    """Everything about one commission, as its page tells it."""

    id: str
    agreement: str
    program: str
    conversion: str
    order: str
    kind: str
    amount: str
    currency: str
    state: str
    partner_reads: str
    until: Annotated[date | None, Field(description="The day that the words name, where they name one.")]
    holds: list[str]
    version: str
    rule: str
    promise: list[str]
    steps: list[Moment]
    considered: list[ConsideredOut]
    formula: list[FormulaOut]
    rules: list[str]
    entries: list[EntryOut]


class AskedDays(Schema):
    """From which day to which, both included, in days of the program's zone; this month where nothing is said."""

    first_on: date | None = None
    last_on: date | None = None


class StatementLineOut(Schema):
    """One line: what it adds to what is owed, below zero where it takes."""

    at: str
    part: str
    words: str
    order: str
    commission: str
    payout: str
    amount: str


class BesideOut(Schema):
    """Something in the balance that is no commission."""

    words: str
    amount: str


class ReconciledOut(Schema):
    """Commissions that wait and that are yours, and everything beside, add up to the balance of the books, now."""

    waiting: str
    yours: str
    beside: list[BesideOut]
    balance: str
    unexplained: str


class StatementOut(Schema):
    """opening + earned + adjusted - taken_back - paid = closing; `accrued` waits for approval besides."""

    agreement: str
    currency: str
    first_on: date
    last_on: date
    opening: str
    earned: str
    adjusted: str
    taken_back: str
    paid: str
    closing: str
    accrued: str
    lines: list[StatementLineOut]
    today: ReconciledOut


@router.get("/commissions/{commission_id}", response={200: CommissionExplained, **REFUSALS})
@allow(Capability.COMMISSION_READ)
def read_commission(request: HttpRequest, commission_id: str) -> JsonResponse:
    """Explain a commission: what was considered, by which promise, by which formula, and what the books hold."""
    rows = _reachable(request, Capability.COMMISSION_READ, all_commissions())
    return JsonResponse(_explained(explain(_one(rows, commission_id), at=now())))


@router.get("/agreements/{agreement_id}/statement", response={200: StatementOut, **REFUSALS})
@allow(Capability.COMMISSION_READ)
def read_statement(request: HttpRequest, agreement_id: str, asked: Query[AskedDays]) -> JsonResponse:
    """Return the statement of some days line by line, and what the list of commissions comes to today."""
    rows = _reachable(request, Capability.COMMISSION_READ, all_agreements()).select_related("program", "partner")
    agreement = _one(rows, agreement_id)
    today = now().astimezone(ZoneInfo(agreement.program.zone)).date()
    first_on, last_on = _days(asked, today)
    statement = statement_of(agreement, first=first_on, last=last_on)
    return JsonResponse(_told(statement) | {"today": _reconciled(reconcile(agreement))})


def _reachable(request: HttpRequest, ours: Capability, rows: QuerySet[M]) -> QuerySet[M]:
    """Return those rows that belong to a program of the key's organisation, or to it as a partner."""
    actor = cast("Request", request).actor
    return scope(actor, ours, rows) | scope(actor, Capability.PORTAL_READ, rows)


def _one(rows: QuerySet[M], public_id: str) -> M:
    row = rows.filter(pk=public_id).first()
    if row is None:
        raise NotFound
    return row


def _days(asked: AskedDays, today: date) -> tuple[date, date]:
    if asked.first_on is None and asked.last_on is None:
        return month_of(today)
    if asked.first_on is None or asked.last_on is None:
        sentence = _("Give both days, first_on and last_on.")
        raise BadInput(sentence, fields={"last_on" if asked.last_on is None else "first_on": sentence})
    if not 0 <= (asked.last_on - asked.first_on).days <= _LONGEST_DAYS:
        sentence = _("The last day lies before the first, or more than ten years after it.")
        raise BadInput(sentence, fields={"last_on": sentence})
    return asked.first_on, asked.last_on


def _explained(told: Explanation) -> dict[str, object]:
    return {
        "id": told.commission_id,
        "agreement": told.agreement_id,
        "program": told.program_id,
        "conversion": told.conversion_id,
        "order": told.order,
        "kind": told.kind,
        "amount": format_amount(told.amount),
        "currency": told.amount.currency,
        "state": told.state,
        "partner_reads": told.partner.sentence,
        "until": told.partner.on,
        "holds": list(told.holds),
        "version": told.promise.version_id,
        "rule": told.promise.rule,
        "promise": list(told.promise.sentences),
        "steps": [_step(step) for step in told.steps],
        "considered": [asdict(one) | {"at": one.at and one.at.isoformat()} for one in told.considered],
        "formula": [_formula(row) for row in told.formula],
        "rules": list(told.rules),
        "entries": [
            {
                "at": row.at.isoformat(),
                "entry": row.entry_id,
                "number": row.number,
                "source": row.source,
                "destination": row.destination,
                "actor": row.actor,
                "amount": format_amount(row.amount),
            }
            for row in told.entries
        ],
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "at": step.at and step.at.isoformat(),
        "node": step.node,
        "heading": step.heading,
        "sentence": step.sentence,
        "amount": step.amount and format_amount(step.amount),
        "note": step.note,
    }


def _formula(row: FormulaRow) -> dict[str, object]:
    return {
        "label": row.label,
        "kind": row.kind,
        "amount": row.amount and format_amount(row.amount),
        "currency": row.amount and row.amount.currency,
        "factor": row.factor,
    }


def _told(statement: Statement) -> dict[str, object]:
    figures = ("opening", "earned", "adjusted", "taken_back", "paid", "closing", "accrued")
    return {
        "agreement": statement.agreement.id,
        "currency": statement.closing.currency,
        "first_on": statement.first,
        "last_on": statement.last,
        **_amounts((name, getattr(statement, name)) for name in figures),
        "lines": [
            {
                "at": line.at.isoformat(),
                "part": line.part,
                "words": line.words,
                "order": line.order,
                "commission": line.commission_id,
                "payout": line.payout_id,
                "amount": format_amount(line.amount),
            }
            for line in statement.lines
        ],
    }


def _reconciled(told: Reconciled) -> dict[str, object]:
    figures = ("waiting", "yours", "balance", "unexplained")
    return {
        **_amounts((name, getattr(told, name)) for name in figures),
        "beside": [{"words": one.words, "amount": format_amount(one.amount)} for one in told.beside],
    }


def _amounts(named: Iterable[tuple[str, Money]]) -> dict[str, str]:
    return {name: format_amount(money) for name, money in named}
