"""Judging again, in any order of arrival: approved money moves only when the merchant or a person says so."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission, Proposal, ProposalState
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from rapport.flows.deciding import take_proposal, turn_proposal_down
from rapport.flows.declining import decline_conversion
from rapport.flows.replying import tell_proposals
from rapport.flows.settlement import approve_due, join_click_facts
from rapport.flows.tasks import facts_wait
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db

AFTER_HOLD = NOON + timedelta(days=40)


def approved_for_the_first(program: Program) -> tuple[Agreement, Agreement]:
    """Approve 12.00 of order 1 for a first partner, then let a newer click of a second one be named."""
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    early = make_click_id(make_link(first), at=NOON - timedelta(days=9))
    late = make_click_id(make_link(second), at=NOON - timedelta(days=1))
    report_sale(program, external_id="1", total="100.00", click_ids=[early])
    join_click_facts(at=NOON + timedelta(minutes=5))
    assert approve_due(at=AFTER_HOLD) == 1
    report_sale(program, external_id="1", total="100.00", click_ids=[late])
    return first, second


def amounts() -> dict[str, int]:
    """What the books hold for each agreement, wherever it sits."""
    agreements = dict(Commission.objects.values_list("id", "agreement_id"))
    return {agreements[memo]: booked.minor for memo, booked in booked_of(list(agreements)).items()}


def open_proposals() -> dict[str, int]:
    rows = Proposal.objects.filter(state=ProposalState.OPEN)
    return dict(rows.values_list("commission__agreement_id", "target_minor"))


def test_a_change_of_partner_waits_whatever_is_learned_meanwhile() -> None:
    program = make_program()
    first, second = approved_for_the_first(program)
    assert (amounts(), open_proposals()) == ({first.id: 1200, second.id: 0}, {first.id: 0, second.id: 1200})

    join_click_facts(at=AFTER_HOLD)
    approve_due(at=AFTER_HOLD)
    assert (amounts(), open_proposals()) == ({first.id: 1200, second.id: 0}, {first.id: 0, second.id: 1200})

    report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
    approve_due(at=AFTER_HOLD)
    assert (amounts(), open_proposals()) == ({first.id: 1200, second.id: 0}, {first.id: 0, second.id: 600})

    tell_proposals(at=AFTER_HOLD)
    heard = AFTER_HOLD + timedelta(days=16)
    take_proposal(proposal=Proposal.objects.filter(state=ProposalState.OPEN)[0], by=STORY, at=heard)
    assert (amounts(), open_proposals()) == ({first.id: 0, second.id: 600}, {})
    assert recount(program.id).problems == []


def test_a_change_of_partner_that_is_refused_leaves_all_where_it_was() -> None:
    program = make_program()
    first, second = approved_for_the_first(program)
    join_click_facts(at=AFTER_HOLD)

    proposal = Proposal.objects.filter(state=ProposalState.OPEN)[0]
    turn_proposal_down(proposal=proposal, reason="The first partner brought it.", by=STORY, at=AFTER_HOLD)

    assert (amounts(), open_proposals()) == ({first.id: 1200, second.id: 0}, {})


def test_declining_an_order_takes_everything_also_while_a_change_waits() -> None:
    program = make_program()
    first, second = approved_for_the_first(program)

    decline_conversion(
        conversion=Conversion.objects.get(), code="fraud", reason="Stolen card.", by=STORY, at=AFTER_HOLD
    )

    assert (amounts(), open_proposals()) == ({first.id: 0, second.id: 0}, {})


def test_a_click_that_the_lake_has_not_read_yet_is_not_taken_for_one_without_a_fault(
    tmp_path: Path, settings: Settings
) -> None:
    settings.JOURNAL_FOLDER, settings.LAKE_FOLDER = tmp_path / "journal", tmp_path / "lake"
    program = make_program()
    link = make_link(make_agreement(program))
    clicked_at = now() - timedelta(hours=1)
    click = make_click_id(link, at=clicked_at)
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id="edge")
    writer.append(_visit(link, click, at_ms=to_ms(clicked_at)))
    writer.close()
    report_sale(program, at=clicked_at, external_id="1", total="100.00", click_ids=[click])

    assert not facts_wait()
    assert join_click_facts(at=now()) == 0

    ingest(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))
    assert facts_wait()
    assert join_click_facts(at=now()) == 1
    assert Commission.objects.get().accrued_minor == 0


def _visit(link: Link, click: str, *, at_ms: int) -> ClickEvent:
    """A visit of which the edge knew more than its capsule says."""
    return ClickEvent(
        at_ms=at_ms,
        click_id=click,
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=link.agreement.program_id,
        marks=Mark.BOT,
    )
