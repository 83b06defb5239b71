"""Explain a commission to the cent: one answer for manager, partner and API, from the stored decision and the books."""

from datetime import datetime

from rapport.apps.commissions.models import Commission
from rapport.flows.explaining.explanation import EntryRow, Explanation, FormulaRow, Promise, Step, Touched
from rapport.flows.explaining.gathering import explain_order
from rapport.flows.explaining.periods import explain_period
from rapport.flows.explaining.words import partner_word

__all__ = ["EntryRow", "Explanation", "FormulaRow", "Promise", "Step", "Touched", "explain", "partner_word"]


def explain(commission: Commission, *, at: datetime) -> Explanation:
    """Explain a commission from what is stored; `at` only decides which payday is next."""
    return explain_order(commission, at=at) if commission.conversion_id else explain_period(commission, at=at)
