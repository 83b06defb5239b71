"""Writes what became of reports as the API answers it."""

from collections.abc import Iterable
from functools import cache
from urllib.parse import unquote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.recording import TakenConversion, TakenCorrection, Warned
from rapport.apps.programs.models import Program
from rapport.domain.exchange import shown
from rapport.domain.money import Money, format_amount
from rapport.flows.telling import Told, tell


def taken_conversion(taken: TakenConversion, told: Told, program: Program) -> dict[str, object]:
    """Return the answer to a reported conversion."""
    return {
        "taken": taken.taken,
        "conversion": conversion(told, program),
        "warnings": [*_warnings(taken.warnings), *_nobody_earns(told, program)],
    }


def taken_correction(taken: TakenCorrection, program: Program) -> dict[str, object]:
    """Return the answer to a reported correction."""
    row = taken.correction
    return {
        "taken": taken.taken,
        "id": row.id,
        "kind": row.kind,
        "external_id": row.external_id,
        "of": row.of_external_id,
        "conversion": conversion(tell(row.conversion_id), program) if row.conversion_id else None,
        "warnings": _warnings(taken.warnings),
    }


def conversion(told: Told, program: Program) -> dict[str, object]:
    """Return a conversion as it stands."""
    row = told.conversion
    return {
        "id": row.id,
        "program": program.id,
        "kind": row.kind,
        "external_id": row.external_id,
        "state": row.state,
        "occurred_at": row.occurred_at.isoformat(),
        "total": format_amount(Money(row.total_minor, row.currency)),
        "remaining": format_amount(Money(row.remaining_minor, row.currency)),
        "currency": row.currency,
        "rate": _rate(row, program.currency),
        "test": row.test,
        "outcome": told.outcome,
        "commissions": [_commission(commission, program) for commission in told.commissions],
    }


def receipt(row: Receipt) -> dict[str, object]:
    """Return what became of a postback."""
    return {
        "id": row.id,
        "program": row.program_id,
        "state": row.state,
        "subject": row.subject,
        "problems": row.problems,
        "warnings": row.warnings,
        "authentic": row.authentic,
        "received_at": row.received_at.isoformat(),
        "handled_at": row.handled_at.isoformat(),
    }


def _rate(row: Conversion, own: str) -> dict[str, str] | None:
    """Return the rate that stands on an order in another currency than its program's; its quotient is exact."""
    rate = row.known_rate
    if rate is None:
        return None
    return {"to": own, "rate": shown(rate.exact), "exact": rate.text, "day": str(rate.day), "source": rate.source}


def _commission(row: Commission, program: Program) -> dict[str, object]:
    return {
        "id": row.id,
        "agreement": row.agreement_id,
        "state": row.state,
        "amount": format_amount(row.worth),
        "currency": row.currency,
        "hold_until": row.hold_until.isoformat(),
        "explain": settings.PUBLIC_URL + _commission_address().format(program=program.id, commission=row.id),
    }


@cache
def _commission_address() -> str:
    """Return the address of a commission's page with gaps for its two ids: finding it costs more than filling it."""
    return unquote(reverse("console:commission", args=("{program}", "{commission}")))


def _warnings(warnings: Iterable[Warned]) -> list[dict[str, str]]:
    return [{"code": each.code, "field": each.field, "sentence": each.sentence} for each in warnings]


def _nobody_earns(told: Told, program: Program) -> list[dict[str, str]]:
    """Warn with the reason for each click or code that was named in vain."""
    return [
        {"code": "nobody_earns", "field": "", "sentence": _("Nobody earns from this order. %(why)s") % {"why": why}}
        for why in told.why_nobody(zone=program.zone)
    ]
