"""Write conversions: what merchants report, what people decide, what the lake knows, what became of postbacks."""

from rapport.apps.conversions.actions.bindings import (
    BindingLine,
    give_codes_owner,
    record_bindings,
    take_codes_owner,
)
from rapport.apps.conversions.actions.corrections import attach_waiting, record_corrections
from rapport.apps.conversions.actions.decisions import record_decision, record_decisions
from rapport.apps.conversions.actions.effects import Judged, note_effects, stale_effects
from rapport.apps.conversions.actions.facts import distrust_clicks, join_facts
from rapport.apps.conversions.actions.forgetting import forget_customer
from rapport.apps.conversions.actions.locks import lock_stories
from rapport.apps.conversions.actions.profiles import choose_profile
from rapport.apps.conversions.actions.rating import can_be_rated, rate_waiting
from rapport.apps.conversions.actions.receipts import keep_receipts, move_cursor, new_receipt
from rapport.apps.conversions.actions.reports import record_conversions
from rapport.apps.conversions.actions.setting_aside import set_aside, take_up_again

__all__ = [
    "BindingLine",
    "Judged",
    "attach_waiting",
    "can_be_rated",
    "choose_profile",
    "distrust_clicks",
    "forget_customer",
    "give_codes_owner",
    "join_facts",
    "keep_receipts",
    "lock_stories",
    "move_cursor",
    "new_receipt",
    "note_effects",
    "rate_waiting",
    "record_bindings",
    "record_conversions",
    "record_corrections",
    "record_decision",
    "record_decisions",
    "set_aside",
    "stale_effects",
    "take_codes_owner",
    "take_up_again",
]
