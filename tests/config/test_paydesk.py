"""At the desk of payouts a person does what the pages would let that person do, and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rapport.apps.identity.actions import add_member, disable_person
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Person, Role
from rapport.apps.payouts.actions import prepare_run
from rapport.apps.payouts.details import copy_of, put_copy
from rapport.apps.payouts.errors import SecondPersonNeeded
from rapport.apps.payouts.models import Payout, PayoutRun
from rapport.apps.programs.models import Program
from rapport.config.errors import Stop
from rapport.config.paydesk import Desk, MadeFile, open_desk
from rapport.kit.clock import now
from tests.make.identity import NOON, PASSWORD, STORY, make_person
from tests.make.payouts import make_method, make_payable
from tests.make.road import make_agreement, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """A program that owes 120.00 to Anna, who said how, and to Otto, who did not."""
    made = make_program()
    anna = make_agreement(made, name="Anna")
    make_method(anna.partner.organisation)
    make_payable(made, anna)
    make_payable(made, make_agreement(made, name="Otto"))
    return made


def person(program: Program, role: Role) -> Person:
    made = make_person(password=PASSWORD)
    add_member(organisation_id=program.workspace_id, person_id=made.id, role=role, by=STORY, at=NOON)
    return made


def desk(program: Program, role: Role = Role.FINANCE) -> Desk:
    return open_desk(person(program, role).email, "")


def test_what_is_due_says_who_is_paid_and_why_others_are_not(program: Program) -> None:
    rows = desk(program).due("")
    assert {(row["partner"], row["verdict"], row["payable"]) for row in rows} == {
        ("Anna", "eligible", "120.00"),
        ("Otto", "no_method", "120.00"),
    }
    [otto] = desk(program).due("no_method")
    assert otto["why"] == "The partner has not said how to be paid."
    with pytest.raises(Stop, match="no verdict: eligible, held"):
        desk(program).due("rich")


def test_a_run_is_prepared_approved_by_another_sent_and_settled(program: Program, tmp_path: Path) -> None:
    jonas, mara = desk(program), desk(program)
    run_id = jonas.prepare(None)
    assert jonas.groups(run_id)[0] == {"verdict": "eligible", "partners": 1, "payable": "120.00"}
    with pytest.raises(SecondPersonNeeded):
        jonas.approve(run_id, "120.00")
    with pytest.raises(Stop, match="not the password"):
        mara.prove("guessed wrongly")
    mara.prove(PASSWORD)
    with pytest.raises(Stop, match="is no amount"):
        mara.approve(run_id, "much")
    mara.approve(run_id, "120.00 EUR")

    with pytest.raises(Stop, match="no way of paying: iban"):
        jonas.make_files(run_id, "cash", "")
    [made] = jonas.make_files(run_id, "iban", "csv")
    told = jonas.show(run_id, "eligible")
    assert (told["run"][0]["state"], told["files"][0]["sha256"]) == ("approved", made.digest)
    payout = Payout.objects.get()
    assert told["rows"][0]["payout"] == payout.id
    answer = f"payout,outcome,reference\n{payout.id},settled,R-1\npay_x,settled,R-2\n"
    assert jonas.answer(run_id, answer.encode()) == (1, ["Line 3: This program has no payout pay_x."])
    assert jonas.note(payout.id, "returned", "Closed") == f"{payout.id} is returned."
    assert [row["state"] for row in jonas.runs()] == ["closed"]


def test_an_interrupted_run_goes_on_and_an_abandoned_one_gives_back(program: Program) -> None:
    jonas = desk(program)
    begun = prepare_run(program=program, pay_on=date(2100, 1, 4), wish="w", by=jonas.actor, at=now())
    assert jonas.runs()[0]["state"] == "being prepared"
    assert jonas.prepare(None) == begun.id
    payout = Payout.objects.get()
    jonas.cancel(payout.id, "Not this time")
    jonas.abandon(begun.id, "Another day")
    assert (PayoutRun.objects.get().state, Payout.objects.get().state) == ("abandoned", "cancelled")


def test_nobody_knows_yet_is_said(program: Program) -> None:
    jonas, mara = desk(program), desk(program)
    run_id = jonas.prepare(None)
    mara.approve(run_id, "120.00")
    jonas.make_files(run_id, "iban", "csv")
    payout = Payout.objects.get()
    assert jonas.note(payout.id, "unknown", "No answer") == f"{payout.id} is sent, outcome unknown."


def test_a_file_that_is_not_what_it_was_is_not_written(program: Program) -> None:
    jonas = desk(program)
    run_id = jonas.prepare(None)
    desk(program).approve(run_id, "120.00")
    jonas.make_files(run_id, "iban", "csv")
    payout = Payout.objects.get()
    put_copy(payout, replace(copy_of(payout), holder="Somebody else"))
    payout.save()
    with pytest.raises(Stop, match="Do not pay by it"):
        jonas.make_files(run_id, "iban", "csv")


def test_rights_are_those_of_the_pages(program: Program) -> None:
    manager = desk(program, Role.MANAGER)
    assert len(manager.due("")) == 2
    with pytest.raises(NotFound):
        manager.prepare(None)
    run_id = desk(program).prepare(None)
    with pytest.raises(NotFound):
        manager.approve(run_id, "120.00")
    with pytest.raises(NotFound):
        desk(make_program()).show(run_id, "eligible")
    with pytest.raises(Stop, match="may not see payouts"):
        desk(program, Role.SALES)


def test_only_people_who_sign_in_have_a_desk(program: Program) -> None:
    gone = person(program, Role.FINANCE)
    disable_person(person_id=gone.id, by=STORY, at=NOON)
    for email in (gone.email, "nobody@example.com"):
        with pytest.raises(Stop, match="Nobody signs in"):
            open_desk(email, "")


def test_with_several_programs_one_is_named(program: Program) -> None:
    other = make_program(program.workspace)
    jonas = person(program, Role.FINANCE)
    with pytest.raises(Stop, match="--program"):
        open_desk(jonas.email, "")
    assert open_desk(jonas.email, other.slug).program == other


def test_a_file_is_for_its_reader_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    made, path = MadeFile("iban.csv", b"payout\r\n", "d", 1), tmp_path / "iban.csv"
    for _ in range(2):
        assert made.write(tmp_path) == path
    assert (path.read_bytes(), path.stat().st_mode & 0o077) == (made.content, 0)
    path.write_bytes(b"something of mine")
    with pytest.raises(Stop, match="holds something else"):
        made.write(tmp_path)
    with pytest.raises(Stop, match="cannot be written"):
        made.write(tmp_path / "none")
