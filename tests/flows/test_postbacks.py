"""What the edge acknowledged is taken in exactly once, and every receipt says what became of it."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, ConversionLine, JournalCursor, Receipt
from rapport.apps.conversions.queries import receipts_of, refused_receipts
from rapport.apps.programs.models import Program, TermsVersion
from rapport.flows import postbacks
from rapport.flows.postbacks import position, postbacks_wait, take_postbacks
from rapport.kit.clock import to_ms
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter
from tests.lake.traffic import click
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)

Send = Callable[..., list[str]]


@pytest.fixture
def journal(tmp_path: Path, settings: Settings) -> Path:
    """The edge's journal, empty."""
    settings.JOURNAL_FOLDER = tmp_path / "journal"
    return tmp_path / "journal"


def event(program: Program, *, body: object = None, program_id: str = "", **params: str) -> PostbackEvent:
    """Return a postback as the edge acknowledged it: parameters, or a JSON body with its plain fields as texts."""
    told = {name: value for name, value in body.items() if isinstance(value, str)} if isinstance(body, dict) else params
    return PostbackEvent(
        receipt_id=f"rcp_{next(_numbers)}",
        at_ms=to_ms(NOON),
        program_id=program_id or program.id,
        auth="token",
        params=told,
        body=json.dumps(body) if body is not None else None,
    )


def seal(journal: Path, *events: PostbackEvent) -> None:
    """Write one sealed segment with a click in front."""
    writer = JournalWriter(journal, writer_id="edge")
    for each in (click(), *events):
        writer.append(each)
    writer.seal()
    writer.close()


def told(journal: Path, *events: PostbackEvent) -> list[Receipt]:
    """Let the worker take these in; return their receipts."""
    seal(journal, *events)
    assert take_postbacks(at=NOON) == len(events)
    receipts = Receipt.objects.in_bulk([each.receipt_id for each in events])
    return [receipts[each.receipt_id] for each in events]


def states(receipts: list[Receipt]) -> list[str]:
    return [receipt.state for receipt in receipts]


def test_an_order_in_the_parameters_becomes_a_conversion_with_a_commission(journal: Path) -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    click_id = make_click_id(make_link(agreement), at=NOON - timedelta(days=1))

    [receipt] = told(
        journal,
        event(
            program,
            order_id="10428",
            amount="104.22",
            rpid=f"{click_id}, ",
            coupon="anna12",
            customer="c1",
            status="new",
        ),
    )

    conversion = Conversion.objects.get()
    assert (receipt.state, receipt.subject, receipt.problems) == ("taken", conversion.id, [])
    assert (conversion.external_id, conversion.customer_status, conversion.occurred_at) == ("10428", "new", NOON)
    assert Commission.objects.get().accrued_minor == 1_251
    assert list(receipts_of(program.id)) == [receipt]


def test_a_json_body_may_carry_lists_and_lines(journal: Path) -> None:
    program = make_program()
    click_id = make_click_id(make_link(make_agreement(program)), at=NOON - timedelta(days=1))
    body = {
        "external_id": "1",
        "total": "30.00",
        "rpid": [click_id],
        "coupons": ["NOBODYS"],
        "lines": [{"product": "A", "quantity": "2", "price": "15.00"}],
    }
    [receipt] = told(journal, event(program, body=body))
    assert (receipt.state, [warning["code"] for warning in receipt.warnings]) == ("taken", ["coupon_unknown"])
    assert ConversionLine.objects.get().price_minor == 1_500
    assert Commission.objects.get().accrued_minor == 360


def test_each_receipt_says_what_became_of_it(journal: Path) -> None:
    program = make_program()
    first = {"order_id": "1", "amount": "100.00"}
    receipts = told(
        journal,
        event(program, **first),
        event(program, **first),
        event(program, order_id="1", amount="80.00"),
        event(program, type="refund", external_id="r1", of="1", amount="50.00"),
        event(program, type="cancel", external_id="r2", of="2"),
        event(program, order_id="3", amount="1,50"),
        event(program, type="gift", order_id="4"),
        event(program, amount="5.00"),
        event(program, body={"rpid": [1], "external_id": "5"}),
    )
    assert states(receipts) == ["taken", "known", "conflict", "taken", "waiting", *4 * ["refused"]]
    assert [problem["field"] for receipt in receipts[5:] for problem in receipt.problems] == [
        "total",
        "type",
        "",
        "click_ids.0",
    ]
    assert refused_receipts(program.id).count() == 4
    assert Conversion.objects.count() == 1


