"""Messages on any subject."""

import pytest

from rapport.apps.identity.queries import actor_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import Announcement, AuditRow
from rapport.apps.threads.actions import post_message
from rapport.apps.threads.inputs import LONGEST, MessageInput
from rapport.apps.threads.models import Message, Side
from rapport.apps.threads.queries import messages_of
from tests.make.identity import NOON, STORY, make_person

pytestmark = pytest.mark.django_db


def test_question_and_answer_stand_in_order_under_their_subject() -> None:
    ines, mila = make_person("Ines"), make_person("Mila")
    for side, person, body in ((Side.PROGRAM, ines, "Which site?"), (Side.PARTNER, mila, "fold.example")):
        post_message(subject="app_1", side=side, given=MessageInput(body=body), by=actor_of(person), at=NOON)
    post_message(subject="app_2", side=Side.PROGRAM, given=MessageInput(body="Other"), by=actor_of(ines), at=NOON)
    assert {(row.author, row.side, row.body) for row in messages_of("app_1")} == {
        ("Ines", Side.PROGRAM, "Which site?"),
        ("Mila", Side.PARTNER, "fold.example"),
    }


def test_a_message_leaves_a_trace_without_its_words() -> None:
    message = post_message(
        subject="app_1", side=Side.PROGRAM, given=MessageInput(body="secret"), by=STORY, at=NOON, workspace_id="org_1"
    )
    assert AuditRow.objects.get().subject == message.id
    assert Announcement.objects.get().subject == "app_1"
    assert "secret" not in str(AuditRow.objects.values()) + str(Announcement.objects.values())
    assert str(message) == "app_1 2026-03-02 12:00"


def test_what_the_system_wrote_has_no_author() -> None:
    post_message(subject="app_1", side=Side.PROGRAM, given=MessageInput(body="Reminder"), by=STORY, at=NOON)
    assert [row.author for row in messages_of("app_1")] == [""]


@pytest.mark.parametrize("body", ["", "   ", "x" * (LONGEST + 1), "a\0b"])
def test_a_message_says_something_and_not_too_much(body: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_input(MessageInput, {"body": body})
    assert list(refused.value.fields) == ["body"]
    assert not Message.objects.exists()
