"""The trail, kept answers, inputs and the write gate."""

import threading

import pytest
from django.db import IntegrityError, connection
from django.db import transaction as database

from rapport.apps.record.actions import announce, audit, keep_answer
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput, KeyReused
from rapport.apps.record.inputs import Input, read_input
from rapport.apps.record.models import Announcement, AuditRow
from rapport.apps.record.queries import kept_answer, trail_of, trail_of_workspace
from rapport.apps.record.write import transaction
from tests.make.identity import NOON, STORY
from tests.support.databases import FreshDatabase


@pytest.mark.django_db
def test_who_did_what_is_found_by_subject_and_by_workspace() -> None:
    row = audit(by=STORY, at=NOON, action="tested", subject="prg_1", workspace_id="org_1", data={"why": "to see"})
    audit(by=STORY, at=NOON, action="tested", subject="prg_2", workspace_id="org_2")
    assert list(trail_of("prg_1")) == [row]
    assert list(trail_of_workspace("org_1")) == [row]
    assert list(trail_of_workspace("org_1", subject="prg_2")) == []
    assert list(trail_of_workspace("org_1", before=row.id)) == []
    assert str(row) == "system:story tested prg_1"


@pytest.mark.django_db
def test_an_announcement_is_gone_when_its_fact_is_taken_back() -> None:
    def fail_half_way() -> None:
        with transaction():
            announce(at=NOON, kind="program.opened", subject="prg_1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert not Announcement.objects.exists()
    assert str(announce(at=NOON, kind="program.opened", subject="prg_1")) == "program.opened prg_1"


@pytest.mark.django_db
def test_a_repeated_request_gets_its_answer_again_and_another_request_is_refused() -> None:
    assert kept_answer(scope="key_1", key="a", request_digest="d1") is None
    keep_answer(scope="key_1", key="a", request_digest="d1", status=201, body={"id": "cnv_1"}, at=NOON)
    answer = kept_answer(scope="key_1", key="a", request_digest="d1")
    assert answer is not None
    assert (answer.status, answer.body, str(answer)) == (201, {"id": "cnv_1"}, "key_1 a")
    assert kept_answer(scope="key_2", key="a", request_digest="d2") is None
    with pytest.raises(KeyReused) as refused:
        kept_answer(scope="key_1", key="a", request_digest="d2")
    assert "Idempotency-Key" in refused.value.fields
    with pytest.raises(IntegrityError), database.atomic():
        keep_answer(scope="key_1", key="a", request_digest="d1", status=201, body=None, at=NOON)


class Parcel(Input):
    """Something to be read."""

    name: str
    tags: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "given", [{"name": "a\0b"}, {"name": "a", "tags": ["b", "\0"]}, {"name": "a", "more": {"\0": 1}}]
)
def test_no_invisible_character_comes_in(given: dict[str, object]) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(Parcel, given)
    assert list(refused.value.fields.values()) == ["Remove the invisible character."]


def test_white_space_around_a_text_is_dropped_and_unknown_fields_are_named() -> None:
    assert read_input(Parcel, {"name": "  a "}).name == "a"
    with pytest.raises(BadInput) as refused:
        read_input(Parcel, {"name": "a", "nmae": "b"})
    assert list(refused.value.fields) == ["nmae"]


def test_an_actor_is_written_as_kind_and_id() -> None:
    assert str(Actor.system("end-of-hold")) == "system:end-of-hold"


def test_eight_writers_at_once_lose_nothing(fresh_database: FreshDatabase) -> None:
    def write() -> None:
        for _ in range(10):
            with transaction():
                audit(by=STORY, at=NOON, action="tested", subject="org_1")
                with transaction():
                    announce(at=NOON, kind="tested", subject="org_1")
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (AuditRow.objects.count(), Announcement.objects.count()) == (80, 80)
    assert fresh_database.engine == connection.vendor
