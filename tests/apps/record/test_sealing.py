"""Seals: a row stays as its action left it, or is named; what was taken away is counted."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from rapport.apps.payouts.models import PayoutVerdict
from rapport.apps.record.models import AuditRow, Seal
from rapport.apps.record.sealing import broken_seals, digest_of, seal_of, seals_without_row, subject_of
from rapport.apps.tracking.actions import switch_link
from rapport.apps.tracking.models import Link
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_link, make_program

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("other", [["a", 1, None], ["a", "1"], ["a1"], [1, "a"]])
def test_other_values_have_another_digest(other: list[object]) -> None:
    assert digest_of(other) != digest_of(["a", 1])


def test_a_moment_has_one_digest_in_every_zone_and_a_day_is_no_moment() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert digest_of([AT]) == digest_of([elsewhere])
    assert digest_of([AT]) != digest_of([date(2026, 5, 4)])


def test_what_cannot_be_stored_cannot_be_sealed() -> None:
    with pytest.raises(TypeError, match="set cannot be sealed"):
        digest_of([{1}])


def test_a_row_without_an_id_of_its_own_is_sealed_under_what_it_is_about() -> None:
    assert subject_of(PayoutVerdict(run_id="run_1", agreement_id="agr_1")) == "payoutverdict:run_1:agr_1"


@pytest.mark.django_db
def test_an_action_seals_what_it_writes_and_a_change_behind_it_is_named() -> None:
    link = make_link(make_agreement(make_program()))
    switch_link(link_id=link.id, active=False, by=STORY, at=NOON)
    assert list(broken_seals(Link)) == [(1, [])]
    Link.objects.filter(pk=link.id).update(code="stolen")
    assert list(broken_seals(Link)) == [(1, [f"link:{link.id}"])]


@pytest.mark.django_db
def test_a_row_that_was_taken_away_leaves_its_seal() -> None:
    make_link(make_agreement(make_program()))
    assert seals_without_row(Link) == 0
    Link.objects.all().delete()
    assert seals_without_row(Link) == 1


@pytest.mark.django_db
def test_seals_say_whose_they_are_and_hold_what_is_stored() -> None:
    link = make_link(make_agreement(make_program()), subs={"sub1": "späti"})
    seal = Seal.objects.get(pk=subject_of(link))
    assert str(seal) == f"link:{link.id}"
    assert seal.digest == seal_of(Link.objects.get(pk=link.id))


@pytest.mark.django_db
def test_every_audit_row_carries_its_digest() -> None:
    make_agreement(make_program())
    for row in AuditRow.objects.all():
        columns = (row.id, row.at, row.actor_kind, row.actor_id, row.action, row.subject, row.workspace_id, row.data)
        assert row.digest == digest_of(columns)
