"""Money by every rail at once: the files are the ledger's sums, what banks answer is noted, and the books hold."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from xml.etree import ElementTree as ET

import pytest
from pytest_django import Settings

from rapport.apps.ledger.queries import balances_of_program
from rapport.apps.payouts import actions
from rapport.apps.payouts.errors import ChangeIsOver, FormatNotOffered
from rapport.apps.payouts.files import content_of, digest_of_file
from rapport.apps.payouts.models import ChangeNotice, FileFormat, MethodKind, Payout, PayoutFile, PayoutRun, PayoutState
from rapport.apps.payouts.providers.ach.simulator import return_file
from rapport.apps.payouts.providers.paypal.simulator import Simulator, serving
from rapport.apps.payouts.providers.sepa.simulator import answer_to
from rapport.apps.payouts.queries import method_of, notices_of_run
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.domain.books import AccountKind
from rapport.flows import calling, hearing
from rapport.flows.paying import send_run, take_over_change
from rapport.flows.payout_rails import rails_of
from tests.make.identity import NOON
from tests.make.payouts import (
    ACCOUNTS,
    AFTER_HOLD,
    JONAS,
    MARA,
    hold_to_the_books,
    make_account,
    make_approved_run,
    make_payable,
    make_rail_method,
    make_run,
)
from tests.make.road import make_agreement, make_program
from tests.support.drills import scaled

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
RAILS = (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL, MethodKind.WISE)


@pytest.fixture
def paypal(settings: Settings) -> Iterator[Simulator]:
    """A PayPal on this machine that knows the merchant."""
    known = ACCOUNTS[MethodKind.PAYPAL]
    simulator = Simulator(client_id=known["client_id"], secret=known["secret"])
    with serving(simulator) as address:
        settings.PAYPAL_SANDBOX_URL = address
        yield simulator


@pytest.fixture
def program() -> Program:
    """A program in dollars that is set up for every rail."""
    program = make_program(currency="USD")
    for kind in (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL):
        make_account(program, kind)
    return program


def due(program: Program, kind: MethodKind, *, total: str = "1000.00") -> None:
    """Owe money to a new partner of this rail."""
    agreement = make_agreement(program, name=f"{kind} partner")
    make_rail_method(agreement.partner.organisation, kind)
    make_payable(program, agreement, total=total)


def send(run: PayoutRun, kind: MethodKind, format_: str = "") -> PayoutFile:
    [file] = actions.make_files(run_id=run.id, kind=kind, by=JONAS, at=LATER, format_=format_)
    if file.format == FileFormat.PAYPAL_CALL:
        calling.carry_calls(run.id, clock=lambda: LATER)
    else:
        send_run(run.id, clock=lambda: LATER)
    return file


def paid_by(run: PayoutRun, kind: MethodKind) -> list[str]:
    return list(Payout.objects.filter(run=run, method_kind=kind).order_by("id").values_list("id", flat=True))


def hear(program: Program, content: bytes, *, days: int = 1) -> hearing.Taken:
    answers = hearing.read_answers(content)
    return hearing.take_answers(answers, program_id=program.id, by=MARA, at=LATER + timedelta(days=days))


def state_of(payout_id: str) -> tuple[str, bool]:
    payout = Payout.objects.get(pk=payout_id)
    return payout.state, payout.known


def test_one_run_by_four_rails_with_a_return_and_an_unknown_outcome_ends_in_balance(
    program: Program, paypal: Simulator
) -> None:
    for kind in (*RAILS, MethodKind.ACH):
        due(program, kind)
    run = make_approved_run(program)
    files = {kind: send(run, kind) for kind in RAILS}
    assert {file.format for file in files.values()} == {"pain001", "nacha", "paypal-call", "wise-csv"}
    assert -sum(file.total_minor for file in files.values()) == funding(program) == -60_000
    assert [(rail.kind, rail.count, rail.money.minor, rail.open) for rail in rails_of(run)] == [
        (MethodKind.IBAN, 1, 12_000, 1),
        (MethodKind.ACH, 2, 24_000, 2),
        (MethodKind.PAYPAL, 1, 12_000, 1),
        (MethodKind.WISE, 1, 12_000, 1),
    ]
    [iban], [back, kept] = paid_by(run, MethodKind.IBAN), paid_by(run, MethodKind.ACH)
    [wise] = paid_by(run, MethodKind.WISE)

    assert hear(program, answer_to(content_of(files[MethodKind.IBAN]), {iban: "ACSC"})).moved == 1
    returned = return_file(content_of(files[MethodKind.ACH]), {back: "R03"})
    assert (hear(program, returned).moved, hear(program, returned).moved) == (1, 0)
    assert hear(program, f"payout,outcome,reference\n{kept},settled,ACH 7\n{wise},unknown,silent".encode()).moved == 2
    paypal.decide(lambda _receiver: "SUCCESS")
    calling.look_at_calls(clock=lambda: LATER + timedelta(days=1))

    assert state_of(back) == (PayoutState.RETURNED, True)
    assert state_of(wise) == (PayoutState.SENT, False)
    settled = Payout.objects.filter(run=run, state=PayoutState.SETTLED)
    assert settled.count() == 3
    hold_to_the_books(program, until=LATER + timedelta(days=9))
    again = make_run(program, at=LATER + timedelta(days=2))
    assert [payout.method_kind for payout in again.payouts.all()] == [MethodKind.ACH]
    hear(program, f"payout,outcome,reference\n{wise},settled,W 1".encode(), days=3)
    run.refresh_from_db()
    assert run.state == "closed"
    hold_to_the_books(program, until=LATER + timedelta(days=9))


def funding(program: Program) -> int:
    """Return what left the merchant's own money by the books."""
    balances = balances_of_program(program.id)
    return sum(minor for name, minor in balances.items() if name.kind is AccountKind.FUNDING)


