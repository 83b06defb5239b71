"""Edge and worker as real processes for a program with a link and a code, and the count of what came through them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Sum

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.queries import cursor_of
from rapport.apps.ledger.queries import recount
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.flows.postbacks import CURSOR, WHOLE
from rapport.kit.clock import now, to_ms
from rapport.lake.position import unread_segments
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from rapport.lake.questions.receipts import receipts_per_day
from rapport.wire.journal import sealed_segments
from tests.journeys.test_running import waited
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_coupon, make_link, make_program
from tests.support.roles import Roles
from tests.support.senders import Heard

CODE = "ANNA12"
STANDSTILL_S = 300
EARNED_MINOR = 1_200  # 12 % of each order


@contextmanager
def tracking(data: Path, database_url: str, **variables: str) -> Iterator[tuple[Roles, dict[str, Any]]]:
    """Start edge and worker for a program with a link and a code; yields what senders must know of it."""
    known = open_program()
    roles = Roles(data, database_url, variables)
    try:
        start_both(roles, click_path=known["click_path"])
        yield roles, known
    finally:
        roles.stop_all()


def open_program() -> dict[str, Any]:
    """Open a program with a link and a code, and return what senders must know of it."""
    program = make_program(at=now())
    agreement = make_agreement(program, at=now())
    make_coupon(agreement, CODE, at=now())
    link = make_link(agreement, at=now())
    token = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=now()).shown_once
    return {"click_path": f"/c/{link.code}", "token": token, "coupon": CODE}


def start_both(roles: Roles, *, click_path: str) -> None:
    """Start edge and worker and return when the link leads on."""
    roles.start("edge")
    roles.start("worker")
    roles.wait_for_edge()
    waited("the link's way into the book", lambda: roles.edge_status(click_path) == 302, within_s=60)


def let_all_arrive(roles: Roles) -> None:
    """Stop the edge, which seals its journal, and wait until the worker has carried everything where it belongs."""
    journal, lake = roles.data / "journal", roles.data / "lake"
    roles.wait_for_edge()  # it takes over what its killed predecessor left
    roles.stop("edge")
    if roles.processes["worker"].poll() is not None:
        roles.start("worker")
    last = sealed_segments(journal)[-1].name

    def taken() -> bool:
        cursor = cursor_of(CURSOR)
        return cursor.segment == last and cursor.offset == WHOLE

    def position() -> object:
        cursor = cursor_of(CURSOR)
        return cursor.segment, cursor.offset

    # How long a backlog takes is the machine's business; that it gets shorter is ours.
    waited_while_moving("the postbacks", taken, position=position)
    waited_while_moving(
        "the clicks",
        lambda: not unread_segments(journal=journal, lake=lake),
        position=lambda: len(unread_segments(journal=journal, lake=lake)),
    )
    roles.stop("worker")


def waited_while_moving(what: str, ask: Callable[[], bool], *, position: Callable[[], object]) -> None:
    """Ask until it is so, as long as the position changes within a while."""

    def moved_on(before: object) -> bool:
        return ask() or position() != before

    while not ask():
        waited(f"{what} go on", partial(moved_on, position()), within_s=STANDSTILL_S)


def assert_all_is_there_once(data: Path, heard: Heard) -> None:
    """Compare what was acknowledged with lake, receipts, orders and books; and nobody sent what else is there."""
    kept = [row.click_id for row in Lake(data / "lake").latest(EVERYTHING, limit=10 * len(heard.clicks) + 1_000)]
    assert len(kept) == len(set(kept))
    assert set(heard.clicks) <= set(kept)
    assert len(heard.receipts) == len(set(heard.receipts))
    assert set(heard.receipts) <= set(Receipt.objects.values_list("id", flat=True))
    orders = list(Conversion.objects.values_list("external_id", flat=True))
    assert len(orders) == len(set(orders))
    assert set(heard.orders) <= set(orders) <= set(heard.sent)
    assert Commission.objects.aggregate(Sum("accrued_minor"))["accrued_minor__sum"] == EARNED_MINOR * len(orders)
    for program_id in Conversion.objects.values_list("program_id", flat=True).distinct():
        assert recount(program_id).problems == []
        assert _receipts_in_lake(data, program_id) == Receipt.objects.filter(program_id=program_id).count()


def _receipts_in_lake(data: Path, program_id: str) -> int:
    """Return how many postbacks of a program the lake holds of yesterday, today and tomorrow."""
    span = {"from_ms": to_ms(now() - timedelta(days=1)), "until_ms": to_ms(now() + timedelta(days=1))}
    told = receipts_per_day(data / "lake", program_id=program_id, zone="UTC", **span)
    return sum(sum(by_proof.values()) for by_proof in told.values())