def test_a_test_is_marked_as_one(journal: Path) -> None:
    program = make_program()
    told(journal, event(program, order_id="1", test="YES"), event(program, order_id="2", test="0"))
    assert list(Conversion.objects.order_by("external_id").values_list("test", flat=True)) == [True, False]


def test_nothing_is_taken_twice_and_nothing_is_passed_over(journal: Path) -> None:
    program = make_program()
    assert (postbacks_wait(), position(), take_postbacks(at=NOON)) == (False, 0, 0)
    for number in range(3):
        seal(journal, event(program, order_id=str(number), amount="1.00"))
    assert postbacks_wait()
    assert take_postbacks(at=NOON, most=2) == 2
    assert (position(), postbacks_wait()) == (2, True)
    assert take_postbacks(at=NOON) == 1
    assert (take_postbacks(at=NOON), postbacks_wait(), position()) == (0, False, 3)
    assert Conversion.objects.count() == 3


def test_a_worker_that_stopped_inside_a_segment_goes_on_behind_its_last_batch(journal: Path) -> None:
    program = make_program()
    events = [event(program, order_id=str(number), amount="1.00") for number in range(postbacks.BATCH + 3)]
    told(journal, *events)
    kept = Receipt.objects.order_by("id").count()
    cursor = JournalCursor.objects.get()
    path = next(journal.glob(cursor.segment))
    offsets = [offset for offset, _event in postbacks.read_segment(path)]
    JournalCursor.objects.update(offset=offsets[postbacks.BATCH])
    assert position() == 0
    assert take_postbacks(at=NOON) == 3
    assert (Receipt.objects.count(), Conversion.objects.count()) == (kept, len(events))


def test_several_programs_share_a_segment(journal: Path) -> None:
    ours, theirs = make_program(), make_program(currency="GBP")
    told(journal, event(ours, order_id="1", amount="1.00"), event(theirs, order_id="1", amount="2.00"))
    assert dict(Conversion.objects.values_list("program_id", "total_minor")) == {ours.id: 100, theirs.id: 200}


def test_a_fault_of_ours_is_kept_visibly_and_stops_nobody_behind_it(journal: Path) -> None:
    program = make_program()
    # A version that no action of ours would have published.
    TermsVersion.objects.create(
        id="trm_broken",
        program=program,
        number=2,
        document={},
        digest="",
        effective_at=NOON,
        published_at=NOON,
        actor_kind=STORY.kind,
        actor_id=STORY.id,
    )
    whole = make_program()
    seal(journal, event(program, order_id="1", amount="1.00"), event(whole, order_id="1", amount="1.00"))
    assert take_postbacks(at=NOON) == 2
    faulty = Receipt.objects.get(program=program)
    assert (faulty.state, faulty.raw["params"]) == ("refused", {"order_id": "1", "amount": "1.00"})
    assert "our side" in faulty.problems[0]["sentence"]
    assert Conversion.objects.get().program == whole


def test_a_program_that_an_older_backup_does_not_know_is_passed_by(journal: Path) -> None:
    program = make_program()
    seal(journal, event(program, program_id="prg_gone", order_id="1"), event(program, order_id="1", amount="1.00"))
    assert take_postbacks(at=NOON) == 2
    assert Receipt.objects.get().program == program


def test_a_database_that_is_away_refuses_no_postback(journal: Path) -> None:
    program = make_program()
    seal(journal, event(program, order_id="1", amount="1.00"))

    def away(*_arguments: object) -> None:
        raise OperationalError("the connection is lost")

    with (
        connection.execute_wrapper(
            lambda execute, sql, *rest: away() if "conversions_conversion" in sql else execute(sql, *rest)
        ),
        pytest.raises(OperationalError),
    ):
        take_postbacks(at=NOON)
    assert not Receipt.objects.exists()
    assert take_postbacks(at=NOON) == 1
    assert Receipt.objects.get().state == "taken"
