"""Orders are approved, declined and corrected by file: checked, confirmed once, carried out as an intention."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Correction
from rapport.apps.imports.models import ImportRun, RunState, ValidationLine
from rapport.apps.imports.queries import run_of
from rapport.apps.jobs.models import IntentionState
from rapport.apps.programs.models import Program
from rapport.flows import intentions
from rapport.flows.doctor import run_checks
from rapport.flows.importing.carrying import carry_out
from rapport.flows.importing.checking import check
from rapport.flows.importing.ordering import order_import
from rapport.flows.importing.validations.running import (
    NothingToValidate,
    TotalsMoved,
    confirm_validations,
    intention_of,
    may_be_confirmed_again,
)
from tests.make.identity import NOON, STORY
from tests.make.imports import begin, report_of, write_csv
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db

HEAD = ("Order ID", "Status", "New amount", "Code", "Reason")
LATER = NOON + timedelta(hours=1)
LINES = [
    ("o1", "approved", "", "", ""),
    ("o2", "rejected", "", "Returned", "Came back unopened"),
    ("o3", "", "80.00", "", ""),
    ("o4", "ok", "50", "", ""),
    ("o5", "ok", "", "", ""),
    ("o6", "ok", "", "", ""),
    ("o7", "maybe", "", "", ""),
    ("o8", "declined", "", "", ""),
    ("o9", "ok", "", "", ""),
    ("o1", "approved", "", "", ""),
]


def make_orders() -> Program:
    """Return a program with orders that one partner earns from: 100 each; o5 is nobody's, o6 came back whole."""
    program = make_program()
    make_coupon(make_agreement(program), "ANNA")
    for number in range(1, 9):
        codes = [] if number == 5 else ["ANNA"]
        report_sale(program, external_id=f"o{number}", total="100.00", coupons=codes)
    report_correction(program, kind="refund", external_id="r6", of="o6", total="100.00")
    return program


def checked(program: Program, folder: Path, lines: Sequence[tuple[str, ...]] = LINES) -> ImportRun:
    """Bring a file of decisions whose columns are guessed, and check it."""
    path = write_csv(folder / "validations.csv", [HEAD, *lines])
    return check(begin(program, path, subject="validations").id, at=NOON)


def amounts() -> dict[str, tuple[str, int, int]]:
    """Return by order its commission's state, what waits and what is approved."""
    rows = Commission.objects.select_related("conversion")
    return {
        row.conversion.external_id: (row.state, row.accrued_minor, row.payable_minor) for row in rows if row.conversion
    }


DECIDED = {
    "o1": ("approved", 0, 1_200),
    "o2": ("declined", 0, 0),
    "o3": ("pending", 960, 0),
    "o4": ("approved", 0, 600),
    "o6": ("reversed", 0, 0),
    "o7": ("pending", 1_200, 0),
    "o8": ("pending", 1_200, 0),
}


def test_a_file_is_checked_confirmed_once_and_carried_out(tmp_path: Path) -> None:
    program = make_orders()
    run = checked(program, tmp_path)
    figures = run.figures
    assert figures["accepted"] + figures["settled"] + figures["refused"] == figures["lines"] == 10
    assert (figures["accepted"], figures["settled"], figures["refused"]) == (4, 3, 3)
    assert figures["sums"] == {
        "approve": {"number": 2, "minor": 2_400},
        "decline": {"number": 1, "minor": 1_200},
        "amend": {"number": 1, "minor": 1_200},
    }
    assert {line: why for line, _order, _fate, why in report_of(run)} == {
        "6": "Nobody earns from this order.",
        "7": "The shop took the whole order back already; there is nothing left to approve.",
        "8": '"“maybe” is no decision: write approve, decline or amend."',
        "9": report_of(run)[3][3],
        "10": "This order is not known.",
        "11": "The line 2 says the same.",
    }
    assert not ValidationLine.objects.exists()
    order_import(run, by=STORY, at=NOON)
    assert amounts()["o1"] == ("pending", 1_200, 0), "ten seconds to change one's mind"
    intentions.carry_out_due(at=LATER)
    assert run_of(run.id).state == RunState.DONE
    assert amounts() == DECIDED
    assert_sound()


def test_the_same_file_again_leaves_nothing_to_do(tmp_path: Path) -> None:
    program = make_orders()
    carry_out(checked(program, tmp_path).id, by=STORY, at=NOON)
    assert amounts() == DECIDED
    again = checked(program, tmp_path)
    assert (again.figures["accepted"], again.figures["settled"], again.figures["refused"]) == (0, 7, 3)
    with pytest.raises(NothingToValidate):
        confirm_validations(run=again, by=STORY, at=NOON)
    assert Correction.objects.count() == 3
    assert amounts() == DECIDED


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_the_lines_makes_no_difference(tmp_path: Path, seed: int) -> None:
    program = make_orders()
    lines = list(LINES)
    Random(seed).shuffle(lines)  # noqa: S311 - not for secrets
    carry_out(checked(program, tmp_path, lines).id, by=STORY, at=NOON)
    assert amounts() == DECIDED


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.flows.importing.validations.deciding.PORTION", 2)
    program = make_orders()
    run = checked(program, tmp_path)
    intention = confirm_validations(run=run, by=STORY, at=NOON)
    assert len(intention.subjects) == 2
    assert intentions._next_batch(intention.id, at=LATER)
    assert ValidationLine.objects.filter(done_at__isnull=False).count() == 2
    assert run_of(run.id).state == RunState.RUNNING
    carry_out(run.id, by=STORY, at=LATER)
    assert run_of(run.id).state == RunState.DONE
    assert amounts() == DECIDED
    assert_sound()


