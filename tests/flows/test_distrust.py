"""A stolen key earns nobody anything: not from now on, and not by the orders that named its ids before."""

from datetime import timedelta

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.actions import join_facts
from rapport.apps.conversions.models import NamedClick
from rapport.apps.ledger.queries import recount
from rapport.apps.tracking.models import ClickKey
from rapport.flows.distrust import distrust_key
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.usefixtures("db")
LATER = NOON + timedelta(hours=1)


def _accrued() -> list[int]:
    return list(Commission.objects.order_by("conversion__external_id").values_list("accrued_minor", flat=True))


def test_what_the_lake_does_not_hold_loses_its_credit_and_what_it_holds_keeps_it() -> None:
    program = make_program()
    link = make_link(make_agreement(program))
    known, unknown = make_click_id(link), make_click_id(link)
    report_sale(program, external_id="1", total="100.00", click_ids=[known])
    report_sale(program, external_id="2", total="100.00", click_ids=[unknown])
    join_facts(list(NamedClick.objects.filter(click_id=known)), facts={known: {"bot": False}}, at=NOON)
    assert distrust_key(number=1, by=STORY, at=LATER) == 1
    assert _accrued() == [1200, 0]
    assert NamedClick.objects.get(click_id=unknown).refusal == "revoked_key"
    assert not recount(program.id).problems
    assert distrust_key(number=1, by=STORY, at=LATER) == 0
    assert ClickKey.objects.get(number=1).revoked_at == LATER


def test_the_lake_may_confirm_a_click_afterwards() -> None:
    program = make_program()
    click = make_click_id(make_link(make_agreement(program)))
    report_sale(program, external_id="1", total="100.00", click_ids=[click])
    distrust_key(number=1, by=STORY, at=LATER)
    [named] = NamedClick.objects.all()
    join_facts([named], facts={click: {"bot": False}}, at=LATER)
    named.refresh_from_db()
    assert (named.refusal, named.facts) == ("", {"bot": False})


def test_ids_under_other_keys_are_left_alone() -> None:
    program = make_program()
    link = make_link(make_agreement(program))
    report_sale(program, external_id="1", total="100.00", click_ids=[make_click_id(link), "nonsense"])
    distrust_key(number=1, by=STORY, at=LATER)
    report_sale(program, external_id="2", total="100.00", click_ids=[make_click_id(link)])
    assert distrust_key(number=1, by=STORY, at=LATER) == 0
    assert _accrued() == [0, 1200]


def test_a_key_that_never_was_is_said_so() -> None:
    with pytest.raises(ClickKey.DoesNotExist):
        distrust_key(number=7, by=STORY, at=LATER)
