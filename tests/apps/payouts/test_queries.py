"""What pages ask about payouts: in the order that people read, with nothing of another program or partner in it."""

from datetime import datetime, timedelta

import pytest

from rapport.apps.partners.actions import end_agreement, suspend_agreement
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions, queries
from rapport.apps.payouts.models import Payout, PayoutLine, PayoutMethod, PayoutRun
from rapport.apps.programs.models import Program
from rapport.apps.taxes.queries import Standing, standings
from rapport.domain.books import AccountKind
from tests.make.identity import NOON, STORY
from tests.make.payouts import (
    AFTER_HOLD,
    JONAS,
    MARA,
    make_approved_run,
    make_method,
    make_payable,
    make_run,
    make_sent_run,
)
from tests.make.road import make_agreement, make_program, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(program: Program) -> Agreement:
    """A second partner with a method, to whom 60.00 are due."""
    agreement = make_agreement(program, name="Deal Otter")
    make_payable(program, agreement, total="500.00", order="B-1")
    make_method(agreement.partner.organisation)
    return agreement


def payout_of(run: PayoutRun, agreement: Agreement) -> Payout:
    return Payout.objects.get(run=run, agreement=agreement)


def elsewhere(*, at: datetime = LATER) -> PayoutRun:
    """Return a sent run of another program, which no question about this one may see."""
    other = make_program(name="Elsewhere")
    agreement = make_agreement(other, name="Somebody else")
    make_payable(other, agreement)
    make_method(agreement.partner.organisation)
    return make_sent_run(other, at=at)


