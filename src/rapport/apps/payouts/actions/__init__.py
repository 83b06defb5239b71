"""Write payouts: methods, accounts, runs, files and calls, and what became of each payout."""

from rapport.apps.payouts.actions.accounts import change_account, forget_account
from rapport.apps.payouts.actions.calling import (
    ask_again,
    begin_call,
    call_not_reached,
    call_refused,
    call_taken,
    give_call_back,
    look_later,
    look_soon,
)
from rapport.apps.payouts.actions.correcting import correct_vat
from rapport.apps.payouts.actions.deciding import abandon_run, approve_run, cancel_payout, release_step
from rapport.apps.payouts.actions.methods import change_settings, enter_method, enter_method_for
from rapport.apps.payouts.actions.outcomes import (
    fail_payout,
    keep_notice,
    leave_open,
    leave_unclaimed,
    return_payout,
    settle_payouts,
)
from rapport.apps.payouts.actions.reserving import Crossed, fill_step, prepare_run
from rapport.apps.payouts.actions.sending import make_files, send_step
from rapport.apps.payouts.actions.taking_up import preparer_of
from rapport.apps.payouts.actions.writing_off import approve_write_off, propose_write_off, refuse_write_off

__all__ = [
    "Crossed",
    "abandon_run",
    "approve_run",
    "approve_write_off",
    "ask_again",
    "begin_call",
    "call_not_reached",
    "call_refused",
    "call_taken",
    "cancel_payout",
    "change_account",
    "change_settings",
    "correct_vat",
    "enter_method",
    "enter_method_for",
    "fail_payout",
    "fill_step",
    "forget_account",
    "give_call_back",
    "keep_notice",
    "leave_open",
    "leave_unclaimed",
    "look_later",
    "look_soon",
    "make_files",
    "prepare_run",
    "preparer_of",
    "propose_write_off",
    "refuse_write_off",
    "release_step",
    "return_payout",
    "send_step",
    "settle_payouts",
]
