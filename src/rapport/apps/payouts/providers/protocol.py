"""What every way of paying is given, and what it answers: the same words for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from rapport.domain.money import Money
from rapport.domain.payouts import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One payout as it is sent: to whom and how much; `facts` are what this way of paying needs besides."""

    payout_id: str
    amount: Money
    holder: str
    country: str = ""
    number: str = ""
    routing: str = ""
    note: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Everything that one file or call is made from; the same again makes the same bytes.

    `part` counts the files of one run and way of paying from 1, `number` those of one day from the same account from
    0; `made_at` is in the program's zone. `account` is where the money comes from, as it was when the file was made.
    """

    run_id: str
    part: int
    number: int
    made_at: datetime
    execute_on: date
    program: str
    account: Mapping[str, str]
    instructions: tuple[Instruction, ...]

    @property
    def total_minor(self) -> int:
        """Return what it pays together."""
        return sum(one.amount.minor for one in self.instructions)

    @property
    def name(self) -> str:
        """Return what banks call it: at most 35 of the letters that all of them take."""
        return spelled(self.run_id) if self.part == 1 else f"{spelled(self.run_id)}-{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RailAnswer:
    """What a bank or provider says of one payout, or of all in a file (`file_name`).

    `payout` is the id of the payout, or its end where the way of paying has no room for more. Without an outcome it
    is on its way, or `change` says what the bank wants to be corrected.
    """

    line: int
    payout: str = ""
    file_name: str = ""
    outcome: Outcome | None = None
    words: str = ""
    minor: int | None = None
    change: "Change | None" = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a bank wants to be written another way next time (a notification of change)."""

    code: str
    corrected: str


class Unreadable(Exception):
    """An answer that cannot be read, with a sentence for whoever gave it."""


class TooLarge(Exception):
    """An amount that this way of paying has no room for."""


def spelled(public_id: str) -> str:
    """Write an id of ours with the letters that every bank takes: their lists know no underscore."""
    return public_id.replace("_", "-")


def respelled(text: str) -> str:
    """Read an id of ours back from what a bank repeats, whatever it did to its letters."""
    return text.strip().lower().replace("-", "_", 1)