def test_runs_come_newest_first_and_payouts_and_verdicts_largest_first(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    first, second = make_approved_run(program), make_run(program, at=LATER + HOUR)
    elsewhere()
    assert list(queries.runs_of(program.id)) == [second, first]
    assert list(queries.payouts_of_run(first.id)) == [payout_of(first, anna), payout_of(first, ben)]
    assert [row.agreement for row in queries.verdicts_of(first.id)] == [anna, ben]
    assert queries.counts_by_state(first.id) == {"reserved": (2, 18_000)}
    actions.cancel_payout(payout_id=payout_of(first, ben).id, reason="They asked", by=JONAS, at=LATER)
    assert queries.counts_by_state(first.id) == {"reserved": (1, 12_000), "cancelled": (1, 6_000)}


def test_a_partner_sees_its_payouts_newest_first_without_those_taken_out(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    failed = payout_of(make_sent_run(program), anna)
    actions.fail_payout(payout_id=failed.id, reason="Closed", by=MARA, at=LATER)
    cancelled = payout_of(make_approved_run(program, at=LATER + HOUR), anna)
    actions.cancel_payout(payout_id=cancelled.id, reason="They asked", by=MARA, at=LATER + HOUR)
    again = payout_of(make_run(program, at=LATER + 2 * HOUR), anna)
    assert list(queries.payouts_of_agreement(anna.id)) == [again, failed]


def test_a_commission_knows_every_payout_that_took_money_of_it_and_the_last_one(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    first = make_sent_run(program)
    actions.fail_payout(payout_id=payout_of(first, anna).id, reason="Closed", by=MARA, at=LATER)
    second = make_run(program, at=LATER + HOUR)
    annas, bens = (
        PayoutLine.objects.filter(payout__run=first, payout__agreement=one).values_list("subject", flat=True).get()
        for one in (anna, ben)
    )
    assert queries.payouts_of_commission(annas) == [payout_of(first, anna), payout_of(second, anna)]
    latest = queries.latest_payouts_of([annas, bens, "com_unknown"])
    assert latest == {annas: payout_of(second, anna), bens: payout_of(first, ben)}
    taken = payout_of(first, ben).id
    assert queries.run_ids([taken, "pay_unknown"]) == {taken: first.id}


def test_a_payout_tells_what_it_pays_for_each_commission(program: Program, anna: Agreement, ben: Agreement) -> None:
    sale = make_payable(program, anna, total="200.00", order="A-2")
    run = make_run(program)
    nets = queries.nets_of([payout_of(run, anna).id, "pay_unknown"])
    assert sorted(nets[payout_of(run, anna).id].values()) == [2_400, 12_000]
    assert nets[payout_of(run, anna).id][sale.id] == 2_400
    assert nets["pay_unknown"] == {}


def test_only_filled_drafts_that_pay_somebody_wait_for_a_second_person(program: Program, anna: Agreement) -> None:
    elsewhere()
    unfilled = actions.prepare_run(program=program, pay_on=LATER.date(), wish="w", by=JONAS, at=LATER)
    first = make_run(program)
    empty = make_run(program, at=LATER + HOUR)
    make_payable(program, anna, order="A-2")
    second = make_run(program, at=LATER + 2 * HOUR)
    assert (unfilled.filled_at, empty.payouts_count) == (None, 0)
    assert list(queries.runs_to_approve(program.id)) == [first, second]
    actions.approve_run(run_id=first.id, total=first.total, by=MARA, at=LATER)
    assert list(queries.runs_to_approve(program.id)) == [second]


def test_payouts_that_nobody_knows_about_are_listed_oldest_first(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    other = Payout.objects.get(run=elsewhere())
    run = make_sent_run(program)
    assert list(queries.unknown_payouts(program.id)) == []
    for payout in (other, payout_of(run, ben), payout_of(run, anna)):
        actions.leave_open(payout_id=payout.id, reason="silence", by=MARA, at=LATER)
    lost = sorted((payout_of(run, anna), payout_of(run, ben)), key=lambda one: one.id)
    assert list(queries.unknown_payouts(program.id)) == lost
    actions.settle_payouts({lost[0].id: "R"}, run_id=run.id, by=MARA, at=LATER)
    assert list(queries.unknown_payouts(program.id)) == lost[1:]


def test_who_is_owed_money_without_a_way_to_be_paid_comes_longest_due_first(program: Program, anna: Agreement) -> None:
    carla, dora, small = (make_agreement(program, name=name) for name in ("Carla", "Dora", "Small"))
    first = make_payable(program, dora, total="1000.00")
    make_payable(program, dora, total="100.00")
    make_payable(program, carla, total="500.00")
    make_payable(program, small, total="416.00")
    make_agreement(make_program(name="Elsewhere"))
    owed = queries.agreements_without_method(program, most=9)
    assert {one.agreement.partner.name: one.due_minor for one in owed} == {"Dora": 13_200, "Carla": 6_000}
    assert all(one.since == first.approved_at for one in owed)
    assert len(queries.agreements_without_method(program, most=1)) == queries.count_without_method(program) - 1 == 1
    make_method(carla.partner.organisation)
    assert [one.agreement for one in queries.agreements_without_method(program, most=9)] == [dora]
    make_payable(program, small, total="1.00")
    assert queries.count_without_method(program) == 2, "50.04 reach the threshold of 50.00"


def test_what_payouts_hold_and_have_paid_is_summed_by_partner(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    run = make_sent_run(program)
    make_payable(program, anna, total="2000.00", order="A-2")
    make_run(program, at=LATER + HOUR)
    assert queries.payouts_by_agreement() == {
        (anna.id, AccountKind.RESERVED): 36_000,
        (ben.id, AccountKind.RESERVED): 6_000,
    }
    actions.settle_payouts({payout_of(run, anna).id: "R"}, run_id=run.id, by=MARA, at=LATER)
    actions.fail_payout(payout_id=payout_of(run, ben).id, reason="Closed", by=MARA, at=LATER)
    assert queries.payouts_by_agreement() == {
        (anna.id, AccountKind.PAID): 12_000,
        (anna.id, AccountKind.RESERVED): 24_000,
    }


def test_a_payout_that_is_not_the_sum_of_its_lines_is_found(program: Program, anna: Agreement, ben: Agreement) -> None:
    make_payable(program, anna, total="200.00", order="A-2")
    run = make_run(program)
    assert queries.payouts_unlike_lines() == []
    Payout.objects.filter(pk=payout_of(run, ben).id).update(amount_minor=5_999)
    assert queries.payouts_unlike_lines() == [payout_of(run, ben).id]


def test_what_was_taken_up_is_not_open_any_more(program: Program, anna: Agreement) -> None:
    [open_now] = queries.open_postings([anna.id])[anna.id]
    assert (open_now.owner, open_now.minor) == (anna.id, 12_000)
    make_sent_run(program)
    assert queries.open_postings([anna.id]) == {}
    report_correction(program, at=LATER, kind="refund", external_id="r-1", of="A-1", total="400.00")
    assert [one.minor for one in queries.open_postings([anna.id])[anna.id]] == [-4_800]


def test_the_way_in_use_is_the_last_one_entered(anna: Agreement, ben: Agreement) -> None:
    organisations = [one.partner.organisation_id for one in (anna, ben)]
    newer = make_method(organisations[0], at=LATER, iban="GB29NWBK60161331926819")
    older = PayoutMethod.objects.get(organisation_id=organisations[1])
    assert queries.methods_in_use(organisations) == dict(zip(organisations, (newer, older), strict=True))
    assert queries.method_of(organisations[0]) == newer
    assert queries.method_of("org_unknown") is None


def papers(*agreements: Agreement) -> dict[str, Standing]:
    return standings(agreements, program=agreements[0].program, on=LATER.date())


def test_the_rules_are_told_what_is_due_to_each_partner(program: Program, anna: Agreement) -> None:
    carla = make_agreement(program, name="Carla")
    dues = queries.dues_of([anna, carla], {anna.id: 12_000}, papers=papers(anna, carla), at=LATER)
    assert (dues[anna.id].payable_minor, dues[anna.id].threshold_minor) == (12_000, 5_000)
    assert dues[anna.id].usable_from_ms == int(NOON.timestamp() * 1000)
    assert (dues[carla.id].payable_minor, dues[carla.id].usable_from_ms) == (0, None)
    before = queries.dues_of([anna], {}, papers=papers(anna), at=anna.active_at - HOUR)
    assert before[anna.id].threshold_minor == 0, "nothing was accepted yet"


def test_the_rules_are_told_who_is_suspended_and_who_has_ended_and_why(program: Program) -> None:
    living, suspended, ended, banned = (make_agreement(program, name=name) for name in ("A", "B", "C", "D"))
    suspend_agreement(agreement_id=suspended.id, reason="A check", by=STORY, at=NOON)
    end_agreement(agreement_id=ended.id, for_breach=False, reason="A year abroad", by=STORY, at=NOON)
    end_agreement(agreement_id=banned.id, for_breach=True, reason="Spam", by=STORY, at=NOON)
    dues = queries.dues_of(
        Agreement.objects.filter(program=program), {}, papers=papers(living, suspended, ended, banned), at=LATER
    )
    told = [(dues[one.id].suspended, dues[one.id].ended, dues[one.id].ended_for_breach) for one in (living, suspended)]
    assert told == [(False, False, False), (True, False, False)]
    told = [(dues[one.id].suspended, dues[one.id].ended, dues[one.id].ended_for_breach) for one in (ended, banned)]
    assert told == [(False, True, False), (False, True, True)]
