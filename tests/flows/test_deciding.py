"""What people decide about an order stands, whatever is judged later."""

from datetime import datetime, timedelta

import pytest

from rapport.apps.commissions.errors import ProposalDecided
from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.commissions.queries import (
    attributions_of,
    held_commissions,
    open_proposals_of,
    sums_by_agreement,
    sums_by_state,
)
from rapport.apps.conversions.models import Conversion, HumanDecision
from rapport.apps.conversions.queries import conversions_in_conflict
from rapport.apps.delivery.queries import outbox
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput, Refusal
from rapport.apps.record.models import Announcement, AuditRow
from rapport.domain.credit import HoldReason
from rapport.flows import deciding, declining, replying
from rapport.flows.declining import ReplyTooLate
from rapport.flows.replying import tell_proposals
from rapport.flows.settlement import approve_due, join_click_facts
from tests.make.identity import NOON, STORY
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=60)
"""Well after every hold has ended."""


HEARD = LATER + timedelta(days=16)
"""After every deadline of what partners were told at `LATER`."""


def heard() -> datetime:
    """Let the partners be told of what is proposed about their money, and their time to reply pass."""
    tell_proposals(at=LATER)
    return HEARD


def sold(program: Program, agreement: Agreement, *, external_id: str = "1", total: str = "100.00") -> Conversion:
    """Return an order that a click of this agreement brought."""
    click = make_click_id(make_link(agreement), at=NOON - timedelta(days=9))
    return report_sale(program, external_id=external_id, total=total, click_ids=[click]).conversion


def approved(program: Program, agreement: Agreement, *, external_id: str = "1") -> Conversion:
    """Return such an order with its commission approved in silence."""
    conversion = sold(program, agreement, external_id=external_id)
    join_click_facts(at=LATER)
    assert approve_due(at=LATER) == 1
    return conversion


def amounts(program: Program) -> dict[str, tuple[int, int, str]]:
    """Return accrued, payable and state by partner, after the books agreed with themselves and with these caches."""
    assert recount(program.id).problems == []
    rows = Commission.objects.filter(agreement__program=program).select_related("agreement__partner")
    books = booked_of([row.id for row in rows])
    for row in rows:
        booked = books.get(row.id)
        assert (row.accrued_minor, row.payable_minor) == (
            (booked.accrued_minor, booked.payable_minor) if booked else (0, 0)
        )
    return {row.agreement.partner.name: (row.accrued_minor, row.payable_minor, row.state) for row in rows}


