"""Files of orders on their way in: returns find their sales in any order of files, and uploads end."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Correction
from rapport.apps.identity.models import Role
from rapport.apps.imports.actions import Place, move_run, start_import
from rapport.apps.imports.errors import FileGone, RunMovedOn
from rapport.apps.imports.models import ImportRun, RunState
from rapport.apps.imports.queries import run_of, waiting_pieces
from rapport.apps.imports.reading.layout import MATCHED
from rapport.apps.ledger.queries import recount
from rapport.apps.programs.models import Program
from rapport.flows.importing.checking import check
from rapport.flows.importing.files import file_of, keep_upload, report_path
from rapport.flows.importing.ordering import bring_upload
from rapport.flows.importing.tasks import carry_out_import, forget_import_files, match_returns
from rapport.kit.clock import now
from tests.make.identity import NOON, STORY, make_member, make_organisation
from tests.make.imports import begin, bring, report_of, write_csv
from tests.make.rates import make_rate
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

HEAD = ("order", "date", "sku", "qty", "price", "customer")
OLD = ("S1", "2026-01-01", "TEA", "3", "10.00", "anna")
MIDDLE = ("S2", "2026-01-05", "TEA", "2", "10.00", "anna")
LATE = ("S3", "2026-01-20", "TEA", "9", "10.00", "anna")
FIRST_BACK = ("C1", "2026-01-10", "TEA", "-2", "10.00", "anna")
MORE_BACK = ("C2", "2026-01-12", "TEA", "-4", "10.00", "anna")


def left_of(program: Program) -> dict[str, int]:
    assert recount(program.id).problems == []
    return dict(Conversion.objects.filter(program=program).values_list("external_id", "remaining_minor"))


def test_the_same_orders_and_returns_end_alike_in_whichever_order_their_files_come(tmp_path: Path) -> None:
    ends = set()
    for number, told in enumerate(permutations(((OLD,), (MIDDLE, LATE), (FIRST_BACK, MORE_BACK)))):
        program = make_program(zone="UTC")
        for place, lines in enumerate(told):
            path = write_csv(tmp_path / f"{number}-{place}.csv", [HEAD, *lines])
            bring(program, path)
        waits = [(one.number, one.quantity) for one in waiting_pieces(program.id)]
        ends.add((tuple(sorted(left_of(program).items())), tuple(waits)))
    ((left, waiting),) = ends
    assert dict(left) == {"S1": 0, "S2": 0, "S3": 9_000}
    assert [(number, int(quantity)) for number, quantity in waiting] == [("C2", 1)]


def test_a_return_that_waits_finds_a_sale_of_another_door_within_the_hour(tmp_path: Path) -> None:
    program = make_program()
    run = bring(program, write_csv(tmp_path / "back.csv", [HEAD, FIRST_BACK]))
    assert run.figures["waiting"] == 1
    assert report_of(run)[0][2] == "waiting"
    lines = [{"product": "TEA", "quantity": 5, "price": "10.00"}]
    at = NOON - timedelta(days=60)
    report_sale(program, external_id="api", total="50.00", customer_id="anna", lines=lines, at=at)
    match_returns.func()
    assert left_of(program) == {"api": 3_000}
    match_returns.func()
    assert Correction.objects.count() == 1


def test_a_correction_that_names_an_unknown_order_waits_for_it(tmp_path: Path) -> None:
    program = make_program()
    head = ("order", "date", "amount", "original order")
    back = write_csv(tmp_path / "back.csv", [head, ("R1", "2026-01-05", "-3.00", "S1")])
    dry = check(begin(program, back).id, at=NOON)
    done = bring(program, back)
    assert dry.figures["waiting"] == done.figures["waiting"] == 1
    assert "S1 is not known" in report_of(done)[0][3]
    bring(program, write_csv(tmp_path / "sale.csv", [head, ("S1", "2026-01-01", "10.00", "")]))
    assert left_of(program) == {"S1": 700}
    assert check(begin(program, back).id, at=NOON).figures["waiting"] == 0


def test_a_run_is_moved_by_one_worker_only_and_a_finished_one_not_at_all(tmp_path: Path) -> None:
    program = make_program()
    run = begin(program, write_csv(tmp_path / "one.csv", [HEAD, OLD]))
    with pytest.raises(RunMovedOn):
        start_import(run_id=run.id, by=STORY, at=NOON)
    check(run.id, at=NOON)
    start_import(run_id=run.id, by=STORY, at=NOON)
    move_run(run.id, before=Place(), after=Place("sales"))
    with pytest.raises(RunMovedOn):
        move_run(run.id, before=Place(), after=Place("sales", 5))
    carry_out_import.func(run_id=run.id)
    carry_out_import.func(run_id=run.id)
    assert run_of(run.id).state == RunState.DONE


def test_a_file_that_changed_after_its_check_is_refused(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "one.csv", [HEAD, OLD])
    run = begin(program, path)
    write_csv(path, [HEAD, OLD, LATE])
    checked = check(run.id, at=NOON)
    assert (checked.state, checked.reason) == (RunState.FAILED, FileGone().sentence)
    assert not Conversion.objects.exists()


def test_an_upload_ends_after_its_days_and_its_report_stays(settings: Settings) -> None:
    program = make_program()
    told = {"program_id": program.id, "subject": "orders", "name": "orders.csv"}
    run = bring_upload([b"order,date,amount\n1,2026-01-01,5\n"], **told, by=STORY, at=now() - timedelta(days=31))
    report_path(run).write_text("kept")
    assert file_of(run).name == "upload"
    forget_import_files.func()
    with pytest.raises(FileGone):
        file_of(run_of(run.id))
    assert report_path(run).exists()
    settings.IMPORT_MOST_BYTES = 10
    before = set(django_settings.IMPORTS_FOLDER.iterdir())
    with pytest.raises(Exception, match="larger than 0 MB"):
        keep_upload([b"12345678", b"9012"], name="large.csv")
    assert set(django_settings.IMPORTS_FOLDER.iterdir()) == before


def test_a_request_longer_than_any_file_is_stopped_before_it_is_read(settings: Settings) -> None:
    settings.IMPORT_MOST_BYTES = 1_000
    workspace = make_organisation()
    program = make_program(workspace)
    client = Client()
    client.force_login(make_member(workspace, Role.OWNER))
    file = SimpleUploadedFile("large.csv", b"x" * 1_100_000)
    answer = client.post(reverse("console:imports", args=[program.id]), {"subject": "orders", "file": file})
    assert answer.status_code in {400, 413}
    assert not ImportRun.objects.exists()


def test_formulas_in_a_report_are_made_harmless(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "evil.csv", [HEAD, *([OLD] * 20), ("=1+1", "2026-01-01", "TEA", "x", "1", "a")])
    run = begin(program, path)
    checked = check(run.id, at=NOON)
    assert report_of(checked)[0][:3] == ["22", "'=1+1", "refused"]


def test_orders_of_a_file_keep_their_currency_and_are_never_added_to_others(tmp_path: Path) -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA12", at=NOON - timedelta(days=50))
    make_rate(program, "USD", "0.92", day=(NOON - timedelta(days=3)).date())
    head = ("order", "date", "amount", "currency", "coupon", "original order")
    day = (NOON - timedelta(days=1)).date().isoformat()
    rows = [
        ("E1", day, "10.00", "EUR", "ANNA12", ""),
        ("U1", day, "100.00", "USD", "ANNA12", ""),
        ("J1", day, "16325", "JPY", "ANNA12", ""),
        ("R1", day, "-50.00", "USD", "", "U1"),
        ("R2", day, "-5.00", "CHF", "", ""),
    ]
    run = bring(program, write_csv(tmp_path / "orders.csv", [head, *rows]), negative=MATCHED)
    assert (run.figures["orders"], run.figures["total_minor"], run.figures["foreign"]) == (3, 1_000, 2)
    assert run.figures["refused"] == 1
    told = {row.external_id: (row.currency, row.remaining_minor) for row in Conversion.objects.all()}
    assert told == {"E1": ("EUR", 1_000), "U1": ("USD", 5_000), "J1": ("JPY", 16_325)}
    earned = dict(Commission.objects.values_list("conversion__external_id", "accrued_minor"))
    assert earned == {"E1": 120, "U1": 552}
    assert report_of(run)[0][3].startswith("What came back in another currency")
