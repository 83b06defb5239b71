"""Explain a commission to the cent: one answer for manager, partner and API, from the stored decision and the books."""

from rapport.flows.explaining.explanation import EntryRow, Explanation, FormulaRow, Promise, Step, Touched
from rapport.flows.explaining.gathering import explain
from rapport.flows.explaining.words import partner_word

__all__ = ["EntryRow", "Explanation", "FormulaRow", "Promise", "Step", "Touched", "explain", "partner_word"]
