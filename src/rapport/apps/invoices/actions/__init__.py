"""Write invoices: issue them, take objections, write anew what was wrong."""

from rapport.apps.invoices.actions.correcting import Anew, anew_of, correct_invoice
from rapport.apps.invoices.actions.issuing import issue_for
from rapport.apps.invoices.actions.objecting import object_to_invoice, uphold_invoice

__all__ = ["Anew", "anew_of", "correct_invoice", "issue_for", "object_to_invoice", "uphold_invoice"]
