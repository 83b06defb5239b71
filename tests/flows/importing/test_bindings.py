"""A file says whose customers and codes these are: commissions arise, and the page of each says which line it was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Binding
from rapport.apps.imports.models import RunState
from rapport.apps.record.errors import BadInput
from rapport.apps.tracking.models import Coupon
from rapport.flows.explaining import explain
from rapport.flows.explaining.order import tell_order
from rapport.flows.importing.checking import check
from tests.make.identity import NOON
from tests.make.imports import begin, bring, report_of, write_csv
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

HEAD = ("customer", "code", "partner", "from", "until")
COLUMNS = {"customer": "customer", "coupon": "code", "partner": "partner", "date": "from", "until": "until"}
DAY = (NOON - timedelta(days=30)).date().isoformat()


def test_orders_of_a_bound_customer_earn_and_the_page_names_the_line(tmp_path: Path) -> None:
    program = make_program()
    agreement = make_agreement(program, name="Slow Mornings")
    before = report_sale(program, external_id="o1", total="100.00", customer_id="anna").conversion
    path = write_csv(tmp_path / "ours.csv", [HEAD, ("anna", "", "slow  MORNINGS", DAY, "")])
    assert check(begin(program, path, subject="bindings").id, at=NOON).figures["accepted"] == 1
    assert not Binding.objects.exists()
    assert bring(program, path, subject="bindings").state == RunState.DONE
    report_sale(program, external_id="o2", total="50.00", customer_id="anna")
    earned = {str(row.conversion).split()[1]: row for row in Commission.objects.select_related("conversion")}
    assert {order: (row.agreement_id, row.accrued_minor) for order, row in earned.items()} == {
        "o1": (agreement.id, 1_200),
        "o2": (agreement.id, 600),
    }
    told = explain(earned["o1"], at=NOON)
    assert [one.heading for one in told.considered] == ["Bound by the file ours.csv, line 2"]
    assert any("ours.csv, line 2" in step.sentence for step in told.steps)
    assert [one.heading for one in tell_order(before).weighed] == ["Bound by the file ours.csv, line 2"]
    again = bring(program, path, subject="bindings")
    assert again.figures["accepted"] == 1
    assert Binding.objects.count() == 1


def test_a_code_told_by_file_credits_the_orders_that_used_it_before(tmp_path: Path) -> None:
    program = make_program()
    agreement = make_agreement(program)
    report_sale(program, external_id="o1", total="100.00", coupons=["TEA5"])
    path = write_csv(tmp_path / "codes.csv", [HEAD, ("", "tea5", agreement.id, DAY, "2027-01-01")])
    bring(program, path, subject="bindings")
    assert Commission.objects.get().accrued_minor == 1_200
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.ends_at) == ("TEA5", datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert bring(program, path, subject="bindings").figures["accepted"] == 1


def test_every_line_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    program = make_program()
    for name in ("Twin", "Twin", "Rival"):
        make_agreement(program, name=name)
    rival = make_agreement(program, name="Fold & Crease")
    make_coupon(rival, "THEIRS")
    lines = [
        ("anna", "", "Rival", DAY, ""),
        ("ben", "", "Nobody", DAY, ""),
        ("ben", "", "Twin", DAY, ""),
        ("ben", "CODE", "Rival", DAY, ""),
        ("", "", "Rival", DAY, ""),
        ("ben", "", "Rival", "", ""),
        ("ben", "", "Rival", "31.31.2026", ""),
        ("", "THEIRS", "Rival", DAY, ""),
        ("", "LATE", "Rival", DAY, "2020-01-01"),
        ("", "?", "Rival", DAY, ""),
        ("anna", "", "Fold & Crease", DAY, ""),
        ("anna", "", "Rival", DAY, "", "one cell too many"),
    ]
    path = write_csv(tmp_path / "dirty.csv", [HEAD, *lines])
    run = begin(
        program,
        path,
        subject="bindings",
        columns=COLUMNS,
    )
    dry = check(run.id, at=NOON)
    done = bring(
        program,
        path,
        subject="bindings",
        columns=COLUMNS,
    )
    assert dry.figures == done.figures
    assert done.figures == {"lines": 12, "refused": 11, "waiting": 0, "accepted": 1}
    reasons = {int(line): why for line, _about, _fate, why in report_of(done)}
    for line, words in {
        3: "No partner of this program",
        4: "may be 2 partners",
        5: "one of the two",
        6: "one of the two",
        7: "from when",
        8: "is no date",
        9: "belongs to another partner",
        10: "ends before it begins",
        11: "letters",
        12: "bound to another partner",
        13: "6 cells",
    }.items():
        assert words in reasons[line], line


def test_a_file_of_bindings_needs_its_columns(tmp_path: Path) -> None:
    program = make_program()
    path = write_csv(tmp_path / "few.csv", [("customer", "note"), ("anna", "kind")])
    with pytest.raises(BadInput) as bad:
        begin(program, path, subject="bindings")
    assert set(bad.value.fields) == {"partner", "date"}
