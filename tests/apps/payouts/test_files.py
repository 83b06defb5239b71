"""The file of each way of paying, cell by cell, with nothing in it that a spreadsheet would run."""

from dataclasses import replace
from datetime import date

import pytest

from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import cancel_payout, enter_method
from rapport.apps.payouts.details import put_copy
from rapport.apps.payouts.files import content_of, digest_of_file, payouts_of_rail
from rapport.apps.payouts.inputs import Details, MethodInput
from rapport.apps.payouts.models import MethodKind, Payout, PayoutFile, PayoutRun
from rapport.apps.programs.models import Program
from tests.make.identity import NOON, STORY
from tests.make.payouts import AFTER_HOLD, JONAS, make_approved_run, make_method, make_payable, make_run
from tests.make.road import make_agreement

LATER = NOON + AFTER_HOLD

COPY = Details(MethodKind.IBAN, holder="Anna Reuter", country="DE", number="DE89", routing="021", note="By cheque")
COPY = replace(COPY, facts={"account_type": "savings", "currency": "GBP"})


def lines_of(kind: MethodKind, **copy: str) -> list[str]:
    program = Program(id="prg_1", zone="Europe/Berlin")
    run = PayoutRun(id="run_1", pay_on=date(2026, 5, 15), currency="EUR", program=program)
    file = PayoutFile(run=run, method_kind=kind, made_at=LATER)
    payout = Payout(id="pay_1", amount_minor=12_050, currency="EUR")
    put_copy(payout, replace(COPY, **copy))  # type: ignore[arg-type]  # each story changes texts alone
    return content_of(file, [payout]).decode().split("\r\n")


@pytest.mark.parametrize(
    ("kind", "head", "row"),
    [
        (
            MethodKind.IBAN,
            "payout,amount,currency,name,iban,country,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,DE89,DE,2026-05-15,pay_1",
        ),
        (
            MethodKind.BANK,
            "payout,amount,currency,name,account,routing,country,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,DE89,021,DE,2026-05-15,pay_1",
        ),
        (
            MethodKind.ACH,
            "payout,amount,currency,name,account,routing,account_type,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,DE89,021,savings,2026-05-15,pay_1",
        ),
        (
            MethodKind.WISE,
            "payout,amount,currency,name,account,bank,account_currency,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,DE89,021,GBP,2026-05-15,pay_1",
        ),
        (
            MethodKind.PAYPAL,
            "payout,amount,currency,name,email,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,DE89,2026-05-15,pay_1",
        ),
        (
            MethodKind.MANUAL,
            "payout,amount,currency,name,note,execute_on,reference",
            "pay_1,120.50,EUR,Anna Reuter,By cheque,2026-05-15,pay_1",
        ),
    ],
)
@pytest.mark.django_db
def test_each_way_of_paying_has_its_columns(kind: MethodKind, head: str, row: str) -> None:
    assert lines_of(kind) == [head, row, ""]


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(sign: str) -> None:
    assert lines_of(MethodKind.PAYPAL, holder=f"{sign}SUM(A1)")[1].split(",")[3] == f"'{sign}SUM(A1)"
    assert lines_of(MethodKind.PAYPAL, holder=f"Anna {sign}")[1].split(",")[3] == f"Anna {sign}"


def test_a_digest_is_the_one_that_every_computer_shows() -> None:
    assert digest_of_file(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.django_db
def test_a_file_holds_the_payouts_of_its_run_and_way_that_nobody_took_out(program: Program, anna: Agreement) -> None:
    ben, carla, dora = (make_agreement(program, name=name) for name in ("Deal Otter", "Fold & Crease", "Quiet Harbour"))
    for one in (ben, carla, dora):
        make_payable(program, one)
    for one in (ben, dora):
        make_method(one.partner.organisation)
    paypal = MethodInput(kind=MethodKind.PAYPAL, holder="Carla", email="carla@example.com")
    enter_method(organisation_id=carla.partner.organisation_id, given=paypal, by=STORY, at=NOON)
    run = make_approved_run(program)
    paid = {row.agreement_id: row for row in Payout.objects.filter(run=run)}
    cancel_payout(payout_id=paid[dora.id].id, reason="They asked", by=JONAS, at=LATER)
    make_payable(program, anna)
    assert make_run(program).payouts_count == 2
    assert payouts_of_rail(run, MethodKind.IBAN) == sorted([paid[anna.id], paid[ben.id]], key=lambda one: one.id)
    assert payouts_of_rail(run, MethodKind.PAYPAL) == [paid[carla.id]]
    assert payouts_of_rail(run, MethodKind.BANK) == []
