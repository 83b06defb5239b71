"""The list of a year: what arrived, by payee and way of paying, beside the threshold of that year."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Role
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import enter_method, make_files
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, Payout
from rapport.apps.programs.models import Program
from rapport.apps.record.models import AuditRow
from rapport.apps.taxes.actions import enter_number
from rapport.apps.taxes.numbers import NumberInput
from rapport.domain.payouts import Outcome
from rapport.domain.tax import Telling
from rapport.flows.paying import record_outcome, send_run
from rapport.flows.year_end import YearEnd, sheet_rows, telling_words, year_end, years_of
from tests.make.identity import NOON, STORY, make_member
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_approved_run, make_method, make_payable
from tests.make.road import make_agreement, make_program
from tests.make.taxes import AMERICAN, make_form, make_profile, withhold

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD


@pytest.fixture
def program() -> Program:
    """A program of an American payer."""
    found = make_program(currency="USD", zone="America/New_York")
    make_profile(found.workspace, AMERICAN, legal_name="Marlow Inc.")
    return found


def paid(program: Program, name: str, total: str, *, paypal: bool = False, at: datetime = LATER) -> Agreement:
    """Return a partner whom 12 % of this sum reached."""
    agreement = make_agreement(program, name=name)
    make_profile(agreement.partner.organisation, AMERICAN, legal_name=f"={name}")
    if paypal:
        given = MethodInput(kind=MethodKind.PAYPAL, holder=name, email="anna@example.com")
        enter_method(organisation_id=agreement.partner.organisation_id, given=given, by=STORY, at=NOON)
    else:
        make_method(agreement.partner.organisation)
    make_payable(program, agreement, total=total)
    arrive(program, at=at)
    return agreement


def arrive(program: Program, *, at: datetime) -> list[Payout]:
    run = make_approved_run(program, at=at)
    payouts = list(Payout.objects.filter(run=run).select_related("agreement__partner", "run__program"))
    for kind in {payout.method_kind for payout in payouts}:
        make_files(run_id=run.id, kind=MethodKind(kind), by=JONAS, at=at)
    send_run(run.id, clock=lambda: at)
    for payout in payouts:
        payout.refresh_from_db()
        record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=at)
    return payouts


def told(found: YearEnd) -> dict[str, tuple[str, int, Telling]]:
    return {row.partner.name: (row.rail, row.gross.minor, row.telling) for row in found.rows}


def test_each_payee_stands_beside_the_threshold_of_its_year(program: Program) -> None:
    paid(program, "Large", "20000.00")
    paid(program, "Small", "16000.00", at=LATER + timedelta(days=1))
    paid(program, "Carried", "30000.00", paypal=True, at=LATER + timedelta(days=2))
    assert told(year_end(program, year=2026)) == {
        "Large": ("iban", 240_000, Telling.REPORT),
        "Small": ("iban", 192_000, Telling.BELOW),
        "Carried": ("paypal", 360_000, Telling.PROVIDER),
    }
    assert year_end(program, year=2025).rows == ()
    assert years_of(program, at=LATER) == [2026]
    assert {telling_words(one) for one in Telling} >= {"At or above the threshold", "The provider reports it"}


def test_what_was_withheld_is_part_of_the_sum_and_told_below_the_threshold_too(program: Program) -> None:
    agreement = make_agreement(program, name="Held")
    withhold(agreement, "24")
    make_method(agreement.partner.organisation)
    make_payable(program, agreement)
    arrive(program, at=LATER)
    row = year_end(program, year=2026).rows[0]
    assert (row.gross.minor, row.withheld.minor, row.paid.minor) == (12_000, 2_880, 9_120)
    assert (row.telling, row.profile) == (Telling.WITHHELD, None), "who never said who it is may be of this country"


def test_a_payee_of_another_country_and_what_came_back_are_not_reported(program: Program) -> None:
    abroad = paid(program, "Abroad", "90000.00")
    make_profile(abroad.partner.organisation)
    make_form(abroad.partner.organisation)
    assert told(year_end(program, year=2026))["Abroad"][2] is Telling.ELSEWHERE
    payout = Payout.objects.get(agreement=abroad)
    record_outcome(payout=payout, outcome=Outcome.RETURNED, words="Closed", by=MARA, at=LATER)
    assert year_end(program, year=2026).rows == ()


def test_a_day_belongs_to_the_year_of_the_programs_zone(program: Program) -> None:
    paid(program, "Late", "20000.00", at=datetime(2027, 1, 1, 4, 59, tzinfo=UTC))
    assert set(told(year_end(program, year=2026))) == {"Late"}
    assert years_of(program, at=datetime(2027, 6, 1, tzinfo=UTC)) == [2027, 2026]


def test_a_threshold_in_another_currency_is_for_a_person_to_compare() -> None:
    program = make_program()
    make_profile(program.workspace, AMERICAN)
    paid(program, "Large", "20000.00")
    assert told(year_end(program, year=2026))["Large"][2] is Telling.ELSEWHERE


def test_the_list_is_on_screen_and_a_file_and_no_formula(program: Program) -> None:
    paid(program, "Large", "20000.00")
    finance = Client()
    finance.force_login(make_member(program.workspace, Role.FINANCE))
    page = finance.get(f"{reverse('console:year-end', args=[program.id])}?year=2026").content.decode()
    assert ("1099-NEC: from 2,000.00" in page, "At or above the threshold" in page) == (True, True)
    file = finance.get(f"{reverse('console:year-end-file', args=[program.id])}?year=2026").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(file)))
    assert (rows[0]["gross"], rows[0]["legal name"], rows[0]["form"]) == ("2400.00", "'=Large", "1099-NEC")
    assert finance.get(f"{reverse('console:year-end', args=[program.id])}?year=abc").status_code == 200
    assert next(iter(sheet_rows(year_end(program, year=2026))))[0] == "Large"


def test_whole_tax_numbers_are_in_the_file_of_who_asks_for_them_and_that_is_on_record(program: Program) -> None:
    agreement = paid(program, "Large", "20000.00")
    given = NumberInput(kind="ssn", number="536-90-4399")
    enter_number(organisation_id=agreement.partner.organisation_id, given=given, by=STORY, at=NOON)
    finance = Client()
    finance.force_login(make_member(program.workspace, Role.FINANCE))
    plain, whole = (reverse(f"console:{name}", args=[program.id]) for name in ("year-end-file", "year-end-numbers"))
    assert "… 399" in finance.get(f"{reverse('console:year-end', args=[program.id])}?year=2026").content.decode()

    def number(answer: HttpResponseBase) -> str:
        assert isinstance(answer, HttpResponse)
        return next(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))["tax number"]

    assert number(finance.get(f"{plain}?year=2026")) == "… 399"
    assert finance.get(f"{whole}?year=2026").status_code == 405
    assert not AuditRow.objects.filter(action="tax_number.opened").exists()
    assert number(finance.post(f"{whole}?year=2026")) == "536904399"
    assert AuditRow.objects.filter(action="tax_number.opened", workspace_id=program.workspace_id).count() == 1
