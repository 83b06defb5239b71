"""Runs move in short steps: each does a little, says whether there may be more, and can be done again."""

from datetime import timedelta

import pytest

from rapport.apps.ledger.queries import entries_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.actions import deciding, sending
from rapport.apps.payouts.errors import PaydayPassed
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind, Payout, PayoutRun, PayoutState, PayoutVerdict
from rapport.apps.programs.models import Program
from rapport.domain.money import Money
from tests.make.identity import NOON, STORY
from tests.make.payouts import AFTER_HOLD, JONAS, MARA, make_approved_run, make_method, make_payable, make_run
from tests.make.road import make_agreement, make_program

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(program: Program, anna: Agreement) -> Agreement:
    """A second partner, paid by PayPal, to whom 60.00 are due."""
    agreement = make_agreement(program, name="Deal Otter")
    make_payable(program, agreement, total="500.00", order="B-1")
    paypal = MethodInput(kind=MethodKind.PAYPAL, holder="Ben", email="ben@example.com")
    actions.enter_method(organisation_id=agreement.partner.organisation_id, given=paypal, by=STORY, at=NOON)
    return agreement


def states(run: PayoutRun) -> list[str]:
    return sorted(run.payouts.values_list("state", flat=True))


def test_a_draft_takes_partner_after_partner_and_marks_how_far_it_came(program: Program, ben: Agreement) -> None:
    elsewhere = make_program(name="Elsewhere")
    make_method(make_agreement(elsewhere).partner.organisation)
    draft = actions.prepare_run(program=program, pay_on=LATER.date(), wish="w", by=JONAS, at=LATER)
    marks = []
    while actions.fill_step(run_id=draft.id, at=LATER + HOUR, most=1):
        draft.refresh_from_db()
        marks.append((draft.filled_upto, draft.payouts.count(), draft.filled_at))
    ids = sorted(Agreement.objects.filter(program=program).values_list("id", flat=True))
    assert marks == [(ids[0], 1, None), (ids[1], 2, None)]
    draft.refresh_from_db()
    assert (draft.filled_at, draft.payouts_count, draft.total) == (LATER + HOUR, 2, Money(18_000, "EUR"))
    assert actions.fill_step(run_id=draft.id, at=LATER + 2 * HOUR) is False
    draft.refresh_from_db()
    assert draft.filled_at == LATER + HOUR


def test_a_run_that_pays_nobody_is_ready_with_nothing_in_it(program: Program) -> None:
    run = make_run(program)
    assert (run.filled_at, run.payouts_count, run.total_minor) == (LATER, 0, 0)
    assert not PayoutVerdict.objects.exists()


def test_a_run_that_is_abandoned_before_it_is_filled_takes_nobody_any_more(program: Program, anna: Agreement) -> None:
    draft = actions.prepare_run(program=program, pay_on=LATER.date(), wish="w", by=JONAS, at=LATER)
    actions.abandon_run(run_id=draft.id, reason="Wrong day", by=JONAS, at=LATER)
    assert actions.fill_step(run_id=draft.id, at=LATER) is False
    assert not draft.payouts.exists()


def test_today_is_a_payday_too_and_it_is_a_day_of_the_program() -> None:
    auckland = make_program(name="South", zone="Pacific/Auckland")
    tomorrow = LATER.date() + timedelta(days=1)
    run = actions.prepare_run(program=auckland, pay_on=tomorrow, wish="w", by=JONAS, at=LATER)
    assert run.pay_on == tomorrow
    with pytest.raises(PaydayPassed, match=str(tomorrow)):
        actions.prepare_run(program=auckland, pay_on=LATER.date(), wish="x", by=JONAS, at=LATER)


def test_an_abandoned_run_gives_back_so_many_at_once_and_says_whether_more_may_wait(
    program: Program, ben: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "AT_ONCE", 1)
    run = make_run(program)
    assert actions.release_step(run_id=run.id, at=LATER, by=JONAS) is False
    assert states(run) == ["reserved", "reserved"]
    actions.abandon_run(run_id=run.id, reason="Wrong day", by=JONAS, at=LATER)
    assert actions.release_step(run_id=run.id, at=LATER, by=JONAS) is True
    assert states(run) == ["cancelled", "reserved"]
    assert run.payouts.get(state="cancelled").id == min(run.payouts.values_list("id", flat=True))
    assert actions.release_step(run_id=run.id, at=LATER, by=JONAS) is True
    assert actions.release_step(run_id=run.id, at=LATER, by=JONAS) is False
    assert states(run) == ["cancelled", "cancelled"]


def test_only_what_stands_in_a_file_is_sent_and_in_the_name_of_whoever_made_it(
    program: Program, anna: Agreement, ben: Agreement
) -> None:
    run = make_approved_run(program)
    assert actions.send_step(run_id=run.id, at=LATER) is False
    assert states(run) == ["reserved", "reserved"]
    actions.make_files(run_id=run.id, kind=MethodKind.PAYPAL, by=MARA, at=LATER)
    actions.send_step(run_id=run.id, at=LATER + HOUR)
    annas, bens = (Payout.objects.get(run=run, agreement=one) for one in (anna, ben))
    assert (annas.state, bens.state, bens.sent_at) == (PayoutState.RESERVED, PayoutState.SENT, LATER + HOUR)
    [sent] = [entry for entry in entries_of(bens.id) if entry.kind == "sent"]
    assert (sent.actor_kind, sent.actor_id) == ("person", MARA.id)


def test_sending_takes_so_many_at_once_and_says_whether_more_may_wait(
    program: Program, anna: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    carla = make_agreement(program, name="Carla")
    make_payable(program, carla)
    make_method(carla.partner.organisation)
    run = make_approved_run(program)
    actions.make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=LATER)
    assert actions.send_step(run_id=run.id, at=LATER) is True
    assert states(run) == ["reserved", "sent"]
    assert run.payouts.get(state="sent").id == min(run.payouts.values_list("id", flat=True))
    assert actions.send_step(run_id=run.id, at=LATER) is True
    assert actions.send_step(run_id=run.id, at=LATER) is False
    assert states(run) == ["sent", "sent"]


def test_what_was_earned_and_taken_back_before_a_run_is_paid_as_the_difference(program: Program) -> None:
    carla = make_agreement(program, name="Carla")
    make_method(carla.partner.organisation)
    first = make_payable(program, carla, order="A-1")
    second = make_payable(program, carla, total="500.00", order="A-2")
    run = make_run(program)
    [payout] = run.payouts.all()
    assert (payout.amount_minor, payout.commissions_count) == (18_000, 2)
    assert {line.subject: line.amount_minor for line in payout.lines.all()} == {first.id: 12_000, second.id: 6_000}
