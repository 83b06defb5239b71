"""A statement is recomputed from postings: whatever happened, its figures add up to the balance of the books."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.ledger.queries import balances_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts import actions
from rapport.apps.payouts.models import Payout
from rapport.apps.record.write import transaction
from rapport.domain.books import ROUTES, AccountKind, EntryKind, Posting
from rapport.domain.money import Money
from rapport.domain.statement import OWED, Part
from rapport.flows.statements import Statement, lines_of_payout, month_of, months_of, statement_of
from rapport.kit.ids import new_id
from tests.make.identity import NOON
from tests.make.payouts import AFTER_HOLD, MARA, make_method, make_payable, make_sent_run
from tests.make.road import START, make_agreement, make_program, report_correction

pytestmark = pytest.mark.django_db
LATER = NOON + AFTER_HOLD
DAYS = some.integers(0, 6)
MOVES = sorted(
    (kind, source, destination)
    for kind, routes in ROUTES.items()
    for source, destination in routes
    if {source, destination} & OWED and destination is not AccountKind.EXCHANGE and source is not AccountKind.EXCHANGE
)
Move = tuple[tuple[EntryKind, AccountKind, AccountKind], int, int]
ENDLESS = {"first": date(2025, 1, 1), "last": date(2030, 12, 31)}


def an_agreement() -> Agreement:
    """Return the agreement of every example; what earlier ones booked stays, as in life."""
    return Agreement.objects.select_related("program", "partner").first() or make_agreement(make_program())


def book(agreement: Agreement, kind: EntryKind, posting: Posting, *, at: datetime) -> None:
    postings = posting_drafts([posting], agreement=agreement.id, currency="EUR", memo=agreement.id)
    draft = EntryDraft(id=new_id("ent", at=at), kind=kind, subject=agreement.id, reason="story", postings=postings)
    with transaction():
        book_entries(book_subject=agreement.program_id, drafts=[draft], by=MARA, at=at)


def adds_up(one: Statement) -> bool:
    return one.opening + one.earned + one.adjusted - one.taken_back - one.paid == one.closing


@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(moves=some.lists(some.tuples(some.sampled_from(MOVES), some.integers(1, 900), DAYS), max_size=12), cut=DAYS)
def test_however_time_is_cut_the_statements_add_up_to_the_books(moves: list[Move], cut: int) -> None:
    agreement = an_agreement()
    for (kind, source, destination), minor, days in sorted(moves, key=lambda move: move[2]):
        book(agreement, kind, Posting(source, destination, minor), at=LATER + timedelta(days=days))
    day = (LATER + timedelta(days=cut)).date()
    whole = statement_of(agreement, **ENDLESS)
    first = statement_of(agreement, first=ENDLESS["first"], last=day - timedelta(days=1))
    second = statement_of(agreement, first=day, last=ENDLESS["last"])
    owed_minor = sum(minor for name, minor in balances_of([agreement.id]).items() if name.kind in OWED)
    assert all(adds_up(one) for one in (whole, first, second))
    assert whole.closing == second.closing == Money(owed_minor, "EUR")
    assert second.opening == first.closing
    assert first.lines + second.lines == whole.lines
    assert sum(line.amount.minor for line in whole.lines) == whole.closing.minor


def test_every_line_leads_to_its_explanation_and_a_payout_is_one_line() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_method(agreement.partner.organisation)
    first = make_payable(program, agreement, order="A-1")
    second = make_payable(program, agreement, order="A-2")
    payout = Payout.objects.get(run=make_sent_run(program, at=LATER + timedelta(days=3)))
    actions.settle_payouts({payout.id: "R"}, run_id=payout.run_id, by=MARA, at=LATER + timedelta(days=3))
    report_correction(program, at=LATER + timedelta(days=4), kind="refund", external_id="r", of="A-1", total="1000.00")
    may = statement_of(agreement, first=date(2026, 5, 1), last=date(2026, 5, 31))
    assert [(line.words, line.order, line.amount.minor) for line in may.lines] == [
        ("Approved", "A-1", 12_000),
        ("Approved", "A-2", 12_000),
        ("Paid", "", -24_000),
        ("Taken back", "A-1", -12_000),
    ]
    assert [line.commission_id for line in may.lines] == [first.id, second.id, "", first.id]
    assert (may.lines[2].payout_id, may.lines[2].part) == (payout.id, Part.PAID)
    assert [one.minor for one in (may.earned, may.paid, may.taken_back, may.closing)] == [
        *(24_000, 24_000, 12_000, -12_000),
    ]
    assert [(line.order, line.amount.minor) for line in lines_of_payout(payout, most=9)] == [
        *(("A-1", 12_000), ("A-2", 12_000)),
    ]


def test_a_month_is_a_month_of_the_program_and_the_choice_goes_back_to_the_beginning() -> None:
    assert month_of(date(2028, 2, 14)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    agreement = make_agreement(make_program(zone="Pacific/Auckland"), at=START)
    months = months_of(agreement, at=NOON)
    assert (months[0], months[-1]) == (date(2026, 3, 1), date(2025, 11, 1))
    assert len(months_of(agreement, at=NOON, most=2)) == 2
