"""Partners come along by file: agreements, own rates, codes, old links and balances, each with its reason."""

from datetime import timedelta
from pathlib import Path

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.models import Mail
from rapport.apps.imports.models import BroughtLine, ImportRun, RunState
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import versions_of
from rapport.apps.tracking.models import Coupon, LinkAlias
from rapport.flows.accepting import accept_offered
from rapport.apps.partners.queries import offered_version
from rapport.flows.doctor import run_checks
from rapport.flows.importing.checking import check
from rapport.flows.statements import month_of, statement_of
from tests.make.identity import NOON, STORY
from tests.make.imports import begin, bring, report_of, write_csv
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

HEAD = ("name", "email", "segment", "language", "rate", "codes", "old link", "balance", "note", "iban")
ANNA = ("Slow Mornings", "anna@slow.example", "blogger", "de", "15 %", "ANNA10 ANNA20", "?ref=anna", "120.50", "", "")
BEN = ("Deal Otter", "ben@otter.example", "Coupon site", "en", "", "OTTER", "", "-4.00", "A refund of May", "")


def assert_sound() -> None:
    """Let the doctor look at the books and at all that is sealed."""
    found = {check.name: check.problems for check in run_checks() if check.problems}
    assert not {name: problems for name, problems in found.items() if name not in {"link book", "work that is due"}}


def bring_partners(program: Program, folder: Path, *lines: tuple[str, ...], **choices: object) -> ImportRun:
    """Bring a file of partners whose columns are guessed."""
    path = write_csv(folder / "partners.csv", [HEAD, *lines])
    return bring(program, path, subject="partners", **choices)


def test_partners_stand_in_the_program_with_all_they_had(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "partners.csv", [HEAD, ANNA, BEN])
    figures = check(begin(program, path, subject="partners").id, at=NOON).figures
    assert not Agreement.objects.exists()
    assert {name: figures[name] for name in ("lines", "accepted", "refused", "merged")} == {
        "lines": 2, "accepted": 2, "refused": 0, "merged": 0,
    }
    assert (figures["codes"], figures["old_links"], figures["own_rates"], figures["balances_minor"]) == (3, 1, 1, 11_650)
    run = bring(program, path, subject="partners")
    assert run.state == RunState.DONE, run.reason
    anna, ben = Agreement.objects.order_by("partner__name").reverse()
    assert (anna.partner.name, anna.state) == ("Slow Mornings", AgreementState.PROPOSED)
    assert set(Coupon.objects.filter(agreement=anna).values_list("code", flat=True)) == {"ANNA10", "ANNA20"}
    assert LinkAlias.objects.get().text == "?ref=anna"
    assert [one.number for one in versions_of(program.id)] == [1]
    offered = offered_version(anna, at=NOON)
    assert offered and offered.document["rules"][0]["pay"] == {"percent": "15"}
    assert Mail.objects.count() == 2
    statement = statement_of(anna, first=month_of(NOON.date())[0], last=month_of(NOON.date())[1])
    assert [(line.words, line.amount.minor) for line in statement.lines] == [("Opening balance brought along", 12_050)]
    assert statement.closing.minor == 12_050
    owing = statement_of(ben, first=month_of(NOON.date())[0], last=month_of(NOON.date())[1])
    assert [(line.words, line.amount.minor) for line in owing.lines] == [("Debt brought along: A refund of May", -400)]
    assert_sound()
