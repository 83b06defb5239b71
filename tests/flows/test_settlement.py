"""Towards payable: the lake is asked once about every click, and silence until the end of the hold approves."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, HumanDecision, NamedClick
from rapport.apps.ledger.queries import balance
from rapport.apps.tracking.models import Link
from rapport.domain.books import AccountKind, AccountName
from rapport.flows.settlement import SETTLING, approve_due, join_click_facts
from rapport.kit.clock import to_ms
from rapport.lake.ingest import ingest
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

LATER = NOON + SETTLING + timedelta(seconds=1)
HOLD_OVER = NOON + timedelta(days=31)


@pytest.fixture
def link(tmp_path: Path, settings: Settings) -> Link:
    """A link of a partner who has the code ANNA12 too; the lake is empty."""
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = tmp_path / "journal", tmp_path / "lake"
    agreement = make_agreement(make_program())
    make_coupon(agreement, "ANNA12")
    return make_link(agreement)


def visit(link: Link, settings: Settings, *, found_out: int = 0) -> str:
    """Let somebody follow the link; `found_out` are marks that the edge noted beside a clean capsule."""
    click_id = make_click_id(link, at=NOON - timedelta(minutes=5))
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id="story")
    writer.append(
        ClickEvent(
            at_ms=to_ms(NOON - timedelta(minutes=5)),
            click_id=click_id,
            link_number=link.number,
            link_id=link.id,
            code=link.code,
            agreement_id=link.agreement_id,
            program_id=link.agreement.program_id,
            marks=found_out,
            destination="https://shop.example/",
            placement="sidebar",
        )
    )
    writer.sync()
    writer.close()
    ingest(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(NOON))
    return click_id


def sell(link: Link, **given: list[str]) -> None:
    report_sale(link.agreement.program, at=NOON, external_id="1", total="100.00", **given)


def payable(link: Link) -> int:
    name = AccountName(AccountKind.PAYABLE, link.agreement_id, "EUR")
    return balance(link.agreement.program_id, name)


def commission(link: Link) -> Commission:
    return Commission.objects.get(agreement=link.agreement)


def settle(at: datetime) -> tuple[int, int]:
    return join_click_facts(at=at), approve_due(at=at)


def test_silence_approves_when_the_facts_are_known_and_the_hold_is_over(link: Link, settings: Settings) -> None:
    sell(link, click_ids=[visit(link, settings)])
    assert settle(NOON) == (0, 0)
    assert settle(LATER) == (1, 0)
    assert NamedClick.objects.filter(facts__placement="sidebar").count() == 1
    assert settle(HOLD_OVER) == (0, 1)
    assert (commission(link).state, payable(link)) == ("approved", 1200)
    assert settle(HOLD_OVER) == (0, 0)


def test_before_its_facts_are_known_nothing_is_approved(link: Link, settings: Settings) -> None:
    sell(link, click_ids=[visit(link, settings)])
    assert approve_due(at=HOLD_OVER) == 0
    assert (commission(link).state, payable(link)) == ("pending", 0)


def test_what_the_lake_knows_to_be_a_bot_earns_nothing_with_the_best_capsule(link: Link, settings: Settings) -> None:
    sell(link, click_ids=[visit(link, settings, found_out=int(Mark.BOT))])
    assert commission(link).accrued_minor == 1200
    assert settle(HOLD_OVER) == (1, 0)
    assert (commission(link).state, commission(link).accrued_minor, payable(link)) == ("reversed", 0, 0)


def test_a_click_that_the_lake_never_saw_is_judged_by_its_capsule(link: Link) -> None:
    sell(link, click_ids=[make_click_id(link, at=NOON - timedelta(minutes=5))])
    assert settle(HOLD_OVER) == (1, 1)
    assert payable(link) == 1200


def test_a_code_needs_no_click_and_a_doubt_waits_for_a_person(link: Link) -> None:
    sell(link, coupons=["ANNA12"])
    report_sale(link.agreement.program, external_id="1", total="90.00")
    assert settle(HOLD_OVER) == (0, 0)
    assert (commission(link).state, commission(link).accrued_minor) == ("held", 1080)


def test_a_program_that_breaks_holds_up_no_other_and_fails_the_job_at_the_end(link: Link, settings: Settings) -> None:
    broken = make_agreement(make_program())
    make_coupon(broken, "BROKEN")
    report_sale(broken.program, external_id="1", total="100.00", coupons=["BROKEN"])
    for each in (make_link(broken), link):
        click_ids = [visit(each, settings)]
        report_sale(each.agreement.program, external_id="2", total="100.00", click_ids=click_ids)
    for order in Conversion.objects.filter(program=broken.program):
        HumanDecision.objects.create(id=f"dec_{order.external_id}", conversion=order, kind="of tomorrow", at=NOON)
    with pytest.raises(ValueError, match="of tomorrow"):
        join_click_facts(at=LATER)
    with pytest.raises(ValueError, match="of tomorrow"):
        approve_due(at=HOLD_OVER)
    assert (commission(link).state, payable(link)) == ("approved", 1200)
    assert {row.state for row in Commission.objects.filter(agreement=broken)} == {"pending"}
