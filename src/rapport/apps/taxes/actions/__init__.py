"""Write tax papers: profiles and their checks, forms, what programs ask for, rates, self-billing, requests."""

from rapport.apps.taxes.actions.forms import accept_form, open_form, receive_form, receive_form_for, refuse_form
from rapport.apps.taxes.actions.profiles import enter_profile, enter_profile_for, note_check
from rapport.apps.taxes.actions.programs import change_rate, change_tax_settings, request_papers
from rapport.apps.taxes.actions.self_billing import agree_to_self_billing, end_self_billing

__all__ = [
    "accept_form",
    "agree_to_self_billing",
    "change_rate",
    "change_tax_settings",
    "end_self_billing",
    "enter_profile",
    "enter_profile_for",
    "note_check",
    "open_form",
    "receive_form",
    "receive_form_for",
    "refuse_form",
    "request_papers",
]
