"""The file of a real shop, dirt and all, through the import: every line is accounted for, however it comes."""

import csv
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, ConversionLine, Correction
from rapport.apps.imports.actions import start_import
from rapport.apps.imports.models import ImportRun, ReturnedPart, RunState
from rapport.apps.imports.queries import run_of, waiting_pieces
from rapport.apps.imports.reading.values import DateOrder
from rapport.apps.ledger.queries import recount
from rapport.apps.programs.models import Program
from rapport.flows.importing.carrying import carry_out
from rapport.flows.importing.checking import check
from tests.make.identity import NOON, STORY
from tests.make.imports import begin, bring, report_of, write_csv
from tests.make.road import make_agreement, make_program
from tests.support.databases import FreshDatabase
from tests.support.drills import scaled
from tests.support.processes import end_with_parent

DATA = Path(os.environ.get("RAPPORT_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
ORDERS = DATA / "online-retail" / "orders.csv"
LONDON = ZoneInfo("Europe/London")
OPENED = datetime(2010, 11, 1, tzinfo=UTC)
HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
KILLS = scaled(whole=8, on_sqlite=2, on_postgresql=2)
AMERICAN = DateOrder.MONTH_FIRST


@dataclass(frozen=True, slots=True)
class Books:
    """What the tables and the books say after an import, by the shop's own numbers."""

    orders: frozenset[tuple[str, int, int]]
    lines: int
    taken_back: frozenset[tuple[str, str, int]]
    earned: frozenset[tuple[str, int]]
    waiting: frozenset[tuple[str, str, Decimal]]


def real_rows() -> list[list[str]]:
    """Return the lines of the file without its header, or nothing where the file is not."""
    if not ORDERS.exists():
        sys.stderr.write(f"no real orders were imported: {ORDERS} is not here\n")
        return []
    with ORDERS.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def write_rows(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([HEADER, *rows])
    return path


def make_shop(folder: Path, rows: Sequence[Sequence[str]]) -> Program:
    """Return a program in pounds whose customers, every third of them, a file binds to a blogger."""
    program = make_program(currency="GBP", zone="Europe/London", at=OPENED)
    blogger = make_agreement(program, name="Slow Mornings", at=OPENED)
    customers = list(dict.fromkeys(row[6] for row in rows if row[6]))[::3]
    told = [("customer", "partner", "from"), *((customer, blogger.id, "2010-11-02") for customer in customers)]
    bring(program, write_csv(folder / "bindings.csv", told), subject="bindings")
    return program


def books_of(program: Program) -> Books:
    assert recount(program.id).problems == []
    orders = Conversion.objects.filter(program=program)
    told = ReturnedPart.objects.filter(piece__program=program).exclude(amount_minor=0)
    earned = Commission.objects.filter(agreement__program=program).values_list(
        "conversion__external_id", "accrued_minor"
    )
    return Books(
        orders=frozenset(orders.values_list("external_id", "total_minor", "remaining_minor")),
        lines=ConversionLine.objects.filter(conversion__in=orders).count(),
        taken_back=frozenset(told.values_list("piece__number", "conversion__external_id", "amount_minor")),
        earned=frozenset((order, minor) for order, minor in earned if minor),
        waiting=frozenset((one.number, one.product, one.quantity) for one in waiting_pieces(program.id)),
    )


@pytest.mark.django_db
def test_every_line_of_a_real_file_is_accounted_for_and_the_sums_equal_an_independent_one(tmp_path: Path) -> None:
    rows = real_rows()
    if not rows:
        return
    program = make_shop(tmp_path, rows)
    run = begin(program, ORDERS, date_order=AMERICAN)
    checked = check(run.id, at=NOON)
    assert not Conversion.objects.exists()
    figures = {name: value for name, value in checked.figures.items() if name != "sample"}
    done = carry_out(_started(run), by=STORY, at=NOON)
    assert (done.state, done.figures) == (RunState.DONE, figures)
    assert done.figures["lines"] == len(rows)
    assert figures["accepted"] + figures["refused"] + figures["waiting"] == len(rows)
    fates = report_of(done)
    assert Counter(fate for _line, _order, fate, _why in fates) == {"refused": 1, "waiting": 25}
    assert {rows[int(line) - 2][0] for line, *_rest in fates} == {order for _line, order, *_rest in fates}

    books = books_of(program)
    sales, back = independent_sums(rows)
    assert {order: total for order, total, _left in books.orders} == sales
    assert done.figures["total_minor"] == sum(sales.values())
    assert {order: total - left for order, total, left in books.orders if total != left} == back
    bound = set(list(dict.fromkeys(row[6] for row in rows if row[6]))[::3])
    buyer = {row[0]: row[6] for row in rows}
    left = {order: total - back.get(order, 0) for order, total in sales.items() if buyer[order] in bound}
    earned = {order: (12 * minor + 50) // 100 for order, minor in left.items()}
    assert dict(books.earned) == {order: minor for order, minor in earned.items() if minor}

    assert bring(program, ORDERS, date_order=AMERICAN).figures == done.figures
    assert books_of(program) == books
    assert Correction.objects.filter(program=program).count() == len(books.taken_back)


@pytest.mark.django_db
def test_shuffled_lines_in_overlapping_files_end_in_the_same_books(tmp_path: Path) -> None:
    rows = real_rows()
    if not rows:
        return
    program = make_shop(tmp_path, rows)
    bring(program, ORDERS, date_order=AMERICAN)
    by_order: dict[str, list[list[str]]] = {}
    for row in rows:
        by_order.setdefault(row[0], []).append(row)
    numbers = list(by_order)
    rng = random.Random(536_365)  # noqa: S311 - an order that can be repeated
    again = make_shop(tmp_path, rows)
    # The second half comes first, and some orders are in both files.
    for part in (numbers[50:], numbers[:90]):
        told = [row for number in part for row in by_order[number]]
        rng.shuffle(told)
        bring(again, write_rows(tmp_path / f"{len(part)}.csv", told), date_order=AMERICAN)
    assert books_of(again) == books_of(program)


@pytest.mark.drill(seconds=20)
def test_an_import_killed_in_the_middle_goes_on_and_ends_whole(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    rows = real_rows()
    if not rows:
        return
    program = make_shop(tmp_path, rows)
    whole = make_shop(tmp_path, rows)
    bring(whole, ORDERS, date_order=AMERICAN)
    run = begin(program, ORDERS, date_order=AMERICAN)
    check(run.id, at=NOON)
    _started(run)
    kills = 0
    while run_of(run.id).state == RunState.RUNNING and kills < KILLS:
        kills += _killed_on_its_way(run)
    assert kills
    assert Conversion.objects.filter(program=program).exists()
    if run_of(run.id).state == RunState.RUNNING:
        carry_out(run.id, by=STORY, at=NOON)
    done = run_of(run.id)
    assert done.figures["accepted"] + done.figures["refused"] + done.figures["waiting"] == len(rows)
    assert books_of(program) == books_of(whole)


def _killed_on_its_way(run: ImportRun) -> bool:
    """Let a process of its own carry the run on, and kill it without a word as soon as it has come further."""
    before = _place(run)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.importing_process", run.id],
        preexec_fn=end_with_parent,  # noqa: PLW1509 - only asks the kernel
        env=os.environ,
    )
    while process.poll() is None and _place(run) == before:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _place(run: ImportRun) -> tuple[str, str, int, str]:
    now = run_of(run.id)
    return (now.state, now.phase, now.position, now.at_key)


def _started(run: ImportRun) -> str:
    return start_import(run_id=run.id, by=STORY, at=NOON).id


@dataclass(slots=True)
class Goods:
    """Pieces of one product in one order that the customer still has."""

    at: datetime
    order: str
    left: int


def independent_sums(rows: Sequence[Sequence[str]]) -> tuple[dict[str, int], dict[str, int]]:
    """Count once more in plain decimals, in pence: what each order came to, and what came back of it."""
    sales: dict[str, Decimal] = {}
    goods: dict[tuple[str, str], list[Goods]] = {}
    for number, product, _name, quantity, date, price, customer, _country in rows:
        if number.startswith("C") or int(quantity) < 0:
            continue
        sales[number] = sales.get(number, Decimal()) + int(quantity) * Decimal(price)
        goods.setdefault((customer, product), []).append(Goods(london(date), number, int(quantity)))
    back: dict[str, Decimal] = {}
    for number, product, _name, quantity, date, price, customer, _country in rows:
        if not number.startswith("C") or not customer:
            continue
        wanted = -int(quantity)
        for sold in sorted(goods.get((customer, product), ()), key=lambda one: (one.at, one.order), reverse=True):
            taken = min(wanted, sold.left) if sold.at <= london(date) else 0
            sold.left -= taken
            wanted -= taken
            if taken:
                back[sold.order] = back.get(sold.order, Decimal()) + taken * Decimal(price)
    return pence(sales), pence(back)


def london(text: str) -> datetime:
    """Return a moment of the file."""
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=LONDON)


def pence(pounds: dict[str, Decimal]) -> dict[str, int]:
    """Return sums in pence."""
    return {order: int(each * 100) for order, each in pounds.items()}
