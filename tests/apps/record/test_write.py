"""Rows are written as Django writes them, and a step that takes part in a transaction fails with the whole of it."""

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from django.db.transaction import TransactionManagementError

from rapport.apps.conversions.models import NamedClick
from rapport.apps.record.models import Announcement, AuditRow
from rapport.apps.record.write import insert_rows, new_row, transaction, update_rows
from rapport.kit.jsontext import Written
from tests.make.identity import NOON
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

ELSEWHERE = NOON.astimezone(timezone(timedelta(hours=-7)))
DATA = {"cause": "späti", "list": [1, None, True], "empty": {}}


def _news(at: datetime, data: object) -> Announcement:
    return new_row(Announcement, at=at, kind="seen", subject="cnv_a", data=data)


@pytest.mark.django_db
def test_rows_come_back_as_those_that_django_wrote() -> None:
    insert_rows([_news(NOON, DATA), _news(ELSEWHERE, DATA), _news(NOON, {})])
    for at, data in ((NOON, DATA), (ELSEWHERE, DATA), (NOON, {})):
        Announcement.objects.create(at=at, kind="seen", subject="cnv_a", data=data)
    columns = list(Announcement.objects.order_by("id").values_list("at", "kind", "subject", "workspace_id", "data"))
    assert columns[:3] == columns[3:]
    assert Announcement.objects.filter(at=NOON, data=DATA).count() == 4


@pytest.mark.django_db
def test_what_is_not_known_stays_empty() -> None:
    program = make_program()
    report_sale(program, external_id="1", click_ids=[make_click_id(make_link(make_agreement(program)))])
    click = NamedClick.objects.get()
    assert (click.facts, click.facts_joined_at) == (None, None)
    click.facts, click.facts_joined_at = {"bot": False}, NOON
    update_rows([click], ("facts", "facts_joined_at"))
    assert NamedClick.objects.filter(facts={"bot": False}, facts_joined_at=NOON).exists()
    click.facts = click.facts_joined_at = None
    update_rows([click], ("facts", "facts_joined_at"))
    assert NamedClick.objects.filter(facts__isnull=True, facts_joined_at__isnull=True).exists()


@pytest.mark.django_db
def test_a_row_that_was_read_in_part_is_written_whole() -> None:
    insert_rows([_news(NOON, DATA)])
    row = Announcement.objects.only("id", "kind").get()
    row.kind = "heard"
    update_rows([row], ("kind", "subject", "data"))
    assert Announcement.objects.values_list("kind", "subject", "data").get() == ("heard", "cnv_a", DATA)


@pytest.mark.django_db
def test_a_document_that_was_written_is_kept_as_it_was_written() -> None:
    insert_rows([_news(NOON, Written.of(DATA, json.dumps(DATA, separators=(",", ":"))))])
    assert Announcement.objects.get().data == DATA


@pytest.mark.django_db
def test_a_moment_has_a_zone() -> None:
    with pytest.raises(ValueError, match="names no moment without its zone"):
        insert_rows([_news(NOON.replace(tzinfo=None), {})])
    assert not Announcement.objects.exists()


def test_a_column_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(TypeError, match="AuditRow has no column colour"):
        new_row(AuditRow, colour="red")


def _go_on_after_a_failure(*, savepoint: bool) -> None:
    """Write a row, fail in a step that wrote one, and write another all the same."""
    with transaction():
        insert_rows([_news(NOON, {})])
        with suppress(ZeroDivisionError), transaction(savepoint=savepoint):
            insert_rows([_news(NOON, {})])
            raise ZeroDivisionError
        insert_rows([_news(NOON, {})])


@pytest.mark.usefixtures("fresh_database")
def test_what_fails_behind_a_savepoint_leaves_the_rest() -> None:
    _go_on_after_a_failure(savepoint=True)
    assert Announcement.objects.count() == 2


@pytest.mark.usefixtures("fresh_database")
def test_what_fails_without_a_savepoint_undoes_the_whole() -> None:
    with pytest.raises(TransactionManagementError):
        _go_on_after_a_failure(savepoint=False)
    assert not Announcement.objects.exists()
