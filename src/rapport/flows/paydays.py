"""When somebody is paid: the calendar of the terms, moved on to days on which the banks of the program work."""

from datetime import date

from rapport.apps.payouts.queries import bank_day_of, settings_of
from rapport.apps.programs.models import Program
from rapport.domain.payday import next_payday
from rapport.domain.terms import Payout


def payday_after(payout: Payout, *, program: Program, after: date) -> date:
    """Return the first payday of these terms after a day."""
    return bank_day_of(settings_of(program).country, next_payday(payout, after=after))
