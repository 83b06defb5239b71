"""Acts on many orders leave the database to others in between: one order a transaction, its letters written before."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.models import Role
from rapport.apps.jobs.intending import WAIT
from rapport.apps.programs.models import Program
from rapport.flows.intentions import carry_out_due, intend_act, undo
from rapport.flows.partner_letters import know_addresses
from tests.make.identity import NOON, STORY, make_member
from tests.make.payouts import make_sale
from tests.make.road import make_agreement, make_program
from tests.support.databases import FreshDatabase

LATER = NOON + timedelta(days=1)
ORDERS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement, whether it was asked inside a transaction, and what the processor had spent by then."""

    sql: str
    inside: bool
    at_s: float


@contextmanager
def statements() -> Iterator[list[Asked]]:
    """Watch what is asked of the database."""
    asked: list[Asked] = []

    def watch(execute: Callable[..., Any], sql: str, params: object, many: bool, context: dict[str, Any]) -> object:
        answer = execute(sql, params, many, context)
        asked.append(Asked(sql, connection.in_atomic_block, time.thread_time()))
        return answer

    with connection.execute_wrapper(watch):
        yield asked


@pytest.fixture
def program(fresh_database: FreshDatabase) -> Program:
    """A program with a partner of three people and a dozen orders."""
    made = make_program()
    agreement = make_agreement(made)
    for _ in range(3):
        make_member(agreement.partner.organisation, Role.PARTNER)
    for number in range(ORDERS):
        make_sale(made, agreement, order=f"o-{number}")
    know_addresses()
    return made


def test_each_order_that_is_declined_fills_one_transaction_and_its_letters_are_written_before(program: Program) -> None:
    commissions = _ids(program)
    intend_act(
        act="decline", program=program, subjects=commissions, by=STORY, at=NOON, code="fraud", reason="Stolen card"
    )
    with statements() as asked:
        carry_out_due(at=NOON + WAIT)
    assert Mail.objects.filter(about_id__in=commissions).count() == 3 * ORDERS
    assert _batches(asked) == ORDERS
    assert not [each.sql for each in asked if each.inside and "identity_membership" in each.sql]
    assert [each.sql for each in asked if not each.inside and "identity_membership" in each.sql]


def test_approvals_are_taken_back_by_the_worker_and_not_while_somebody_waits(program: Program) -> None:
    wish = intend_act(act="approve", program=program, subjects=_ids(program), by=STORY, at=NOON)
    carry_out_due(at=NOON + WAIT)
    with statements() as asked:
        undo(intention=wish, program=program, by=STORY, at=LATER)
    assert _batches(asked) == 1
    assert not [each for each in asked if "commissions_" in each.sql]
    assert set(commissions_of_program(program.id).values_list("state", flat=True)) == {"approved"}
    carry_out_due(at=LATER)
    assert set(commissions_of_program(program.id).values_list("state", flat=True)) == {"held"}


def _ids(program: Program) -> list[str]:
    return list(commissions_of_program(program.id).order_by("id").values_list("id", flat=True))


def _batches(asked: list[Asked]) -> int:
    """Return in how many transactions an intention was written, and print what the longest one took."""
    spans, begun = [0.0], 0.0
    for before, each in zip([Asked("", inside=False, at_s=0), *asked], asked, strict=False):
        if each.inside and not before.inside:
            begun = each.at_s
        if each.inside:
            spans.append(each.at_s - begun)
    written = sum(each.sql.startswith('UPDATE "jobs_intention"') for each in asked)
    print(f"{written} transactions, the longest {max(spans) * 1000:.0f} ms of the processor")  # noqa: T201 - a measurement
    return written