def test_what_was_withdrawn_can_be_confirmed_again_and_what_was_done_be_taken_back(tmp_path: Path) -> None:
    program = make_orders()
    run = checked(program, tmp_path)
    withdrawn = confirm_validations(run=run, by=STORY, at=NOON)
    intentions.undo(intention=withdrawn, program=program, by=STORY, at=NOON)
    assert may_be_confirmed_again(run_of(run.id))
    second = confirm_validations(run=run_of(run.id), by=STORY, at=NOON + timedelta(minutes=1))
    assert intention_of(run) == second
    assert confirm_validations(run=run_of(run.id), by=STORY, at=NOON) == second
    intentions.carry_out_due(at=LATER)
    assert amounts() == DECIDED
    later = LATER + timedelta(hours=1)
    undone = intentions.undo(intention=intention_of(run) or second, program=program, by=STORY, at=later)
    intentions.carry_out_due(at=later)
    undone.refresh_from_db()
    assert undone.state == IntentionState.UNDONE
    assert amounts()["o1"] == ("held", 1_200, 0)
    assert amounts()["o2"][:2] == ("pending", 1_200)
    assert_sound()


def test_totals_that_moved_are_shown_again(tmp_path: Path) -> None:
    program = make_orders()
    run = checked(program, tmp_path)
    report_correction(program, kind="refund", external_id="r1", of="o1", total="50.00")
    with pytest.raises(TotalsMoved):
        confirm_validations(run=run, by=STORY, at=NOON)
    run = run_of(run.id)
    assert run.figures["sums"]["approve"] == {"number": 2, "minor": 1_800}
    assert confirm_validations(run=run, by=STORY, at=NOON).state == IntentionState.INTENDED


def test_an_order_that_changed_meanwhile_is_decided_as_it_stands_or_refused_with_its_reason(tmp_path: Path) -> None:
    program = make_orders()
    run = checked(program, tmp_path, [("o1", "ok", "", "", ""), ("o3", "", "80.00", "", "")])
    confirm_validations(run=run, by=STORY, at=NOON)
    declined = Conversion.objects.get(external_id="o3")
    decline = intentions.intend_act(
        act="decline",
        program=program,
        subjects=[Commission.objects.get(conversion=declined).id],
        by=STORY,
        at=NOON - timedelta(minutes=1),
        code="fraud",
        reason="Stolen card",
    )
    assert decline.due_at < NOON
    intentions.carry_out_due(at=LATER)
    done = run_of(run.id)
    assert (done.state, done.figures["accepted"], done.figures["refused"]) == (RunState.DONE, 1, 1)
    refused = ValidationLine.objects.exclude(outcome="").get()
    assert refused.outcome == "This order was declined. Take the decline back on its page first."


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("o1", "", "", "", ""), "The line says neither approve nor decline nor a new amount."),
        (("", "ok", "", "", ""), "The line names no order."),
        (("o1", "ok", "-4", "", ""), "“-4” is no amount of an order."),
        (("o1", "ok", "1.0055", "", ""), "The amount has more decimals than its currency."),
        (("o1", "amend", "", "", ""), "The line changes the order and gives no new amount."),
        (("o1", "no", "", "other", ""), "“Another reason” needs the reason in words; the partner reads it."),
        (("o1", "=ok()", "", "", ""), "A cell holds a formula. Copy the sheet and paste values only."),
    ],
)
def test_a_line_that_cannot_be_used_says_why(tmp_path: Path, line: tuple[str, ...], sentence: str) -> None:
    run = checked(make_orders(), tmp_path, [line, ("o2", "ok", "", "", "")])
    assert [row[3] for row in report_of(run)] == [sentence]


def test_lines_that_contradict_each_other_are_all_refused(tmp_path: Path) -> None:
    run = checked(make_orders(), tmp_path, [("o1", "ok", "", "", ""), ("o1", "no", "", "fraud", "")])
    assert (run.figures["accepted"], run.figures["refused"]) == (0, 2)


def assert_sound() -> None:
    """Let the doctor look at the books and at all that is sealed."""
    found = {one.name: one.problems for one in run_checks() if one.problems}
    assert not {name: problems for name, problems in found.items() if name not in {"link book", "work that is due"}}
