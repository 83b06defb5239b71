"""Write tax papers: profiles, numbers, forms, what programs ask for, what is kept back, VAT, self-billing, requests."""

from rapport.apps.taxes.actions.forms import accept_form, open_form, receive_form, receive_form_for, refuse_form
from rapport.apps.taxes.actions.numbers import enter_number, enter_number_for, open_numbers
from rapport.apps.taxes.actions.profiles import enter_profile, enter_profile_for, note_check
from rapport.apps.taxes.actions.programs import change_rate, change_tax_settings, request_papers
from rapport.apps.taxes.actions.self_billing import agree_to_self_billing, end_self_billing
from rapport.apps.taxes.actions.vat import enter_vat_rate, note_rate_checked, override_vat, take_back_vat_rate

__all__ = [
    "accept_form",
    "agree_to_self_billing",
    "change_rate",
    "change_tax_settings",
    "end_self_billing",
    "enter_number",
    "enter_number_for",
    "enter_profile",
    "enter_profile_for",
    "enter_vat_rate",
    "note_check",
    "note_rate_checked",
    "open_form",
    "open_numbers",
    "override_vat",
    "receive_form",
    "receive_form_for",
    "refuse_form",
    "request_papers",
    "take_back_vat_rate",
]
