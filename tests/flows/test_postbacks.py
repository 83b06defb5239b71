"""Acknowledged postbacks: each is taken in once, and its receipt says what became of it."""

import json
from pathlib import Path

import pytest
from msgspec import structs
from pytest_django import Settings

from rapport.apps.conversions.actions import choose_profile, move_cursor
from rapport.apps.conversions.inputs import ProfileInput
from rapport.apps.conversions.models import Conversion, Correction, Receipt
from rapport.apps.programs.models import Program
from rapport.apps.record.inputs import read_input
from rapport.flows.postbacks import CURSOR, position, postbacks_wait, take_postbacks
from rapport.kit.clock import to_ms
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter, sealed_segments
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_coupon, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(tmp_path: Path, settings: Settings) -> Program:
    """A program whose edge has written nothing yet."""
    settings.JOURNAL_FOLDER = tmp_path
    made = make_program()
    make_coupon(make_agreement(made), "ANNA12")
    return made


def write(folder: Path, *events: PostbackEvent) -> None:
    writer = JournalWriter(folder, writer_id="story")
    for event in events:
        writer.append(event)
    writer.sync()
    writer.close()


def postback(program: Program, receipt_id: str, body: object = None, **params: str) -> PostbackEvent:
    return PostbackEvent(
        receipt_id=receipt_id,
        at_ms=to_ms(NOON),
        program_id=program.id,
        auth="token",
        params=params,
        body=json.dumps(body) if body else None,
    )


def states() -> dict[str, str]:
    return dict(Receipt.objects.values_list("id", "state"))


def test_each_receipt_says_what_became_of_its_postback(program: Program, tmp_path: Path) -> None:
    write(
        tmp_path,
        postback(program, "sale", order_id="1", amount="100.00", coupon="ANNA12"),
        postback(program, "again", order_id="1", amount="100.00", coupon="ANNA12"),
        postback(program, "clash", order_id="1", amount="90.00"),
        postback(program, "refund", type="refund", external_id="r", of="1", amount="50.00"),
        postback(program, "early", type="refund", external_id="s", of="2", amount="5.00"),
        postback(program, "broken", order_id="3", amount="ten"),
        postback(program, "strange", type="return", order_id="3"),
        postback(program, "basket", {"lines": [{"product": "p", "price": "7.00"}]}, order_id="4", amount="7.00"),
    )
    assert take_postbacks(at=NOON) == 8
    assert states() == {
        "sale": "taken",
        "again": "known",
        "clash": "conflict",
        "refund": "taken",
        "early": "waiting",
        "broken": "refused",
        "strange": "refused",
        "basket": "taken",
    }
    assert Receipt.objects.get(pk="broken").problems[0]["field"] == "total"
    assert Receipt.objects.get(pk="refund").subject == Correction.objects.get(external_id="r").id
    assert Conversion.objects.get(external_id="1").in_conflict
    assert Conversion.objects.get(external_id="4").lines.get().product == "p"


def test_what_was_taken_is_not_taken_again(program: Program, tmp_path: Path) -> None:
    write(tmp_path, *(postback(program, f"r{n}", order_id=str(n), amount="1.00") for n in range(45)))
    assert postbacks_wait()
    assert (take_postbacks(at=NOON), postbacks_wait(), take_postbacks(at=NOON)) == (45, False, 0)
    write(tmp_path, postback(program, "later", order_id="later", amount="1.00"))
    assert (take_postbacks(at=NOON), position()) == (1, 2)


def test_a_stop_in_the_middle_of_a_segment_goes_on_behind_it(program: Program, tmp_path: Path) -> None:
    write(tmp_path, *(postback(program, f"r{n}", order_id=str(n), amount="1.00") for n in range(3)))
    take_postbacks(at=NOON)
    move_cursor(name=CURSOR, segment=sealed_segments(tmp_path)[0].name, offset=0)
    assert (position(), postbacks_wait()) == (0, True)
    assert take_postbacks(at=NOON) == 2
    assert (Receipt.objects.count(), Conversion.objects.count()) == (3, 3)


def test_one_that_a_fault_of_ours_keeps_out_is_kept_whole_and_stops_nobody(program: Program, tmp_path: Path) -> None:
    # The edge lets no such body through; whatever the fault is, it is met here.
    faulty = structs.replace(postback(program, "faulty", a="b"), body="{")
    write(tmp_path, postback(program, "first", order_id="1", amount="1.00"), faulty)
    write(tmp_path, postback(program, "last", order_id="2", amount="1.00"))
    assert take_postbacks(at=NOON, most=1) == 2
    assert take_postbacks(at=NOON) == 1
    assert states() == {"first": "taken", "faulty": "refused", "last": "taken"}
    assert Receipt.objects.get(pk="faulty").raw["params"] == {"a": "b"}
    assert position() == 2


@pytest.mark.usefixtures("program")
def test_nothing_written_is_nothing_taken() -> None:
    assert (position(), postbacks_wait(), take_postbacks(at=NOON)) == (0, False, 0)


def test_an_edit_leads_the_order_to_its_new_amount_however_often_it_is_told(program: Program, tmp_path: Path) -> None:
    choose_profile(program=program, given=read_input(ProfileInput, {"profile": "shareasale"}), by=STORY, at=NOON)

    def edit(receipt_id: str, amount: str, **more: str) -> PostbackEvent:
        return postback(program, receipt_id, action="edit", ordernumber="1", newamount=amount, **more)

    write(
        tmp_path,
        edit("down", "60.00"),  # in one segment with its order, and before it
        postback(program, "sale", tracking="1", amount="100.00", couponcode="ANNA12"),
        edit("down again", "60.00"),
        edit("up", "80.00"),
        edit("down anew", "60.00"),
        edit("foreign", "60.00", currency="USD"),
        edit("unreadable", "60,00"),
        postback(program, "nobody", action="edit", ordernumber="9", newamount="60.00"),
    )
    take_postbacks(at=NOON)

    taken = dict.fromkeys(("sale", "down", "up", "down anew"), "taken")
    refused = dict.fromkeys(("foreign", "unreadable", "nobody"), "refused")
    assert states() == taken | refused | {"down again": "known"}
    assert Conversion.objects.get().remaining_minor == 6_000
    assert list(Correction.objects.order_by("id").values_list("kind", "total_minor")) == [
        ("amendment", -4_000),
        ("amendment", 2_000),
        ("amendment", -2_000),
    ]
    fields = {row.id: row.problems[0]["field"] for row in Receipt.objects.filter(state="refused")}
    assert fields == {"foreign": "currency", "unreadable": "total", "nobody": "of"}
    assert Receipt.objects.get(pk="down again").warnings == []


def test_an_edit_after_a_refund_is_not_taken_off_twice(program: Program, tmp_path: Path) -> None:
    choose_profile(program=program, given=read_input(ProfileInput, {"profile": "shareasale"}), by=STORY, at=NOON)
    write(
        tmp_path,
        postback(program, "sale", tracking="1", amount="100.00"),
        postback(program, "refund", type="refund", of="1", total="40.00"),
        postback(program, "edit", action="edit", ordernumber="1", newamount="60.00"),
    )
    take_postbacks(at=NOON)
    assert (Conversion.objects.get().remaining_minor, states()["edit"]) == (6_000, "known")
