"""The UTM template of a program: shown, changed, refused at its field, and told to the edge."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.programs.models import Program
from rapport.apps.record.models import AuditRow
from rapport.apps.tracking.book import program_entries
from rapport.apps.tracking.models import ProgramTags
from tests.support.pages import words_of


def at(program: Program) -> str:
    return reverse("program:tags", args=[program.id])


def test_a_template_is_kept_shown_and_told_to_the_edge(manager: Client, program: Program) -> None:
    given = {"utm_source": " partners ", "utm_content": "{sub1}"}
    words = words_of(manager.post(at(program), given, follow=True).content)
    assert "within seconds" in words
    assert 'value="{sub1}"' in manager.get(at(program)).content.decode()
    (entry,) = program_entries([program.id])
    assert entry.tags == (("utm_source", "partners"), ("utm_content", "{sub1}"))
    row = AuditRow.objects.get(action="program.tagged")
    assert (row.subject, row.data["utm_source"]) == (program.id, "partners")

    manager.post(at(program), {})
    (entry,) = program_entries([program.id])
    assert entry.tags == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [("utm_source", "{brand}"), ("utm_medium", "m" * 201), ("utm_term", "a\x07b"), ("utm_content", "a\x00b")],
)
def test_what_cannot_be_used_is_named_at_its_field(manager: Client, program: Program, field: str, value: str) -> None:
    answer = manager.post(at(program), {"utm_campaign": "kept", field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"id_{field}_error" in page
    assert "kept" in page
    assert not ProgramTags.objects.exists()


def test_the_settings_lead_to_it(manager: Client, program: Program) -> None:
    assert at(program) in manager.get(reverse("program:settings", args=[program.id])).content.decode()
