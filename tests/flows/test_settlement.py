"""What the lake knows is joined once, and silence approves at the end of the hold, whoever else writes meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import holds_ending
from rapport.apps.conversions.actions import join_facts
from rapport.apps.conversions.models import Correction, NamedClick
from rapport.apps.conversions.queries import clicks_to_join
from rapport.apps.ledger.queries import recount
from rapport.apps.record.models import Announcement
from rapport.apps.record.write import transaction
from rapport.apps.tracking.actions import ensure_click_key, revoke_click_key
from rapport.apps.tracking.models import Link
from rapport.flows import tasks
from rapport.flows.judging import judge_touched
from rapport.flows.offers import load_offer
from rapport.flows.settlement import SETTLING, approve_due, attach_late_corrections, join_click_facts
from rapport.kit.clock import to_ms
from rapport.lake.ingest import ingest
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter
from tests.lake.traffic import FIREFOX, GOOGLEBOT
from tests.make.identity import NOON, STORY
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db

CLICKED = NOON - timedelta(days=3)
LATER = NOON + timedelta(days=60)
SOON = NOON + SETTLING


@pytest.fixture(autouse=True)
def lake(tmp_path: Path, settings: Settings) -> Path:
    """An empty lake of this test's own, with the journal that feeds it."""
    settings.LAKE_FOLDER = tmp_path / "lake"
    settings.JOURNAL_FOLDER = tmp_path / "journal"
    return tmp_path


def seen(lake: Path, link: Link, click_id: str, *, user_agent: str = FIREFOX) -> None:
    """Let the edge write a visit and the lake read it."""
    writer = JournalWriter(lake / "journal", writer_id="edge")
    writer.append(
        ClickEvent(
            at_ms=to_ms(CLICKED),
            click_id=click_id,
            link_number=link.number,
            link_id=link.id,
            code=link.code,
            agreement_id=link.agreement_id,
            program_id=link.agreement.program_id,
            user_agent=user_agent,
            subs={"sub1": "spring"},
        )
    )
    writer.seal()
    writer.close()
    ingest(journal=lake / "journal", lake=lake / "lake", now_ms=to_ms(NOON))


def commission() -> Commission:
    return Commission.objects.get()


class TestFacts:
    """What the lake knows about the clicks that reports named."""

    def test_they_are_asked_once_and_kept(self, lake: Path) -> None:
        program = make_program()
        link = make_link(make_agreement(program))
        click_id = make_click_id(link, at=CLICKED)
        report_sale(program, external_id="1", total="100.00", click_ids=[click_id])
        seen(lake, link, click_id)
        assert not commission().facts_joined
        assert join_click_facts(at=SOON - timedelta(seconds=1)) == 0
        assert join_click_facts(at=SOON) == 1
        assert join_click_facts(at=SOON) == 0
        named = NamedClick.objects.get()
        assert named.facts is not None
        assert (named.facts["bot"], named.facts["subs"], "address" in named.facts) == (False, {"sub1": "spring"}, False)
        assert (commission().facts_joined, commission().accrued_minor) == (True, 1_200)

    def test_a_bot_that_the_lake_recognised_earns_nothing(self, lake: Path) -> None:
        program = make_program()
        link = make_link(make_agreement(program))
        click_id = make_click_id(link, at=CLICKED)
        report_sale(program, external_id="1", total="100.00", click_ids=[click_id], customer_id="c1")
        seen(lake, link, click_id, user_agent=GOOGLEBOT)
        join_click_facts(at=SOON)
        assert (commission().accrued_minor, commission().state) == (0, "reversed")
        assert recount(program.id).problems == []

    def test_a_click_that_the_lake_never_saw_still_earns(self) -> None:
        program = make_program()
        click_id = make_click_id(make_link(make_agreement(program)), at=CLICKED)
        report_sale(program, external_id="1", total="100.00", click_ids=[click_id])
        assert join_click_facts(at=SOON) == 1
        assert (commission().facts_joined, commission().accrued_minor) == (True, 1_200)

    def test_a_click_of_a_revoked_key_counts_only_if_the_lake_holds_it(self, lake: Path) -> None:
        program = make_program()
        link = make_link(make_agreement(program))
        real, stolen = make_click_id(link, at=CLICKED), make_click_id(link, at=CLICKED)
        revoke_click_key(number=ensure_click_key(by=STORY, at=NOON).number, by=STORY, at=NOON)
        taken = report_sale(program, external_id="1", total="100.00", click_ids=[real])
        report_sale(program, external_id="2", total="100.00", click_ids=[stolen])
        assert [warning.code for warning in taken.warnings] == ["click_id_revoked_key"]
        assert not Commission.objects.exists()
        seen(lake, link, real)
        join_click_facts(at=SOON)
        assert commission().conversion == taken.conversion


