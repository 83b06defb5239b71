"""The list of commissions and the books say the same, and what is beside the list is named."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.ledger.actions import book_entries
from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.partners.models import Agreement
from rapport.apps.record.write import transaction
from rapport.domain.books import EntryKind, opening
from rapport.domain.money import Money
from rapport.flows.reconciling import Beside, reconcile
from rapport.kit.ids import new_id
from tests.make.identity import NOON, STORY
from tests.make.payouts import AFTER_HOLD, make_method, make_payable, make_sent_run
from tests.make.road import make_agreement, make_coupon, make_program, report_correction, report_sale

pytestmark = pytest.mark.django_db


def bring(agreement: Agreement, minor: int) -> None:
    """Book a balance that was brought from another system."""
    postings = posting_drafts([opening(minor)], agreement=agreement.id, currency="EUR", memo=agreement.id)
    draft = EntryDraft(
        id=new_id("ent", at=NOON), kind=EntryKind.OPENED, subject=agreement.id, reason="opening", postings=postings
    )
    with transaction():
        book_entries(book_subject=agreement.program_id, drafts=[draft], by=STORY, at=NOON)


def test_what_waits_what_is_owed_and_what_was_brought_along_add_up_to_the_balance() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA")
    make_payable(program, agreement, order="paid-soon", total="200.00")
    report_sale(program, external_id="waits", total="100.00", coupons=["ANNA"])
    bring(agreement, -500)
    told = reconcile(agreement)
    assert (told.waiting, told.yours) == (Money(1_200, "EUR"), Money(2_400, "EUR"))
    assert told.beside == (Beside("Opening balance brought along", Money(-500, "EUR")),)
    assert told.balance == Money(3_100, "EUR")
    assert told.adds_up


def test_refunds_and_payouts_move_both_sides() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA")
    report_sale(program, external_id="1", total="100.00", coupons=["ANNA"])
    report_correction(program, kind="refund", external_id="r", of="1", total="50.00")
    assert reconcile(agreement).waiting == Money(600, "EUR")
    make_payable(program, agreement, order="2", total="500.00")
    make_method(agreement.partner.organisation)
    make_sent_run(program, at=NOON + AFTER_HOLD + timedelta(days=1))
    told = reconcile(agreement)
    assert told.adds_up
    assert told.balance == told.waiting + told.yours


def test_a_difference_is_shown_and_not_smoothed_over() -> None:
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA")
    report_sale(program, external_id="1", total="100.00", coupons=["ANNA"])
    Commission.objects.update(accrued_minor=1_100)
    told = reconcile(agreement)
    assert not told.adds_up
    assert told.unexplained == Money(100, "EUR")