@pytest.mark.drill(seconds=8)
def test_control_sums_are_the_ledgers_over_random_runs(program: Program) -> None:
    chance = Random(11)  # noqa: S311 - runs that can be repeated
    for number in range(scaled(whole=40, on_sqlite=3, on_postgresql=2)):
        before = funding(program)
        for _ in range(chance.randint(1, 4)):
            for kind in (MethodKind.IBAN, MethodKind.ACH):
                due(program, kind, total=f"{chance.randint(500, 99_999)}.{chance.randint(0, 99):02}")
        run = make_approved_run(program, at=LATER + timedelta(days=number))
        sepa = ET.fromstring(content_of(send(run, MethodKind.IBAN)))  # noqa: S314 - a file of our own
        [sums] = [one.text for one in sepa.iter() if one.tag.endswith("GrpHdr") for one in one if "CtrlSum" in one.tag]
        control = next(line for line in content_of(send(run, MethodKind.ACH)).decode().split("\r\n") if line[0] == "9")
        assert int(Decimal(str(sums)) * 100) + int(control[43:55]) == before - funding(program) == run.total_minor
    hold_to_the_books(program, until=LATER + timedelta(days=99))


def test_files_stay_byte_identical_whatever_changes_afterwards(program: Program, paypal: Simulator) -> None:
    for kind in RAILS:
        due(program, kind)
    run = make_approved_run(program)
    files = [send(run, kind) for kind in RAILS]
    make_account(program, MethodKind.IBAN, at=LATER, iban="DE89370400440532013000", town="Berlin", residence="DE")
    make_account(program, MethodKind.ACH, at=LATER, name="Another Inc")
    Program.objects.filter(pk=program.pk).update(name="Renamed")
    for file in PayoutFile.objects.filter(run=run):
        assert digest_of_file(content_of(file)) == file.digest
    assert {file.digest for file in files} == set(PayoutFile.objects.values_list("digest", flat=True))


def test_a_second_file_of_a_day_is_told_apart_and_its_day_is_one_on_which_banks_work(program: Program) -> None:
    lines = []
    for _ in range(2):
        due(program, MethodKind.ACH)
        lines += content_of(send(make_approved_run(program), MethodKind.ACH)).decode().split("\r\n")[:2]
    assert [line[33] for line in lines[::2]] == ["A", "B"]
    # It was to be paid on a Sunday.
    assert (LATER + timedelta(days=1)).date().isoformat() == "2026-05-03"
    assert {line[69:75] for line in lines[1::2]} == {"260504"}


def test_without_an_account_there_are_lists_only_and_formats_are_chosen(program: Program) -> None:
    for kind in MethodKind:
        due(program, kind)
    for kind in (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL):
        actions.forget_account(program=program, kind=kind, by=JONAS, at=LATER)
    run = make_approved_run(program)
    with pytest.raises(FormatNotOffered):
        send(run, MethodKind.IBAN, "pain001")
    assert send(run, MethodKind.PAYPAL).format == FileFormat.PAYPAL_FILE
    assert send(run, MethodKind.WISE, "csv").format == FileFormat.PLAIN
    heads = {}
    for kind in (MethodKind.IBAN, MethodKind.ACH, MethodKind.BANK, MethodKind.MANUAL):
        [row] = csv.DictReader(io.StringIO(content_of(send(run, kind)).decode()))
        heads[kind] = row
        assert (row["amount"], row["currency"], row["name"]) == ("120.00", "USD", "Anna Reuter")
    assert heads[MethodKind.BANK]["routing"] == "BOTKJPJT"
    assert heads[MethodKind.MANUAL]["note"] == "By cheque to the office"


