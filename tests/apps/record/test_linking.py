"""The chain of the audit: no action waits for it, whatever comes late is linked late, and nothing linked can vanish."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from rapport.apps.record.actions import audit
from rapport.apps.record.linking import broken_links, link_digest, link_rows, rows_wait
from rapport.apps.record.models import AuditLink, AuditRow, LinkedAuditRow
from rapport.flows import doctor, tasks
from rapport.kit.clock import now
from rapport.kit.vault import new_key
from tests.make.identity import NOON, STORY
from tests.support.databases import FreshDatabase

HOUR = timedelta(hours=1)
TABLES = ("record_auditlink", "record_auditrow", "record_linkedauditrow")


def do(*subjects: str, at: Any = NOON) -> None:  # noqa: ANN401 - a moment
    for subject in subjects:
        audit(by=STORY, at=at, action="thing.done", subject=subject)


def problems() -> tuple[str, ...]:
    return next(check.problems for check in doctor.run_checks() if check.name == "links of the audit")


@contextmanager
def unguarded() -> Iterator[None]:
    """Let somebody rewrite the tables who may drop their guards."""
    with connection.cursor() as cursor:
        for table in TABLES:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_no_{verb}{on}")
    yield


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nine audit rows in three links; the ids of the rows."""
    monkeypatch.setattr("rapport.apps.record.linking.AT_ONCE", 3)
    do(*"abcdefghi")
    assert link_rows(since=None, clock=lambda: NOON + HOUR) == 9
    assert [link.rows_count for link in AuditLink.objects.order_by("number")] == [3, 3, 3]
    assert problems() == ()
    return list(AuditRow.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.django_db
def test_what_is_linked_is_not_linked_again_and_late_rows_go_into_the_next_link(chain: list[str]) -> None:
    assert link_rows(since=None, clock=now) == 0
    do("late", at=NOON - HOUR)
    assert rows_wait(since=None)
    assert not rows_wait(since=NOON)
    assert link_rows(since=NOON, clock=lambda: NOON + 2 * HOUR) == 0
    assert link_rows(since=NOON - HOUR, clock=lambda: NOON + 2 * HOUR) == 1
    assert (AuditLink.objects.count(), problems()) == (4, ())
    assert str(LinkedAuditRow.objects.order_by("audit_id")[0]) < chain[0]
    assert str(AuditLink.objects.get(number=4)) == "audit link 4"


@pytest.mark.django_db
def test_any_row_that_is_taken_away_is_named(chain: list[str]) -> None:
    victim = random.Random(5).choice(chain)  # noqa: S311 - a story, no secret
    with unguarded():
        AuditRow.objects.filter(pk=victim).delete()
    assert problems() == (f"The audit row {victim} was taken away.",)


@pytest.mark.django_db
def test_a_row_that_is_taken_away_with_its_trace_breaks_its_link(chain: list[str]) -> None:
    with unguarded():
        AuditRow.objects.filter(pk=chain[4]).delete()
        LinkedAuditRow.objects.filter(pk=chain[4]).delete()
        AuditLink.objects.filter(number=2).update(rows_count=2)
    assert problems() == ("Link 2 of the audit does not hold what it was made of.",)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["at", "digest"])
def test_a_row_that_changed_breaks_its_link_whatever_its_digest_says(chain: list[str], field: str) -> None:
    with unguarded():
        AuditRow.objects.filter(pk=chain[8]).update(digest="0" * 64)
        AuditLink.objects.filter(number=1).update(**{field: NOON if field == "at" else "f" * 64})
    # The links after one that is called by another digest do not follow it.
    assert {problem.split()[1] for problem in problems()} == ({"1", "3"} if field == "at" else {"1", "2", "3"})


@pytest.mark.django_db
def test_rows_cannot_be_reordered_between_links_or_links_removed(chain: list[str]) -> None:
    with unguarded():
        LinkedAuditRow.objects.filter(pk=chain[0]).update(link_id=2)
        LinkedAuditRow.objects.filter(pk=chain[3]).update(link_id=1)
    assert [problem.split()[1] for problem in problems()] == ["1", "2"]


@pytest.mark.django_db
def test_a_link_that_is_taken_out_of_the_middle_is_missed(chain: list[str]) -> None:
    with unguarded():
        LinkedAuditRow.objects.filter(link_id=2).delete()
        AuditLink.objects.filter(number=2).delete()
        AuditRow.objects.filter(pk__in=chain[3:6]).delete()
    assert problems() == ("Link 3 of the audit does not hold what it was made of.",)


@pytest.mark.django_db
def test_a_chain_that_was_made_anew_without_the_vault_does_not_hold(chain: list[str], settings: Settings) -> None:
    with unguarded():
        AuditRow.objects.filter(pk=chain[8]).delete()
        LinkedAuditRow.objects.filter(pk=chain[8]).delete()
        second, third = AuditLink.objects.filter(number__gt=1).order_by("number")
        forged = link_digest(second.digest, 3, third.at, _linked(chain[6:8]))
        AuditLink.objects.filter(number=3).update(rows_count=2, digest=forged)
    assert problems() == ("Link 3 of the audit does not hold what it was made of.",)
    settings.VAULT_KEYS = str(new_key())
    assert len(problems()) == 3


def _linked(ids: list[str]) -> list[Any]:
    from rapport.apps.record.linking import Linked  # noqa: PLC0415 - what a forger would use

    return [Linked(*row) for row in AuditRow.objects.filter(pk__in=ids).order_by("id").values_list("id", "digest")]


@pytest.mark.django_db
def test_the_worker_links_what_was_done_lately_and_in_the_night_the_rest() -> None:
    do("old", at=now() - 5 * HOUR)
    do("new", at=now())
    assert tasks.audit_rows_wait()
    tasks.link_audit.call()
    assert not tasks.audit_rows_wait()
    assert sum(count for count, _wrong in broken_links()) == AuditRow.objects.count() - 1
    tasks.link_late_audit.call()
    assert LinkedAuditRow.objects.count() == AuditRow.objects.count()


def test_two_workers_never_link_a_row_twice(fresh_database: FreshDatabase) -> None:
    do(*(str(number) for number in range(40)))
    both = [link_rows(since=None, clock=now) for _ in range(2)]
    assert both[1] == 0
    assert LinkedAuditRow.objects.count() == sum(AuditLink.objects.values_list("rows_count", flat=True))
