"""Files for American banks, judged by a parser of the tests' own, and what comes back from them."""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

import pytest

from rapport.apps.payouts.providers.ach.reader import is_nacha, read_nacha
from rapport.apps.payouts.providers.ach.reasons import change_words, corrected_fields, return_words
from rapport.apps.payouts.providers.ach.simulator import return_file
from rapport.apps.payouts.providers.ach.writer import nacha, tail_of
from rapport.apps.payouts.providers.protocol import Change, TooLarge, Unreadable
from rapport.domain.payouts import Outcome
from tests.make.dispatches import ACH_ACCOUNT, OFFSET, ach_instruction, dispatch

Cells = dict[str, str]

# The operating rules' tables of positions, counted from 1: name, first, last.
LAYOUTS = {
    "1": (
        *(("priority", 2, 3), ("destination", 4, 13), ("origin", 14, 23), ("date", 24, 29), ("time", 30, 33)),
        *(("modifier", 34, 34), ("size", 35, 37), ("blocking", 38, 39), ("format", 40, 40), ("to", 41, 63)),
        *(("from", 64, 86), ("reference", 87, 94)),
    ),
    "5": (
        *(("class", 2, 4), ("company", 5, 20), ("discretionary", 21, 40), ("id", 41, 50), ("sec", 51, 53)),
        *(("description", 54, 63), ("descriptive", 64, 69), ("effective", 70, 75), ("julian", 76, 78)),
        *(("status", 79, 79), ("odfi", 80, 87), ("batch", 88, 94)),
    ),
    "6": (
        *(("code", 2, 3), ("rdfi", 4, 11), ("check", 12, 12), ("account", 13, 29), ("amount", 30, 39)),
        *(("individual", 40, 54), ("name", 55, 76), ("discretionary", 77, 78), ("addenda", 79, 79)),
        ("trace", 80, 94),
    ),
    "8": (
        *(("class", 2, 4), ("count", 5, 10), ("hash", 11, 20), ("debit", 21, 32), ("credit", 33, 44)),
        *(("id", 45, 54), ("mac", 55, 73), ("reserved", 74, 79), ("odfi", 80, 87), ("batch", 88, 94)),
    ),
    "9": (
        *(("batches", 2, 7), ("blocks", 8, 13), ("count", 14, 21), ("hash", 22, 31), ("debit", 32, 43)),
        *(("credit", 44, 55), ("reserved", 56, 94)),
    ),
}


@dataclass(frozen=True)
class Parsed:
    """A file taken to pieces by position."""

    header: Cells
    batches: list[tuple[Cells, list[Cells], Cells]]
    control: Cells


def parse(content: bytes) -> Parsed:
    """Take a file to pieces and hold it to the rules; a parser written from the rules, not from our writer."""
    assert content.endswith(b"\r\n")
    lines = content.decode("ascii").split("\r\n")[:-1]
    assert all(len(line) == 94 for line in lines)
    assert len(lines) % 10 == 0
    end = max(n for n, line in enumerate(lines) if line != "9" * 94)
    assert len(lines) - end - 1 < 10
    records = [(line[0], {name: line[a - 1 : b] for name, a, b in LAYOUTS[line[0]]}) for line in lines[: end + 1]]
    assert [kind for kind, _cells in records].count("1") == 1
    header, control = records[0][1], records[-1][1]
    batches: list[tuple[Cells, list[Cells], Cells]] = []
    entries: list[Cells] = []
    opened: Cells = {}
    for kind, cells in records[1:-1]:
        if kind == "5":
            opened, entries = cells, []
        elif kind == "6":
            entries.append(cells)
        else:
            assert kind == "8"
            batches.append((opened, entries, cells))
    assert int(control["blocks"]) * 10 == len(lines)
    return Parsed(header, batches, control)


