"""`rapport import` from the command line: columns are shown, the dry run comes first, the same file counts once."""

from pathlib import Path

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.delivery.models import Mail
from rapport.apps.imports.actions import start_import
from rapport.apps.imports.models import ImportRun, Profile
from rapport.apps.partners.models import Agreement, AgreementState
from rapport.flows.importing.checking import check
from tests.config.commands import rapport
from tests.make.identity import NOON, STORY
from tests.make.imports import begin, write_csv
from tests.make.road import make_agreement, make_coupon, make_program, report_sale
from tests.support.databases import FreshDatabase

ORDERS = [
    ("Order", "Date", "SKU", "Qty", "Price", "Customer"),
    ("1", "3/4/2026", "TEA", "2", "50.00", "anna"),
    ("2", "3/5/2026", "TEA", "1", "50.00", "ben"),
    ("2", "3/5/2026", "POST", "1", "4.50", "ben"),
    ("C3", "3/6/2026", "CUP", "-1", "9.00", "anna"),
]
PARTNERS = [("customer", "partner", "from"), ("anna", "Slow Mornings", "2026-01-01")]


def test_files_come_in_from_the_command_line(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    program = make_program(currency="EUR")
    make_agreement(program, name="Slow Mornings")
    orders, partners = write_csv(tmp_path / "orders.csv", ORDERS), write_csv(tmp_path / "partners.csv", PARTNERS)
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path / "data")}

    asked = rapport("import", "orders", str(orders), **settings)
    assert asked.returncode == 1
    assert "date_order: Say whether the day or the month stands first" in asked.stderr
    wrong = rapport("import", "orders", str(orders), "--set", "colour=red", **settings)
    assert (wrong.returncode, "“colour” is neither" in wrong.stderr) == (1, True)

    choices = ("--set", "date_order=month_first", "--set", "shipping_products=POST", "--profile", "shop")
    dry = rapport("import", "orders", str(orders), *choices, "--dry-run", **settings)
    assert dry.returncode == 0, dry.stderr
    assert "The file would bring:" in dry.stdout
    assert not Conversion.objects.exists()
    done = rapport("import", "orders", str(orders), "--profile", "shop", "--program", program.slug, **settings)
    assert done.returncode == 0, done.stderr
    told = done.stdout.split("Imported:")[1].split()
    assert told[:18:2] == [
        "lines",
        "accepted",
        "refused",
        "waiting",
        "orders",
        "corrections",
        "returns",
        "total",
        "EUR",
    ]
    assert told[1:16:2] == ["4", "3", "0", "1", "2", "0", "1", "154.50"]
    assert Profile.objects.get().layout["shipping_products"] == ["POST"]
    assert sorted(Conversion.objects.values_list("total_minor", "shipping_minor")) == [(5450, 450), (10_000, 0)]

    bound = rapport("import", "bindings", str(partners), **settings)
    assert bound.returncode == 0, bound.stderr
    assert Commission.objects.get().accrued_minor == 1_200


def test_a_file_that_was_begun_goes_on_and_a_broken_one_is_refused(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path / "data")}
    orders = write_csv(tmp_path / "orders.csv", [("Order", "Date", "Amount"), ("1", "2026-02-01", "5.00")])
    nowhere = rapport("import", "orders", str(orders), **settings)
    assert (nowhere.returncode, "there is none yet" in nowhere.stderr) == (1, True)
    program = make_program()
    begun = begin(program, orders)
    check(begun.id, at=NOON)
    start_import(run_id=begun.id, by=STORY, at=NOON)
    on = rapport("import", "orders", str(orders), **settings)
    assert on.returncode == 0, on.stderr
    assert "it goes on where it was" in on.stdout
    assert (ImportRun.objects.get().state, Conversion.objects.count()) == ("done", 1)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\0\0\0")
    refused = rapport("import", "orders", str(broken), **settings)
    assert (refused.returncode, "NUL" in refused.stderr) == (1, True)


OURS = [
    ("name", "email", "rate", "codes", "old link", "balance"),
    ("Deal Otter", "ben@otter.example", "15 %", "OTTER", "?ref=otter", "4.00"),
    ("Otter two", "two@otter.example", "", "", "", ""),
    ("Nobody", "no mail", "", "", "", ""),
]
DECISIONS = [("order", "decision", "code"), ("1", "ok", ""), ("2", "no", "fraud"), ("9", "ok", "")]


def test_partners_come_along_and_are_taken_back_from_the_command_line(
    fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    make_program(currency="EUR")
    file = str(write_csv(tmp_path / "ours.csv", OURS))
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path / "data")}
    dry = rapport("import", "partners", file, "--dry-run", **settings)
    assert dry.returncode == 0, dry.stderr
    assert "balances     4.00 EUR" in dry.stdout
    assert "line 3 (two@otter.example) may be the same partner as ben@otter.example: same domain" in dry.stdout
    assert not Agreement.objects.exists()
    choices = ("--set", "merged_by=domain", "--set", "together=3", "--set", "invited=later")
    done = rapport("import", "partners", file, *choices, **settings)
    assert done.returncode == 0, done.stderr
    assert "Imported:" in done.stdout
    assert "line 3 (two@otter.example) is merged with ben@otter.example: same domain" in done.stdout
    assert Agreement.objects.get().partner.name == "Deal Otter"
    assert not Mail.objects.exists()
    assert "merged       2" in rapport("import", "partners", file, *choices, **settings).stdout
    undone = rapport("import", "partners", file, "--undo", **settings)
    assert "Taken back: 1 partners." in undone.stdout, undone.stderr
    assert Agreement.objects.get().state == AgreementState.ENDED
    other = str(write_csv(tmp_path / "other.csv", OURS[:2]))
    missing = rapport("import", "partners", other, "--undo", **settings)
    assert (missing.returncode, "was not imported" in missing.stderr) == (1, True)


def test_orders_are_decided_from_the_command_line(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    program = make_program()
    make_coupon(make_agreement(program), "ANNA")
    for number in ("1", "2"):
        report_sale(program, external_id=number, total="100.00", coupons=["ANNA"])
    file = str(write_csv(tmp_path / "decisions.csv", DECISIONS))
    settings = {"RAPPORT_DATABASE_URL": fresh_database.url, "RAPPORT_DATA": str(tmp_path / "data")}
    dry = rapport("import", "validations", file, "--dry-run", **settings)
    assert "approve      1 orders, commissions 12.00 EUR" in dry.stdout, dry.stderr
    assert Commission.objects.filter(state="pending").count() == 2
    done = rapport("import", "validations", file, **settings)
    assert done.returncode == 0, done.stderr
    assert sorted(Commission.objects.values_list("state", flat=True)) == ["approved", "declined"]
    again = rapport("import", "validations", file, **settings)
    assert (again.returncode, "No line leaves anything to do." in again.stdout) == (0, True)
