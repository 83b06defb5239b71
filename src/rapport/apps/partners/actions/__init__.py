"""Write partners: applications, agreements with what binds them, partners who are brought along."""

from rapport.apps.partners.actions.agreements import (
    accept_terms,
    end_agreement,
    ensure_partner,
    resume_agreement,
    suspend_agreement,
)
from rapport.apps.partners.actions.applications import (
    add_secret,
    admit_partner,
    answer_question,
    apply_to_program,
    ask_applicant,
    decline_application,
    locked_open_application,
)
from rapport.apps.partners.actions.proposing import (
    introduce,
    offer_own_terms,
    offer_terms,
    propose_agreement,
    rename_unbound,
    withdraw,
)
from rapport.apps.partners.actions.proving import ask_for_check, ask_for_proof, change_rules, note_proof

__all__ = [
    "accept_terms",
    "add_secret",
    "admit_partner",
    "answer_question",
    "apply_to_program",
    "ask_applicant",
    "ask_for_check",
    "ask_for_proof",
    "change_rules",
    "decline_application",
    "end_agreement",
    "ensure_partner",
    "introduce",
    "locked_open_application",
    "note_proof",
    "offer_own_terms",
    "offer_terms",
    "propose_agreement",
    "rename_unbound",
    "resume_agreement",
    "suspend_agreement",
    "withdraw",
]