def hold_to_rules(file: Parsed) -> None:
    """Check header, batches, traces, hashes and sums against one another."""
    assert (file.header["priority"], file.header["size"], file.header["blocking"]) == ("01", "094", "10")
    assert file.header["format"] == "1"
    everything = [entry for _header, entries, _control in file.batches for entry in entries]
    for number, (header, entries, control) in enumerate(file.batches, start=1):
        assert header["class"] == control["class"]
        assert (int(header["batch"]), int(control["batch"]), header["id"]) == (number, number, control["id"])
        hold_to_sums(entries, control)
        for entry in entries:
            assert entry["trace"][:8] == header["odfi"]
            digits = [int(one) for one in entry["rdfi"] + entry["check"]]
            assert sum(d * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0
            assert entry["addenda"] == "0"
    assert int(file.control["batches"]) == len(file.batches)
    hold_to_sums(everything, file.control)
    assert all(a["trace"] < b["trace"] for a, b in pairwise(everything))


def hold_to_sums(entries: list[Cells], control: Cells) -> None:
    credited = sum(int(one["amount"]) for one in entries if one["code"] in {"22", "32"})
    debits = sum(int(one["amount"]) for one in entries if one["code"] in {"27", "37"})
    assert int(control["credit"]) == credited
    assert int(control["debit"]) == debits
    assert int(control["count"]) == len(entries)
    assert control["hash"] == str(sum(int(one["rdfi"]) for one in entries))[-10:].rjust(10, "0")


def test_a_thousand_random_runs_follow_the_rules_and_add_up() -> None:
    chance = Random(4)  # noqa: S311 - payouts that can be repeated
    for number in range(1_000):
        rows = [ach_instruction(chance=chance) for _ in range(chance.randint(1, 30))]
        account = {**ACH_ACCOUNT, **(OFFSET if number % 3 == 0 else {})}
        file = parse(nacha(dispatch(rows, account, number=number)))
        hold_to_rules(file)
        minor = sum(one.amount.minor for one in rows)
        assert int(file.control["credit"]) == minor
        assert int(file.control["debit"]) == (minor if number % 3 == 0 else 0)
        told = {one["individual"].strip(): one for _h, entries, _c in file.batches for one in entries}
        for row in rows:
            entry = told[tail_of(row.payout_id)]
            assert (entry["account"].strip(), entry["rdfi"] + entry["check"]) == (row.number, row.routing)
            assert int(entry["amount"]) == row.amount.minor
            assert entry["code"] == {"checking": "22", "savings": "32"}[row.facts["account_type"]]


def test_people_and_companies_are_paid_by_their_own_rules_on_a_bank_day() -> None:
    rows = [ach_instruction(holder_kind="business"), ach_instruction(holder_kind="person")]
    file = parse(nacha(dispatch(rows, ACH_ACCOUNT, number=27)))
    assert [header["sec"] for header, _entries, _control in file.batches] == ["PPD", "CCD"]
    header = file.batches[0][0]
    assert (header["class"], header["effective"], header["description"]) == ("220", "261202", "PAYOUT    ")
    assert (file.header["destination"], file.header["origin"]) == (" 021000021", "1234567890")
    assert (file.header["date"], file.header["time"], file.header["modifier"]) == ("261201", "0930", "1")


def test_the_same_payouts_make_the_same_bytes_and_giants_are_refused() -> None:
    rows = [ach_instruction()]
    assert nacha(dispatch(rows, ACH_ACCOUNT)) == nacha(dispatch(rows, ACH_ACCOUNT))
    with pytest.raises(TooLarge):
        nacha(dispatch([ach_instruction(10**10)], ACH_ACCOUNT))
    with pytest.raises(TooLarge):
        nacha(dispatch([ach_instruction(10**10 - 1) for _ in range(2)], {**ACH_ACCOUNT, **OFFSET}))
    with pytest.raises(TooLarge):
        nacha(dispatch([ach_instruction(10**10 - 1) for _ in range(101)], ACH_ACCOUNT))


def test_returns_and_notifications_of_change_are_read_in_words() -> None:
    rows = [ach_instruction() for _ in range(3)]
    back = return_file(nacha(dispatch(rows, ACH_ACCOUNT)), {rows[0].payout_id: "R03", rows[2].payout_id: "C01 987654"})
    assert is_nacha(back)
    returned, changed = read_nacha(back)
    assert rows[0].payout_id.endswith(returned.payout)
    assert (returned.outcome, returned.minor) == (Outcome.RETURNED, 12_000)
    assert returned.words == "There is no such account, or it belongs to somebody else. (R03)"
    assert rows[2].payout_id.endswith(changed.payout)
    assert (changed.outcome, changed.change) == (None, Change("C01", "987654"))
    assert changed.words == "The account number should be another one. (C01)"
    assert read_nacha(back.replace(b"\n", b"")) == read_nacha(back)


def test_what_is_no_answer_of_an_american_bank_is_refused() -> None:
    content = nacha(dispatch([ach_instruction()], ACH_ACCOUNT))
    back = return_file(content, {})
    entry = content.splitlines()[2]
    addenda = b"799R03" + b"0" * 88
    for wrong in (
        back,
        back + b"\xff",
        back + b"x" * 95 + b"\n",
        back + addenda + b"\n",
        back + entry + b"\n" + addenda.replace(b"R03", b"X03") + b"\n",
        b"\n" * 3 + b"9\n" * 200_001,
    ):
        with pytest.raises(Unreadable):
            read_nacha(wrong)
    assert not is_nacha(b"payout,outcome,reference")


@pytest.mark.parametrize(
    ("code", "text", "fields"),
    [
        ("C01", "98765432101234567 ", {"account": "98765432101234567"}),
        ("C02", "021000021", {"routing": "021000021"}),
        ("C03", "021000021   98765432101234567", {"routing": "021000021", "account": "98765432101234567"}),
        ("C05", "27", {"account_type": "checking"}),
        ("C05", "37", {"account_type": "savings"}),
        ("C05", "99", {}),
        ("C06", "9876543210          32", {"account": "9876543210", "account_type": "savings"}),
        (
            "C07",
            "021000021987654321        22",
            {"routing": "021000021", "account": "987654321", "account_type": "checking"},
        ),
        ("C07", "", {}),
        ("C04", "Somebody Else", {}),
    ],
)
def test_what_a_bank_wants_corrected_is_found_where_its_rules_put_it(
    code: str, text: str, fields: dict[str, str]
) -> None:
    assert corrected_fields(code, text) == fields


def test_a_code_that_nobody_knows_is_told_as_it_is() -> None:
    assert return_words("R99") == "The bank sent it back. (R99)"
    assert change_words("C99") == "The bank wants something corrected. (C99)"


def test_a_file_with_too_many_lines_says_how_many_there_may_be() -> None:
    with pytest.raises(Unreadable, match=r"^The file has more than 200000 lines\.$"):
        read_nacha(b"\n" * 3 + b"9\n" * 200_001)
