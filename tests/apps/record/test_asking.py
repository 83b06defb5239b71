"""A composed question answers as its queryset does, whatever it is asked for, on every database."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat

from rapport.apps.record.actions import announce, audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.models import Announcement, AuditRow
from tests.make.identity import NOON

pytestmark = pytest.mark.usefixtures("db")


@composed
def _rows(subjects: Sequence[str], action: str) -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(subject__in=subjects, action=action).order_by("subject")


@composed
def _moments(subject: str) -> QuerySet[AuditRow, tuple[str, datetime]]:
    return AuditRow.objects.filter(subject=subject).order_by("id").values_list("subject", "at")


@composed
def _kinds(numbers: Sequence[int]) -> QuerySet[Announcement, str]:
    return Announcement.objects.filter(pk__in=numbers).order_by("pk").values_list("kind", flat=True)


@composed
def _joined(subject: str) -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(subject=Concat(Value(subject), Value("")))


@composed
def _lost(subject: str) -> QuerySet[AuditRow]:
    return AuditRow.objects.filter(subject=subject) if subject == "never" else AuditRow.objects.all()


def _leave_trail(subject: str, number: int) -> None:
    audit(by=Actor.system("test"), at=NOON, action="seen", subject=subject, data={"number": number})


@pytest.mark.parametrize("asked", [1, 2, 3, 5, 8, 1500])
def test_it_answers_as_its_queryset_does_for_lists_of_any_length(asked: int) -> None:
    for number in range(6):
        _leave_trail(f"cnv_{number}", number)
    subjects = [f"cnv_{number}" for number in range(asked)]
    found = _rows(subjects=subjects, action="seen")
    assert found == list(_rows.queryset(subjects=subjects, action="seen"))
    assert [row.data for row in found] == [{"number": number} for number in range(min(asked, 6))]
    assert all(row.at == NOON for row in found)


def test_it_can_be_asked_again_for_others() -> None:
    _leave_trail("cnv_a", 1)
    _leave_trail("cnv_b", 2)
    assert [row.subject for row in _rows(subjects=["cnv_a"], action="seen")] == ["cnv_a"]
    assert [row.subject for row in _rows(subjects=["cnv_b"], action="seen")] == ["cnv_b"]
    assert _rows(subjects=["cnv_b"], action="heard") == []
    assert _rows(subjects=[], action="seen") == []


def test_columns_come_as_tuples_and_one_column_as_itself() -> None:
    _leave_trail("cnv_a", 1)
    ids = [announce(at=NOON, kind=kind, subject="cnv_a").pk for kind in ("one", "two")]
    assert _moments(subject="cnv_a") == [("cnv_a", NOON)]
    assert _kinds(numbers=ids) == ["one", "two"]


def test_a_value_that_decides_how_the_question_is_built_is_refused_when_it_is_composed() -> None:
    with pytest.raises(TypeError, match="do not come out as they were put in"):
        _lost(subject="cnv_a")


def test_values_are_given_by_name() -> None:
    with pytest.raises(TypeError, match="by its name"):
        _moments("cnv_a")


def test_an_expression_may_stand_around_a_value() -> None:
    _leave_trail("cnv_a", 1)
    assert [row.subject for row in _joined(subject="cnv_a")] == ["cnv_a"]


def test_related_rows_are_not_selected_along() -> None:
    @composed
    def with_customer(customer_id: str) -> QuerySet[AuditRow]:
        return AuditRow.objects.filter(subject=customer_id).annotate(same=F("subject"))

    with pytest.raises(TypeError, match="columns of one table"):
        with_customer(customer_id="cus_a")