class TestApproval:
    """Nobody objected until the hold ended."""

    def sold(self) -> None:
        self.program = make_program()
        click_id = make_click_id(make_link(make_agreement(self.program)), at=CLICKED)
        report_sale(self.program, external_id="1", total="100.00", click_ids=[click_id])

    def test_silence_approves_at_the_end_of_the_hold_and_once(self) -> None:
        self.sold()
        join_click_facts(at=SOON)
        ends_at = commission().hold_until
        assert approve_due(at=ends_at - timedelta(seconds=1)) == 0
        assert list(holds_ending(self.program.id, until=ends_at)) == [commission()]
        assert approve_due(at=ends_at) == 1
        assert approve_due(at=ends_at) == 0
        row = commission()
        assert (row.state, row.accrued_minor, row.payable_minor, row.approved_at) == ("approved", 0, 1_200, ends_at)
        assert Announcement.objects.filter(kind="commission.approved", subject=row.id).count() == 1
        assert recount(self.program.id).problems == []

    def test_it_waits_for_the_facts(self) -> None:
        self.sold()
        assert approve_due(at=LATER) == 0

    def test_a_doubt_is_stronger_than_silence(self) -> None:
        self.sold()
        report_sale(self.program, external_id="1", total="90.00")
        join_click_facts(at=SOON)
        assert approve_due(at=LATER) == 0
        assert commission().state == "held"

    def test_what_grows_after_approval_waits_for_its_own_approval(self) -> None:
        self.sold()
        join_click_facts(at=SOON)
        approve_due(at=LATER)
        report_sale(self.program, external_id="1", total="150.00", revision=1)
        assert (commission().state, commission().accrued_minor, commission().payable_minor) == ("pending", 600, 1_200)
        assert approve_due(at=LATER) == 1
        assert commission().payable_minor == 1_800

    def test_a_refund_after_approval_is_mirrored_from_what_is_owed(self) -> None:
        self.sold()
        join_click_facts(at=SOON)
        approve_due(at=LATER)
        report_correction(self.program, kind="refund", external_id="r1", of="1", total="25.00")
        assert (commission().state, commission().payable_minor) == ("approved", 900)
        assert recount(self.program.id).problems == []


def test_a_correction_that_missed_its_sale_by_an_instant_finds_it() -> None:
    program = make_program()
    click_id = make_click_id(make_link(make_agreement(program)), at=CLICKED)
    report_sale(program, external_id="1", total="100.00", click_ids=[click_id])
    report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
    report_correction(program, kind="refund", external_id="r2", of="9", total="50.00")
    # As two transactions leave it that could not see each other: nothing was attached, nothing was judged.
    Correction.objects.filter(external_id="r1").update(conversion=None)
    report_sale(program, external_id="1", total="100.00", country="DE")
    assert Correction.objects.get(external_id="r1").conversion is not None

    Correction.objects.filter(external_id="r1").update(conversion=None)
    assert tasks.late_corrections_wait()
    assert attach_late_corrections(at=NOON) == 1
    assert (attach_late_corrections(at=NOON), tasks.late_corrections_wait()) == (0, False)
    assert commission().accrued_minor == 600


def test_the_worker_is_woken_only_when_something_waits(lake: Path) -> None:
    assert (tasks.facts_wait(), tasks.approvals_wait(), tasks.clicks_wait()) == (False, False, False)
    program = make_program()
    link = make_link(make_agreement(program))
    click_id = make_click_id(link, at=CLICKED)
    report_sale(program, external_id="1", total="100.00", click_ids=[click_id])
    assert tasks.facts_wait()
    join_click_facts(at=SOON)
    assert (tasks.facts_wait(), tasks.approvals_wait()) == (False, True)
    approve_due(at=LATER)
    assert not tasks.approvals_wait()
    seen(lake, link, click_id)
    assert not tasks.clicks_wait()


def test_an_order_that_learns_its_customer_while_the_lake_is_asked_is_judged_in_that_customers_story() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    asked_about = clicks_to_join(limit=10, before=LATER)

    report_sale(program, external_id="1", total="100.00", customer_id="anna")
    with transaction():
        touched = join_facts(asked_about, facts={click: {"bot": True}}, at=LATER)
        judge_touched(touched, offer=load_offer(program.id), cause="click-facts", by=STORY, at=LATER)

    assert Commission.objects.get().accrued_minor == 0


def test_a_click_that_a_second_order_names_keeps_what_is_known_of_it() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="100.00", click_ids=[click], customer_id="anna")
    with transaction():
        touched = join_facts(clicks_to_join(limit=10, before=LATER), facts={click: {"bot": True}}, at=LATER)
        judge_touched(touched, offer=load_offer(program.id), cause="click-facts", by=STORY, at=LATER)

    report_sale(program, external_id="2", total="100.00", click_ids=[click], customer_id="anna")

    assert [row.accrued_minor for row in Commission.objects.all()] == [0]