class TestConflicts:
    """Two amounts for one order: a person chooses."""

    def test_the_chosen_amount_counts_and_the_hold_ends(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        report_sale(program, external_id="1", total="80.00")
        assert list(conversions_in_conflict(program.id)) == [conversion]
        assert amounts(program) == {"Slow Mornings": (960, 0, "held")}
        higher = conversion.reports.get(total_minor=10_000)
        deciding.settle_conflict(conversion=conversion, report_id=higher.id, reason="The invoice", by=STORY, at=NOON)
        assert amounts(program) == {"Slow Mornings": (1_200, 0, "pending")}
        assert not conversions_in_conflict(program.id).exists()

    def test_what_is_settled_once_stays_settled(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        report = conversion.reports.get()
        with pytest.raises(Refusal, match="do not contradict"):
            deciding.settle_conflict(conversion=conversion, report_id=report.id, reason="Sure", by=STORY, at=NOON)
        assert not HumanDecision.objects.exists()

    def test_an_amount_that_nobody_reported_cannot_be_chosen(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        with pytest.raises(BadInput) as refused:
            deciding.settle_conflict(conversion=conversion, report_id="rpt_x", reason="Guess", by=STORY, at=NOON)
        assert list(refused.value.fields) == ["report"]

    def test_a_refund_told_with_two_amounts_is_settled_at_its_order(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        for total in ("20.00", "50.00", "20.00"):
            report_correction(program, kind="refund", external_id="r1", of="1", total=total)
        assert amounts(program) == {"Slow Mornings": (600, 0, "held")}
        report = conversion.reports.get()
        deciding.settle_conflict(conversion=conversion, report_id=report.id, reason="Half it is", by=STORY, at=NOON)
        assert amounts(program) == {"Slow Mornings": (600, 0, "pending")}


class TestDeclining:
    """An order that does not count."""

    def test_a_declined_order_earns_nothing_and_an_undone_decline_everything_again(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        declining.decline_conversion(conversion=conversion, code="fraud", reason="Stolen card", by=STORY, at=NOON)
        assert amounts(program) == {"Slow Mornings": (0, 0, "declined")}
        report_sale(program, external_id="1", total="100.00", country="DE")
        assert amounts(program) == {"Slow Mornings": (0, 0, "declined")}
        later = NOON + timedelta(hours=1)
        declining.undo_decline(conversion=conversion, reason="A mistake", by=STORY, at=later)
        assert amounts(program) == {"Slow Mornings": (1_200, 0, "pending")}

    def test_approved_money_goes_back_too(self) -> None:
        program = make_program()
        conversion = approved(program, make_agreement(program))
        assert amounts(program) == {"Slow Mornings": (0, 1_200, "approved")}
        declining.decline_conversion(conversion=conversion, code="fraud", reason="Stolen card", by=STORY, at=LATER)
        assert amounts(program) == {"Slow Mornings": (0, 0, "declined")}

    def test_the_partner_reads_the_reason_so_there_must_be_one(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        with pytest.raises(BadInput) as refused:
            declining.decline_conversion(conversion=conversion, code="fraud", reason="  ", by=STORY, at=NOON)
        assert list(refused.value.fields) == ["reason"]
        assert not HumanDecision.objects.exists()


class TestHolds:
    """Doubts that a person may put aside."""

    def test_a_lifted_hold_stays_lifted(self) -> None:
        program = make_program()
        agreement = make_agreement(program)
        click = make_click_id(make_link(agreement), at=NOON - timedelta(days=9))
        suspend_agreement(agreement_id=agreement.id, reason="A check", by=STORY, at=NOON - timedelta(days=1))
        conversion = report_sale(program, external_id="1", total="100.00", click_ids=[click]).conversion
        assert [row.holds for row in held_commissions(program.id)] == [["agreement_suspended"]]
        hold = HoldReason.AGREEMENT_SUSPENDED
        deciding.lift_hold(conversion=conversion, hold=hold, reason="All is well", by=STORY, at=NOON)
        report_correction(program, kind="refund", external_id="r1", of="1", total="50.00")
        assert amounts(program) == {"Slow Mornings": (600, 0, "pending")}

    def test_a_conflict_is_settled_and_never_lifted(self) -> None:
        program = make_program()
        conversion = sold(program, make_agreement(program))
        report_sale(program, external_id="1", total="80.00")
        with pytest.raises(BadInput) as refused:
            deciding.lift_hold(conversion=conversion, hold=HoldReason.CONFLICT, reason="Never mind", by=STORY, at=NOON)
        assert list(refused.value.fields) == ["hold"]

    def test_codes_of_two_partners_wait_for_a_person(self) -> None:
        program = make_program()
        make_coupon(make_agreement(program, name="Anna"), "ANNA12")
        make_coupon(make_agreement(program, name="Ben"), "BEN12")
        conversion = report_sale(program, external_id="1", total="10.00", coupons=["BEN12", "ANNA12"]).conversion
        assert amounts(program) == {"Anna": (120, 0, "held")}
        hold = HoldReason.SEVERAL_COUPONS
        deciding.lift_hold(conversion=conversion, hold=hold, reason="Anna sent both", by=STORY, at=NOON)
        assert amounts(program) == {"Anna": (120, 0, "pending")}


class TestProposals:
    """What would take approved money from a partner without a report of the merchant waits for a person."""

    def proposed(self, program: Program) -> Proposal:
        """Return the proposal to move an approved commission from First to Second, whose click came late."""
        approved(program, make_agreement(program, name="First"))
        second = make_agreement(program, name="Second")
        late = make_click_id(make_link(second), at=NOON - timedelta(days=1))
        report_sale(program, external_id="1", total="100.00", click_ids=[late])
        assert amounts(program) == {"First": (0, 1_200, "approved"), "Second": (0, 0, "reversed")}
        return open_proposals_of(program.id)[0]

    def test_an_accepted_one_moves_both_sides_together(self) -> None:
        program = make_program()
        proposal = self.proposed(program)
        moved = deciding.take_proposal(proposal=proposal, by=STORY, at=heard())
        assert len(moved) == 2
        told = set(Announcement.objects.filter(at=HEARD).values_list("kind", flat=True))
        assert told == {"proposal.accepted", "commission.reversed", "commission.pending"}
        assert AuditRow.objects.filter(action="proposal.accepted").count() == 1
        assert amounts(program) == {"First": (0, 0, "reversed"), "Second": (1_200, 0, "pending")}
        assert not open_proposals_of(program.id).exists()
        with pytest.raises(ProposalDecided):
            deciding.take_proposal(proposal=proposal, by=STORY, at=HEARD)

    def test_a_refused_one_leaves_the_money_and_does_not_come_back(self) -> None:
        program = make_program()
        deciding.turn_proposal_down(proposal=self.proposed(program), reason="First did it", by=STORY, at=LATER)
        assert amounts(program)["First"] == (0, 1_200, "approved")
        report_sale(program, external_id="1", total="100.00", country="DE", customer_id="c1")
        assert amounts(program) == {"First": (0, 1_200, "approved"), "Second": (0, 0, "reversed")}
        assert not open_proposals_of(program.id).exists()

    def test_a_refund_before_a_refusal_is_booked_with_it_and_nothing_is_proposed_twice(self) -> None:
        program = make_program()
        self.proposed(program)
        report_correction(program, kind="refund", external_id="r1", of="1", total="50.00", at=NOON + timedelta(days=1))
        proposal = open_proposals_of(program.id)[0]
        deciding.turn_proposal_down(proposal=proposal, reason="First did it", by=STORY, at=LATER)
        assert amounts(program) == {"First": (0, 600, "approved"), "Second": (0, 0, "reversed")}
        assert not open_proposals_of(program.id).exists()

    def test_the_credit_stays_with_whoever_was_paid_already(self) -> None:
        program = make_program()
        proposal = self.proposed(program)
        first = Commission.objects.filter(agreement__partner__name="First")
        first.update(payable_minor=0, paid_minor=1_200)
        deciding.turn_proposal_down(proposal=proposal, reason="First did it", by=STORY, at=LATER)
        decision = HumanDecision.objects.get(kind="proposal_refused")
        assert decision.data["credit"]["agreement_id"] == first.get().agreement_id

    def test_whoever_would_lose_is_heard_first(self) -> None:
        program = make_program()
        proposal = self.proposed(program)
        with pytest.raises(deciding.ReplyOpen, match="being told"):
            deciding.take_proposal(proposal=proposal, by=STORY, at=LATER)
        assert (tell_proposals(at=LATER), tell_proposals(at=LATER)) == (1, 0)
        with pytest.raises(deciding.ReplyOpen, match="until 15 May 2026"):
            deciding.take_proposal(proposal=proposal, by=STORY, at=LATER)
        assert ["is proposed" in mail.subject for mail in outbox()] == [True]
        first = Commission.objects.get(agreement__partner__name="First")
        replying.reply(commission=first, body="The late click was their own bot.", by=STORY, at=LATER)
        assert len(deciding.take_proposal(proposal=proposal, by=STORY, at=LATER)) == 2

    def test_what_is_proposed_anew_with_the_same_target_asks_nobody_twice(self) -> None:
        program = make_program()
        self.proposed(program)
        tell_proposals(at=LATER)
        report_sale(program, external_id="1", total="100.00", country="DE", coupons=["NOBODYS"])
        assert Proposal.objects.filter(state="replaced").exists()
        assert tell_proposals(at=LATER + timedelta(days=3)) == 0
        first = open_proposals_of(program.id).get(commission__agreement__partner__name="First")
        assert first.told_at == LATER
        with pytest.raises(ReplyTooLate):
            replying.reply(commission=first.commission, body="No!", by=STORY, at=HEARD)

    def test_a_refund_after_a_refusal_is_booked_as_any_other(self) -> None:
        program = make_program()
        deciding.turn_proposal_down(proposal=self.proposed(program), reason="First did it", by=STORY, at=LATER)
        report_correction(program, kind="refund", external_id="r1", of="1", total="50.00", at=NOON + timedelta(days=1))
        assert amounts(program)["First"] == (0, 600, "approved")

    def test_a_refusal_needs_a_reason_and_without_one_nothing_happens(self) -> None:
        program = make_program()
        proposal = self.proposed(program)
        with pytest.raises(BadInput):
            deciding.turn_proposal_down(proposal=proposal, reason=" ", by=STORY, at=LATER)
        assert proposal in open_proposals_of(program.id)

    def test_a_lower_amount_for_an_approved_order_waits_until_the_conflict_is_settled(self) -> None:
        program = make_program()
        conversion = approved(program, make_agreement(program))
        report_sale(program, external_id="1", total="80.00")
        assert amounts(program) == {"Slow Mornings": (0, 1_200, "approved")}
        proposal = open_proposals_of(program.id).get()
        with pytest.raises(Refusal) as refused:
            deciding.turn_proposal_down(proposal=proposal, reason="No", by=STORY, at=LATER)
        assert refused.value.code == "conflict_open"
        lower = conversion.reports.get(total_minor=8_000)
        deciding.settle_conflict(conversion=conversion, report_id=lower.id, reason="The invoice", by=STORY, at=LATER)
        assert amounts(program) == {"Slow Mornings": (0, 960, "approved")}
        assert not open_proposals_of(program.id).exists()

    def test_a_conflict_settled_for_the_higher_amount_takes_its_proposal_away(self) -> None:
        program = make_program()
        conversion = approved(program, make_agreement(program))
        report_sale(program, external_id="1", total="80.00")
        higher = conversion.reports.get(total_minor=10_000)
        deciding.settle_conflict(conversion=conversion, report_id=higher.id, reason="The invoice", by=STORY, at=LATER)
        assert amounts(program) == {"Slow Mornings": (0, 1_200, "approved")}
        assert not open_proposals_of(program.id).exists()

    def test_an_accepted_fall_stays_when_more_is_learned(self) -> None:
        program = make_program()
        conversion = approved(program, make_agreement(program))
        report_sale(program, external_id="1", total="80.00")
        deciding.take_proposal(proposal=open_proposals_of(program.id).get(), by=STORY, at=heard())
        assert amounts(program) == {"Slow Mornings": (0, 960, "approved")}
        report_correction(program, kind="refund", external_id="r1", of="1", total="40.00", at=NOON + timedelta(days=1))
        assert amounts(program)["Slow Mornings"][1] + Commission.objects.get().accrued_minor in {480, 960}
        lower = conversion.reports.get(total_minor=8_000)
        deciding.settle_conflict(conversion=conversion, report_id=lower.id, reason="The invoice", by=STORY, at=LATER)
        assert amounts(program) == {"Slow Mornings": (0, 480, "approved")}


def test_sums_tell_where_the_money_of_a_program_is() -> None:
    program = make_program()
    agreement = make_agreement(program)
    approved(program, agreement)
    sold(program, agreement, external_id="2", total="50.00")
    rows = Commission.objects.filter(agreement__program=program)
    states = sums_by_state(rows)
    assert {state: (one.count, one.minor) for state, one in states.items()} == {
        "approved": (1, 1_200),
        "pending": (1, 600),
    }
    assert sums_by_agreement(rows)[agreement.id].minor == 1_800
    assert attributions_of(Conversion.objects.get(external_id="1").id)[0].outcome == "earned"
