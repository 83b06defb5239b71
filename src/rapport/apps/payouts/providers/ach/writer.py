"""Writes the file of a run for American bank accounts: NACHA, lines of 94 letters in blocks of ten."""

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rapport.apps.payouts.providers.latin import latin
from rapport.apps.payouts.providers.protocol import Dispatch, Instruction, TooLarge
from rapport.domain.money import format_amount

WIDTH: Final = 94
_BLOCK: Final = 10
_HASH_LIMIT: Final = 10**10
_MOST_MINOR: Final = 10**10 - 1
_MOST_BATCH_MINOR: Final = 10**12 - 1
_MODIFIERS: Final = string.ascii_uppercase + string.digits
FILES_A_DAY: Final = len(_MODIFIERS)

CREDITS, MIXED = "220", "200"
"""Service classes: credits only; credits with the debit that pays for them, for banks that ask for balanced files."""

_CREDIT: Final = {"checking": "22", "savings": "32"}
_DEBIT: Final = {"checking": "27", "savings": "37"}
_SEC: Final = {"person": "PPD", "business": "CCD"}
"""Which rules a payment follows: those for people's accounts, or those for companies'."""

TAIL: Final = 15
"""How much of a payout's id the file has room for: its end, which is random."""


@dataclass(slots=True)
class _Sums:
    """What the controls of a batch and of the file count."""

    entries: int = 0
    routing: int = 0
    credit_minor: int = 0
    debit_minor: int = 0

    def take(self, other: "_Sums") -> None:
        """Add the sums of a batch to those of the file."""
        self.entries += other.entries
        self.routing += other.routing
        self.credit_minor += other.credit_minor
        self.debit_minor += other.debit_minor

    def words(self) -> str:
        """Return hash, debits and credits as both controls write them; of the hash its last ten digits."""
        return f"{self.routing % _HASH_LIMIT:010d}{self.debit_minor:012d}{self.credit_minor:012d}"


def nacha(dispatch: Dispatch) -> bytes:
    """Return the file: one batch for people's accounts, one for companies', filled up to whole blocks."""
    lines, total = [_file_header(dispatch)], _Sums()
    batches = _batches(dispatch.instructions)
    trace = 0
    for number, (sec, instructions) in enumerate(batches, start=1):
        written, sums = _batch(dispatch, sec, instructions, number=number, trace=trace)
        trace += sums.entries
        lines += written
        total.take(sums)
    blocks = -(-(len(lines) + 1) // _BLOCK)
    lines.append(_file_control(total, batches=len(batches), blocks=blocks))
    lines += ["9" * WIDTH] * (blocks * _BLOCK - len(lines))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def tail_of(payout_id: str) -> str:
    """Return by what the file names a payout."""
    return payout_id[-TAIL:].upper()


def _batches(instructions: Iterable[Instruction]) -> list[tuple[str, list[Instruction]]]:
    rows = list(instructions)
    found = [(sec, [one for one in rows if one.facts["holder_kind"] == kind]) for kind, sec in _SEC.items()]
    return [(sec, some) for sec, some in found if some]


def _file_header(dispatch: Dispatch) -> str:
    account, made_at = dispatch.account, dispatch.made_at
    return _line(
        "101",
        f"{account['immediate_destination']:>10}",
        f"{account['immediate_origin']:>10}",
        f"{made_at:%y%m%d%H%M}",
        _MODIFIERS[dispatch.number % FILES_A_DAY],
        "094101",
        _text(account["destination_name"], 23),
        _text(account["name"], 23),
        _text(f"PART {dispatch.part}", 8),
    )


def _batch(
    dispatch: Dispatch, sec: str, instructions: Sequence[Instruction], *, number: int, trace: int
) -> tuple[list[str], _Sums]:
    account, sums = dispatch.account, _Sums()
    entries = [_entry(one, trace=f"{account['odfi'][:8]}{trace + n:07d}") for n, one in enumerate(instructions, 1)]
    for one in instructions:
        _count(sums, one.routing, credit_minor=one.amount.minor)
    service_class = CREDITS
    if account.get("offset_account"):
        service_class = MIXED
        entries.append(
            _offset(account, sums.credit_minor, trace=f"{account['odfi'][:8]}{trace + len(entries) + 1:07d}")
        )
        _count(sums, account["offset_routing"], debit_minor=sums.credit_minor)
    if sums.credit_minor > _MOST_BATCH_MINOR:
        raise TooLarge(f"{sums.credit_minor}")
    header = _batch_header(dispatch, sec, service_class=service_class, number=number)
    return [header, *entries, _batch_control(account, sums, service_class=service_class, number=number)], sums


def _batch_header(dispatch: Dispatch, sec: str, *, service_class: str, number: int) -> str:
    account = dispatch.account
    return _line(
        f"5{service_class}",
        _text(account["name"], 16),
        " " * 20,
        _text(account["company_id"], 10),
        sec,
        _text(account["description"], 10),
        _day(dispatch.execute_on),
        _day(dispatch.execute_on),
        "   1",
        f"{account['odfi'][:8]}{number:07d}",
    )


def _entry(one: Instruction, *, trace: str) -> str:
    if one.amount.minor > _MOST_MINOR:
        raise TooLarge(f"{format_amount(one.amount)} {one.amount.currency}")
    return _line(
        f"6{_CREDIT[one.facts['account_type']]}{one.routing}",
        _text(one.number, 17),
        f"{one.amount.minor:010d}",
        _text(tail_of(one.payout_id), TAIL),
        _text(one.holder, 22),
        f"  0{trace}",
    )


def _offset(account: Mapping[str, str], minor: int, *, trace: str) -> str:
    """Return the debit of the payer's own account, for banks that want a file to come to zero."""
    if minor > _MOST_MINOR:
        raise TooLarge(f"{minor}")
    return _line(
        f"6{_DEBIT[account['offset_type']]}{account['offset_routing']}",
        _text(account["offset_account"], 17),
        f"{minor:010d}",
        _text("OFFSET", TAIL),
        _text(account["name"], 22),
        f"  0{trace}",
    )


def _batch_control(account: Mapping[str, str], sums: _Sums, *, service_class: str, number: int) -> str:
    return _line(
        f"8{service_class}{sums.entries:06d}{sums.words()}",
        _text(account["company_id"], 10),
        " " * 25,
        f"{account['odfi'][:8]}{number:07d}",
    )


def _file_control(total: _Sums, *, batches: int, blocks: int) -> str:
    return _line(f"9{batches:06d}{blocks:06d}{total.entries:08d}{total.words()}", " " * 39)


def _count(sums: _Sums, routing: str, *, credit_minor: int = 0, debit_minor: int = 0) -> None:
    sums.entries += 1
    sums.routing += int(routing[:8])
    sums.credit_minor += credit_minor
    sums.debit_minor += debit_minor


def _line(*parts: str) -> str:
    line = "".join(parts)
    if len(line) != WIDTH:
        raise AssertionError(f"a line of {len(line)} letters: {line[:10]}")
    return line


def _text(text: str, width: int) -> str:
    return latin(text, width).upper().ljust(width)


def _day(day: date) -> str:
    return f"{day:%y%m%d}"