@pytest.mark.drill(seconds=20)
def test_a_run_too_large_for_one_file_gets_several_that_hold_everybody_once(program: Program) -> None:
    for _ in range(scaled(whole=12, on_sqlite=3, on_postgresql=3)):
        due(program, MethodKind.WISE)
    run = make_approved_run(program)
    most = (run.payouts_count + 1) // 2
    files = actions.make_files(run_id=run.id, kind=MethodKind.WISE, by=JONAS, at=LATER, most=most)
    assert [file.part for file in files] == [1, 2]
    assert sum(file.total_minor for file in files) == run.total_minor
    rows = [csv.DictReader(io.StringIO(content_of(file).decode())) for file in files]
    assert len({row["paymentReference"] for each in rows for row in each}) == run.payouts_count


def test_a_currency_that_a_rail_does_not_carry_holds_the_partner() -> None:
    program = make_program(currency="EUR")
    due(program, MethodKind.ACH)
    run = make_run(program)
    assert [(row.verdict, row.reasons) for row in run.verdicts.all()] == [("held", ["other_currency"])]


def test_what_a_bank_wants_corrected_is_shown_and_entered_with_one_click(program: Program) -> None:
    due(program, MethodKind.ACH)
    run = make_approved_run(program)
    file = send(run, MethodKind.ACH)
    [payout_id] = paid_by(run, MethodKind.ACH)
    told = return_file(content_of(file), {payout_id: "C06 987654321        32"})
    assert (hear(program, told).notices, hear(program, told).notices) == (1, 0)
    [notice] = notices_of_run(run.id)
    assert (notice.words, notice.shown, state_of(payout_id)[0]) == (
        "Account number and kind of account should be others. (C06)",
        "… 4321",
        PayoutState.SENT,
    )
    method = take_over_change(notice, by=JONAS, at=LATER + timedelta(days=2))
    assert (method.masked, method.usable_at) == ("… 4321", LATER + timedelta(days=5))
    assert method_of(notice.payout.agreement.partner.organisation_id) == method
    with pytest.raises(ChangeIsOver):
        take_over_change(notices_of_run(run.id)[0], by=JONAS, at=LATER)
    assert "987654321" not in ChangeNotice.objects.get().corrected


def test_answers_that_do_not_fit_are_refused_line_by_line(program: Program) -> None:
    due(program, MethodKind.ACH)
    due(program, MethodKind.IBAN)
    run = make_approved_run(program)
    ach, sepa = send(run, MethodKind.ACH), send(run, MethodKind.IBAN)
    [payout_id], [iban] = paid_by(run, MethodKind.ACH), paid_by(run, MethodKind.IBAN)
    back = return_file(content_of(ach), {payout_id: "R02"})
    wrong = hear(program, back.replace(b"0000012000", b"0000012001"))
    assert (wrong.moved, "the amount is not that" in wrong.refused[0][1]) == (0, True)
    other = make_program(currency="USD")
    assert [line for line, _why in hear(other, back).refused] == [4]
    whole = answer_to(content_of(sepa), {}, group="RJCT FF01")
    assert hear(other, whole).refused[0][1] == f"This program has no payout {run.id}."
    assert hear(program, whole).moved == 1
    assert state_of(iban) == (PayoutState.FAILED, True)
    for content in (b"", b"<a/>", b"\xff", b"payout,outcome\n", b"<!DOCTYPE a []><a/>"):
        with pytest.raises(BadInput) as refused:
            hear(program, content)
        assert refused.value.fields["file"]


def test_a_bank_that_rejects_what_was_noted_as_arrived_brings_the_money_back(program: Program) -> None:
    due(program, MethodKind.IBAN)
    run = make_approved_run(program)
    content = content_of(send(run, MethodKind.IBAN))
    [payout_id] = paid_by(run, MethodKind.IBAN)
    hear(program, answer_to(content, {payout_id: "ACSC"}))
    hear(program, answer_to(content, {payout_id: "RJCT AC04"}))
    assert state_of(payout_id) == (PayoutState.RETURNED, True)
    assert Payout.objects.get().reason == "The account was closed. (AC04)"
