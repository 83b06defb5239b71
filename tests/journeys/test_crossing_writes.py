"""Reports, corrections, the worker and people write about the same orders at once: every cent ends where it must."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection

from rapport.apps.commissions.models import Commission, PeriodStanding, Proposal, ProposalState
from rapport.apps.conversions.models import Conversion, Correction
from rapport.apps.conversions.queries import load_stories
from rapport.apps.conversions.recording import Touched
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import Refusal
from rapport.domain.judge import judge
from rapport.flows.approving import approve_by_hand, undo_approval
from rapport.flows.deciding import take_proposal, turn_proposal_down
from rapport.flows.declining import decline_conversion, undo_decline
from rapport.flows.doctor import LOOKS
from rapport.flows.doctor.looks import look_at
from rapport.flows.offers import load_offer
from rapport.flows.replying import reply, tell_proposals
from rapport.flows.retrying import until_settled
from rapport.flows.settlement import approve_due, attach_late_corrections, join_click_facts
from rapport.kit.clock import now
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_correction, report_sale
from tests.support.databases import FreshDatabase

ORDERS, WRITERS, WRITES = 5, 6, 16
LATER = timedelta(days=400)


def test_writes_that_cross_end_where_the_judge_does(fresh_database: FreshDatabase) -> None:
    program = make_program()
    clicks = [_click(program, days=days) for days in (3, 2, 1)]

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda seed: _write(program, clicks, random.Random(seed)), range(WRITERS)))  # noqa: S311 - a story, no secret

    attach_late_corrections(at=now())
    assert not Correction.objects.filter(conversion__isnull=True, of_external_id__in=_told()).exists()
    assert _astray(program) == []
    assert recount(program.id).problems == []


def test_writes_that_cross_leave_every_period_as_it_is_judged(fresh_database: FreshDatabase) -> None:
    steps = [{"from": 2, "percent": "15"}, {"from": 4, "percent": "20"}]
    tiers = [{"name": "more", "rule": "sale", "by": "count", "way": "whole", "over": "ever", "steps": steps}]
    bonuses = [{"name": "three", "kind": "milestone", "rule": "sale", "reach": 3, "amount": "5.00"}]
    sale = {"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}
    program = make_program(document={"language": 1, "rules": [sale], "tiers": tiers, "bonuses": bonuses})
    clicks = [_click(program, days=days) for days in (2, 1)]

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(lambda seed: _write(program, clicks, random.Random(seed)), range(WRITERS)))  # noqa: S311 - a story, no secret

    attach_late_corrections(at=now())
    looks = [(name, look) for name, look in LOOKS if "judged" in name or "booked" in name]
    assert [problem for name, look in looks for problem in look_at(name, look).problems] == []
    assert PeriodStanding.objects.exists()
    assert recount(program.id).problems == []


def _click(program: Program, *, days: int) -> str:
    link = make_link(make_agreement(program, name=f"{days} days before"))
    return make_click_id(link, at=NOON - timedelta(days=days))


def _write(program: Program, clicks: list[str], chance: random.Random) -> None:
    acts: list[Callable[[str], object]] = [
        lambda order: report_sale(program, external_id=order, total="100.00"),
        lambda order: report_sale(program, external_id=order, total="100.00", click_ids=[chance.choice(clicks)]),
        lambda order: report_sale(program, external_id=order, total="100.00", customer_id=f"c{int(order) % 2}"),
        lambda order: report_correction(
            program, kind="refund", external_id=f"{order}-{chance.randrange(4)}", of=order, total="5.00"
        ),
        lambda _order: until_settled(lambda: tell_proposals(at=now() - LATER)),
        lambda _order: until_settled(lambda: join_click_facts(at=now())),
        lambda _order: until_settled(lambda: approve_due(at=now() + LATER)),
        lambda order: _decide(order, chance),
        lambda order: _approve(program, order, chance),
    ]
    for _ in range(WRITES):
        chance.choice(acts)(str(chance.randrange(ORDERS)))
    connection.close()


def _decide(order: str, chance: random.Random) -> None:
    proposal = Proposal.objects.filter(commission__conversion__external_id=order, state=ProposalState.OPEN).first()
    conversion = Conversion.objects.filter(external_id=order).first()
    try:
        if proposal and chance.random() < 1 / 2:
            take_proposal(proposal=proposal, by=STORY, at=now())
        elif proposal:
            turn_proposal_down(proposal=proposal, reason="It stays.", by=STORY, at=now())
        elif conversion and chance.random() < 1 / 2:
            decline_conversion(conversion=conversion, code="fraud", reason="A test.", by=STORY, at=now())
        elif conversion:
            undo_decline(conversion=conversion, reason="It was none.", by=STORY, at=now())
    except Refusal:
        return  # somebody else was faster


def _approve(program: Program, order: str, chance: random.Random) -> None:
    """Approve by hand, take an approval back, or let the partner reply to a decline."""
    rows = Commission.objects.select_related("agreement__program", "agreement__partner", "conversion__program")
    found = list(rows.filter(conversion__external_id=order))
    ids, at = [row.id for row in found], now()
    try:
        if chance.random() < 1 / 2:
            approve_by_hand(program_id=program.id, commission_ids=ids, by=STORY, at=at)
        elif chance.random() < 1 / 2:
            undo_approval(program_id=program.id, commission_ids=ids, reason="A test.", by=STORY, at=at)
        elif found:
            reply(commission=found[0], body="It was I.", by=STORY, at=at)
    except Refusal:
        return  # somebody else was faster


def _told() -> list[str]:
    return list(Conversion.objects.values_list("external_id", flat=True))


def _astray(program: Program) -> list[tuple[object, ...]]:
    """Return every commission whose books, cache and judgement, or open proposal, do not say the same."""
    stories = load_stories(program, keys=Touched.by(Conversion.objects.all()).in_order())
    promises = load_offer(program.id).promises_for(stories)
    decisions = {one.conversion_id: one for each in stories for one in judge(each.story, promises).decisions}
    proposed = dict(Proposal.objects.filter(state=ProposalState.OPEN).values_list("commission_id", "target_minor"))
    rows = list(Commission.objects.all())
    booked = booked_of([row.id for row in rows])
    found: list[tuple[object, ...]] = []
    for row in rows:
        decision = decisions[row.source]
        earns = decision.credit is not None and decision.credit.agreement_id == row.agreement_id
        target = decision.target_minor if earns else 0
        held = booked[row.id]
        if proposed.get(row.id, held.minor) != target or (held.accrued_minor, held.payable_minor) != (
            row.accrued_minor,
            row.payable_minor,
        ):
            found.append((row.id, held, target, proposed.get(row.id)))
    return found
