"""Tiers and bonuses on the whole road: judged with every arrival, booked, approved, explained, recounted."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from rapport.apps.commissions.models import Commission, CommissionState, Proposal, ProposalState
from rapport.apps.commissions.queries import commissions_of_agreement
from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import KeyScope
from rapport.apps.jobs.models import Intention
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.partners.actions import accept_terms
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.actions import publish_terms, save_draft
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.apps.tracking.models import Coupon
from rapport.domain.credit import HoldReason
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.deciding import ReplyOpen, lift_hold, take_proposal, turn_proposal_down
from rapport.flows.declining import decline_conversion
from rapport.flows.doctor import run_checks
from rapport.flows.explaining import explain
from rapport.flows.explaining.progress import running
from rapport.flows.explaining.words import source_name
from rapport.flows.intentions import carry_out_due
from rapport.flows.replying import tell_proposals
from rapport.flows.settlement import approve_due
from rapport.flows.statements import statement_of
from rapport.kit.clock import now
from tests.make.identity import NOON, STORY, make_api_key, make_member
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale
from tests.support.pages import words_of

pytestmark = pytest.mark.django_db

SALE = {"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "10"}}
TIER = {
    "name": "volume",
    "rule": "sale",
    "by": "count",
    "way": "marginal",
    "steps": [{"from": 3, "percent": "12"}, {"from": 5, "percent": "15"}],
}
BONUS = {"name": "three", "kind": "milestone", "rule": "sale", "reach": 3, "amount": "25.00"}
AFTER_HOLD = NOON + timedelta(days=40)


Promised = Iterable[dict[str, Any]]


def document(*, tiers: Promised = (TIER,), bonuses: Promised = ()) -> dict[str, object]:
    """Terms of 10 % with whatever a period promises beside."""
    sections = {"tiers": list(tiers), "bonuses": list(bonuses)}
    return {"language": 1, "rules": [SALE], **{name: some for name, some in sections.items() if some}}


def beginning(**promised: Promised) -> tuple[Program, Agreement, Coupon]:
    """A program with a partner who has a code."""
    program = make_program(document=document(**promised))
    agreement = make_agreement(program)
    return program, agreement, make_coupon(agreement, "ANNA")


def sell(program: Program, number: int, *, total: str = "100.00", code: str = "ANNA") -> None:
    at = NOON - timedelta(hours=10 - number)
    report_sale(program, at=NOON, occurred_at=at, external_id=f"{number}", total=total, coupons=[code])


def above(agreement: Agreement) -> dict[str, int]:
    """What the books hold beside the orders, by source."""
    rows = Commission.objects.filter(agreement=agreement, conversion=None)
    return {row.source: booked_of([row.id])[row.id].minor for row in rows}


def problems() -> list[str]:
    told = [problem for check in run_checks() for problem in check.problems]
    return [problem for problem in told if "is a worker running" not in problem]


def test_a_tier_adds_what_its_steps_pay_above_the_rule_whatever_arrives_first() -> None:
    for order in ((1, 2, 3, 4, 5), (5, 4, 3, 2, 1), (3, 5, 1, 2, 4)):
        program, agreement, _code = beginning()
        for number in order:
            sell(program, number, total=f"{number}00.00")
        # The third and fourth sale by 2 % more, the fifth by 5 %.
        assert above(agreement) == {"tier:volume:2026-03": 600 + 800 + 2500}, order
        assert recount(program.id).problems == []
        Coupon.objects.filter(agreement=agreement).update(code=f"OLD{order[0]}")


def test_nothing_is_booked_before_a_step_is_reached_and_a_refund_takes_it_back() -> None:
    program, agreement, _code = beginning()
    sell(program, 1)
    sell(program, 2)
    assert above(agreement) == {}
    sell(program, 3)
    assert above(agreement) == {"tier:volume:2026-03": 200}
    report_correction(program, kind="refund", external_id="r1", of="1", total="100.00")
    assert above(agreement) == {"tier:volume:2026-03": 0}
    assert Commission.objects.get(conversion=None).state == CommissionState.REVERSED


def test_a_refund_after_approval_takes_back_without_a_question() -> None:
    program, agreement, _code = beginning(tiers=[TIER | {"way": "whole"}])
    for number in (1, 2, 3):
        sell(program, number)
    assert above(agreement) == {"tier:volume:2026-03": 600}
    assert approve_due(at=AFTER_HOLD) == 4
    report_correction(program, at=AFTER_HOLD, kind="refund", external_id="r1", of="2", total="50.00")
    assert above(agreement) == {"tier:volume:2026-03": 500}
    assert not Proposal.objects.exists()
    assert problems() == []


def test_a_bonus_is_paid_once_and_only_while_it_is_reached() -> None:
    program, agreement, _code = beginning(tiers=(), bonuses=[BONUS])
    for number in (1, 2, 3, 4):
        sell(program, number)
    assert above(agreement) == {"bonus:three:ever": 2500}
    for number in (1, 2):
        order = Conversion.objects.get(external_id=f"{number}")
        decline_conversion(conversion=order, code="fraud", reason="No.", by=STORY, at=NOON)
        assert above(agreement) == {"bonus:three:ever": 2500 if number == 1 else 0}
    assert problems() == []


def test_orders_before_and_after_midnight_count_for_the_month_of_the_programs_zone() -> None:
    program, agreement, _code = beginning(tiers=[TIER | {"steps": [{"from": 1, "percent": "12"}]}])
    for number, moment in enumerate(("2026-02-28T22:59:59Z", "2026-02-28T23:00:00Z", "2026-03-01T00:30:00Z")):
        at = datetime.fromisoformat(moment)
        report_sale(program, at=NOON, occurred_at=at, external_id=f"{number}", total="100.00", coupons=["ANNA"])
    assert above(agreement) == {"tier:volume:2026-02": 200, "tier:volume:2026-03": 400}


def test_what_is_held_counts_once_a_person_lifts_the_doubt() -> None:
    program, agreement, _code = beginning(tiers=[TIER | {"steps": [{"from": 2, "percent": "12"}]}])
    make_coupon(make_agreement(program, name="Other"), "BEN")
    sell(program, 1)
    report_sale(program, at=NOON, external_id="2", total="100.00", coupons=["ANNA", "BEN"])
    assert above(agreement) == {}
    order = Conversion.objects.get(external_id="2")
    lift_hold(conversion=order, hold=HoldReason.SEVERAL_COUPONS, reason="Hers.", by=STORY, at=NOON)
    assert list(above(agreement).values()) == [200]
    assert problems() == []


def held_again(program: Program) -> None:
    """Approve three sales and what they come to, and take one approval back: it counts no more."""
    for number in (1, 2, 3):
        sell(program, number)
    assert approve_due(at=AFTER_HOLD) == 4
    row = Commission.objects.get(conversion__external_id="2")
    undo_approval(program_id=program.id, commission_ids=[row.id], reason="Look.", by=STORY, at=AFTER_HOLD)


def test_a_fall_that_nobody_reported_is_proposed_and_taken_once_the_partner_was_heard() -> None:
    program, agreement, _code = beginning(tiers=[TIER | {"way": "whole"}])
    held_again(program)
    assert above(agreement) == {"tier:volume:2026-03": 600}
    proposal = Proposal.objects.get(state=ProposalState.OPEN)
    assert (proposal.target_minor, problems()) == (0, [])
    with pytest.raises(ReplyOpen):
        take_proposal(proposal=proposal, by=STORY, at=AFTER_HOLD)
    tell_proposals(at=AFTER_HOLD)
    take_proposal(proposal=proposal, by=STORY, at=AFTER_HOLD + timedelta(days=16))
    assert above(agreement) == {"tier:volume:2026-03": 0}
    assert problems() == []


def test_a_fall_that_is_refused_stays_whatever_is_judged_later() -> None:
    program, agreement, _code = beginning(tiers=[TIER | {"way": "whole"}])
    held_again(program)
    proposal = Proposal.objects.get(state=ProposalState.OPEN)
    with pytest.raises(BadInput):
        turn_proposal_down(proposal=proposal, reason=" ", by=STORY, at=AFTER_HOLD)
    turn_proposal_down(proposal=proposal, reason="It was earned.", by=STORY, at=AFTER_HOLD)
    assert above(agreement) == {"tier:volume:2026-03": 600}
    assert problems() == []
    report_sale(program, at=AFTER_HOLD, occurred_at=NOON, external_id="9", total="100.00", coupons=["ANNA"])
    assert above(agreement) == {"tier:volume:2026-03": 1200}
    told = explain(Commission.objects.get(conversion=None), at=AFTER_HOLD)
    assert "Left standing by a person" in [row.label for row in told.formula]
    assert problems() == []


def test_it_is_approved_by_hand_and_not_taken_back_by_hand() -> None:
    program, agreement, _code = beginning()
    for number in (1, 2, 3):
        sell(program, number)
    row = Commission.objects.get(conversion=None)
    ids = [row.id]
    assert approve_by_hand(program_id=program.id, commission_ids=ids, by=STORY, at=NOON) == {row.id: ""}
    refused = undo_approval(program_id=program.id, commission_ids=ids, reason="No.", by=STORY, at=NOON)
    assert "orders that it counts" in refused[row.id]
    assert [one.id for one in commissions_of_agreement(agreement.id) if one.payable_minor] == ids


def test_it_waits_as_long_as_the_last_order_that_it_pays_for() -> None:
    program, _agreement, _code = beginning(bonuses=[BONUS])
    for number in (1, 2, 3, 4):
        sell(program, number)
    late = NOON + timedelta(days=5)
    report_sale(program, at=late, occurred_at=late, external_id="5", total="100.00", coupons=["ANNA"])
    holds = dict(Commission.objects.values_list("conversion__external_id", "hold_until"))
    ends = dict(Commission.objects.filter(conversion=None).values_list("source", "hold_until"))
    assert ends == {"tier:volume:2026-03": holds["5"], "bonus:three:ever": holds["3"]}


def test_each_order_is_paid_by_the_version_it_is_pinned_to_and_all_are_counted_together() -> None:
    program, agreement, _code = beginning()
    for number in (1, 2):
        sell(program, number)
    better = document(tiers=[TIER | {"steps": [{"from": 3, "percent": "20"}]}])
    save_draft(program_id=program.id, document=better, by=STORY, at=NOON)
    version = publish_terms(program_id=program.id, effective_at=NOON, by=STORY, at=NOON)
    accept_terms(agreement_id=agreement.id, version_id=version.id, sentence="20 %", language="en", by=STORY, at=NOON)
    later = NOON + timedelta(hours=1)
    report_sale(program, at=later, occurred_at=later, external_id="3", total="100.00", coupons=["ANNA"])
    assert above(agreement) == {"tier:volume:2026-03": 1000}
    assert problems() == []


def test_the_page_tells_what_was_counted_and_what_is_missing_to_the_next_step() -> None:
    program, _agreement, _code = beginning(bonuses=[BONUS])
    for number in (1, 2, 3):
        sell(program, number)
    rows = {row.source: row for row in Commission.objects.filter(conversion=None)}
    told = explain(rows["tier:volume:2026-03"], at=NOON)
    assert (told.order, told.amount.minor) == ("Tier “volume”, March 2026", 200)
    assert [(row.label, row.factor) for row in told.formula[:-1]] == [
        ("1 conversion, basis", "100.00 EUR"),
        ("The step pays 12 %", "12.00 EUR"),
        ("Less what the rule paid for them", "-10.00 EUR"),
    ]
    assert told.rules[-1] == "2 more of “sale” until 15 %"
    assert "3 conversions count" in told.steps[0].sentence
    bonus = explain(rows["bonus:three:ever"], at=NOON)
    assert bonus.formula[0].amount == bonus.amount
    assert "Tier “volume”" in told.text
    approve_due(at=AFTER_HOLD)
    assert "yours" in [step.note for step in explain(rows["bonus:three:ever"], at=AFTER_HOLD).steps]


def test_progress_is_told_before_anything_is_reached_and_after_all_is() -> None:
    program, agreement, _code = beginning(
        tiers=[TIER, TIER | {"name": "worth", "by": "value", "steps": [{"from": "250.00", "flat": "20.00"}]}],
        bonuses=[BONUS, BONUS | {"name": "coupons", "segment": ["coupon"]}],
    )
    assert [(one.source, one.percent) for one in running(agreement, at=NOON)] == [
        ("tier:volume:2026-03", 0),
        ("tier:worth:2026-03", 0),
        ("bonus:three:ever", 0),
    ]
    for number in (1, 2):
        sell(program, number)
    volume, worth, bonus = running(agreement, at=NOON)
    assert (volume.missing, volume.percent) == ("1 more of “sale” until 12 %", 66)
    assert worth.missing == "50.00 EUR more of “sale” until 20.00 EUR each"
    assert bonus.missing == "1 more of “sale” until 25.00 EUR"
    for number in (3, 4, 5):
        sell(program, number)
    assert [one.missing for one in running(agreement, at=NOON)] == ["Everything is reached."] * 3


def test_both_sides_read_the_same_page_by_api_and_in_the_browser(client: Client) -> None:
    program, agreement, _code = beginning()
    for number in (1, 2, 3):
        sell(program, number)
    row = Commission.objects.get(conversion=None)
    client.force_login(make_member(agreement.partner.organisation, Role.PARTNER))
    page = words_of(client.get(reverse("portal:commission", args=[agreement.id, row.id])).content)
    assert "Tier “volume”, March 2026: 2.00 €" in page
    assert "2 more of “sale” until 15 %" in page
    for name in ("home", "terms"):
        assert "Tiers and bonuses" in words_of(client.get(reverse(f"portal:{name}", args=[agreement.id])).content)
    assert "Tier “volume”" in words_of(client.get(reverse("portal:commissions", args=[agreement.id])).content)
    client.force_login(make_member(program.workspace, Role.OWNER))
    page = words_of(client.get(reverse("console:commission", args=[program.id, row.id])).content)
    assert "Slow Mornings, Tier “volume”, March 2026: 2.00 €" in page
    for name, more in (("commissions", []), ("partner", [agreement.id])):
        page = words_of(client.get(reverse(f"console:{name}", args=[program.id, *more])).content)
        assert "Tier “volume”, March 2026" in page
    secret = make_api_key(agreement.partner.organisation, KeyScope.READ).secret
    address = reverse("api:read_progress", args=[agreement.id])
    told = client.get(address, headers={"Authorization": f"Bearer {secret}"}).json()
    assert [(one["reached"], one["next_from"], one["pays"]) for one in told["running"]] == [(0, 3, "0.00")]


def test_a_german_partner_reads_german() -> None:
    program, _agreement, _code = beginning()
    for number in (1, 2, 3):
        sell(program, number)
    with translation.override("de"):
        told = explain(Commission.objects.get(conversion=None), at=NOON)
    assert (told.order, told.rules[-1]) == ("Staffel „volume“, März 2026", "noch 2 × „sale“ bis 15 %")
    assert source_name("bonus:x:2026-q2") == "Bonus “x”, quarter 2 of 2026"
    assert source_name("bonus:x:2026") == "Bonus “x”, 2026"
    assert source_name("bonus:x:2026-05-01") == "Bonus “x”, since 1 May 2026"


def test_every_list_and_file_names_it_and_declining_it_is_refused(client: Client) -> None:
    program, agreement, _code = beginning()
    for number in (1, 2, 3):
        sell(program, number)
    row = Commission.objects.get(conversion=None)
    client.force_login(make_member(agreement.partner.organisation, Role.PARTNER))
    told = client.get(reverse("portal:commissions-file", args=[agreement.id])).content.decode()
    assert "Tier “volume”, March 2026" in told
    approve_due(at=AFTER_HOLD)
    lines = statement_of(agreement, first=NOON.date(), last=AFTER_HOLD.date()).lines
    assert "Tier “volume”, March 2026" in [line.order for line in lines]
    client.force_login(make_member(program.workspace, Role.OWNER))
    page = client.post(reverse("console:commissions-decline", args=[program.id]), {"commission": row.id})
    assert "Tier “volume”, March 2026" in words_of(page.content)
    why = {"code": "fraud", "reason": "No."}
    client.post(reverse("console:commissions-decline", args=[program.id]), {"commission": row.id, **why})
    carry_out_due(at=now() + timedelta(minutes=1))
    intention = Intention.objects.get()
    assert "Decline the orders" in str(intention.outcomes)
    secret = make_api_key(program.workspace, KeyScope.READ).secret
    answer = client.get(f"/api/v1/commissions/{row.id}", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["order"]) == (200, "Tier “volume”, March 2026")
