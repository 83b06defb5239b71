"""Write payouts: methods, runs, files, and what became of each payout."""

from rapport.apps.payouts.actions.deciding import abandon_run, approve_run, cancel_payout, release_step
from rapport.apps.payouts.actions.methods import change_settings, enter_method, enter_method_for
from rapport.apps.payouts.actions.outcomes import fail_payout, leave_open, return_payout, settle_payouts
from rapport.apps.payouts.actions.reserving import Crossed, fill_step, prepare_run
from rapport.apps.payouts.actions.sending import make_file, send_step
from rapport.apps.payouts.actions.taking_up import preparer_of
from rapport.apps.payouts.actions.writing_off import approve_write_off, propose_write_off, refuse_write_off

__all__ = [
    "Crossed",
    "abandon_run",
    "approve_run",
    "approve_write_off",
    "cancel_payout",
    "change_settings",
    "enter_method",
    "enter_method_for",
    "fail_payout",
    "fill_step",
    "leave_open",
    "make_file",
    "prepare_run",
    "preparer_of",
    "propose_write_off",
    "refuse_write_off",
    "release_step",
    "return_payout",
    "send_step",
    "settle_payouts",
]
