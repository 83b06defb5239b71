"""Terms as the team works on them: a draft in a form or as YAML, published versions, and who accepted which."""

from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.programs.actions import save_draft
from rapport.apps.programs.models import Program, TermsVersion
from rapport.doors.console.program.editor import texts_of
from rapport.doors.console.program.terms import draft_of
from rapport.kit.clock import now
from tests.make.identity import STORY, make_member
from tests.make.road import make_agreement
from tests.support.pages import words_of


def at(program: Program, name: str = "terms", *more: object) -> str:
    return reverse(f"program:{name}", args=[program.id, *more])


def filled(program: Program, **changed: str) -> dict[str, str]:
    """The form as it stands, with some fields changed; dashes of names are written as double underscores."""
    return texts_of(draft_of(program)) | {name.replace("__", "-"): value for name, value in changed.items()}


def publish(client: Client, program: Program, **given: str) -> str:
    """Publish the draft and return the words of the page that follows."""
    answer = client.post(at(program, "terms-publish"), {"effective_at": "", "note": ""} | given, follow=True)
    return words_of(answer.content)


def test_a_kept_draft_shows_what_would_change_and_binds_nobody(manager: Client, program: Program) -> None:
    answer = manager.post(at(program), filled(program, rule__0__amount="14.50", do="keep"))
    assert (answer.status_code, answer["Location"]) == (303, at(program))
    page = manager.get(at(program)).content.decode()
    assert "<del>12 </del><ins>14.5 </ins>" in page
    assert "Terms v1 are in force" in words_of(page.encode())
    assert "You earn 12 %" in words_of(Client().get(f"/p/{program.slug}").content)


def test_a_problem_stands_at_its_field_and_nothing_is_lost(manager: Client, program: Program) -> None:
    answer = manager.post(at(program), filled(program, rule__0__amount="a lot", window="77"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-rule-0-amount-error"' in page
    assert 'value="a lot"' in page
    assert 'value="77"' in page
    assert "Keep the draft first." in words_of(page.encode())


def test_what_the_form_does_not_show_is_named_and_stays(manager: Client, program: Program) -> None:
    bonus = {"name": "hello", "kind": "first_sale", "rule": "sale", "amount": "10.00"}
    document = {**program.draft.document, "bonuses": [bonus]}
    save_draft(program_id=program.id, document=document, by=STORY, at=now())
    assert "This draft promises more, which stays as it is here: bonuses." in words_of(manager.get(at(program)).content)
    manager.post(at(program), filled(program, rule__0__amount="14", do="keep"))
    program.draft.refresh_from_db()
    assert program.draft.document["bonuses"] == [bonus]
    assert program.draft.document["rules"][0]["pay"] == {"percent": "14"}


def test_rules_are_added_and_ordered_without_keeping_anything(manager: Client, program: Program) -> None:
    before = program.draft.document
    texts = filled(program, do="add")
    page = manager.post(at(program), texts).content.decode()
    assert 'name="rule-1-kind"' in page
    texts |= {"rule-1-kind": "lead", "rule-1-way": "flat", "rule-1-amount": "5", "rule-1-name": "", "do": "up-1"}
    page = manager.post(at(program), texts).content.decode()
    assert page.index('value="lead"') < page.index('value="sale"')
    assert "Not kept yet." in words_of(page.encode())
    program.draft.refresh_from_db()
    assert program.draft.document == before


def test_the_preview_reads_what_stands_in_the_form(manager: Client, program: Program) -> None:
    good = manager.post(at(program, "terms-preview"), filled(program, rule__0__amount="15"))
    assert "<ins>15 </ins>" in good.content.decode()
    bad = words_of(manager.post(at(program, "terms-preview"), filled(program, rule__0__amount="?")).content)
    assert "These terms cannot be used yet:" in bad
    assert "rules[0].pay.percent" in bad


@pytest.mark.parametrize(
    "body",
    [
        {"rule-0-kind": "<script>alert(1)</script>", "rule-0-amount": "x" * 10_000},
        {"rule-99-kind": "sale"},
        {"rule-0-kind": "a\x00b"},
        {"do": "remove-99999999999999999999"},
        {},
    ],
)
def test_odd_forms_are_answered_and_escaped(manager: Client, program: Program, body: dict[str, str]) -> None:
    for name in ("terms", "terms-preview"):
        answer = manager.post(at(program, name), body)
        assert answer.status_code in {200, 422}
        assert "<script>alert" not in answer.content.decode()


def test_yaml_is_the_same_draft(manager: Client, program: Program) -> None:
    text = manager.get(at(program, "terms-yaml")).context["text"]
    assert "percent: '12'" in text
    changed = text.replace("percent: '12'", "percent: '13'")
    looked = manager.post(at(program, "terms-yaml"), {"document": changed, "look": "yes"})
    assert "<ins>13 </ins>" in looked.content.decode()
    kept = manager.post(at(program, "terms-yaml"), {"document": changed})
    assert (kept.status_code, kept["Location"]) == (303, at(program))
    assert filled(Program.objects.get(pk=program.id))["rule-0-amount"] == "13"


def test_yaml_names_line_and_place_of_each_problem_and_keeps_the_text(manager: Client, program: Program) -> None:
    text = "language: 1\nrules:\n- name: sale\n  when: {kind: sale}\n  pay: {percent: 12}\npayout: {day: 40}\n"
    answer = manager.post(at(program, "terms-yaml"), {"document": text})
    words = words_of(answer.content)
    assert answer.status_code == 422
    assert "Line 5 rules[0].pay.percent" in words
    assert "Line 6 payout.day" in words
    assert "name: sale" in words
    broken = words_of(manager.post(at(program, "terms-yaml"), {"document": "a: [\n"}).content)
    assert "This is not YAML" in broken


def test_publishing_needs_something_new_and_a_moment_that_is_not_past(manager: Client, program: Program) -> None:
    assert "The draft says the same as version 1." in publish(manager, program)
    manager.post(at(program), filled(program, rule__0__amount="14"))
    assert "never changed backwards" in publish(manager, program, effective_at="2020-01-01T00:00")
    for odd in ("tomorrow", "2030-13-01T00:00", "9999-12-31T23:59:59.999999+14:00", "0001-01-01T00:00"):
        answer = manager.post(at(program, "terms-publish"), {"effective_at": odd})
        assert answer.status_code == 422
        assert "id_effective_at_error" in answer.content.decode()
    assert TermsVersion.objects.filter(program=program).count() == 1


def test_a_moment_is_one_of_the_program_zone(manager: Client, program: Program) -> None:
    manager.post(at(program), filled(program, rule__0__amount="14"))
    chosen = (now() + timedelta(days=40)).astimezone(ZoneInfo("Europe/Berlin")).replace(hour=9, minute=30)
    words = publish(manager, program, effective_at=chosen.strftime("%Y-%m-%dT%H:%M"), note="More for everybody.")
    version = TermsVersion.objects.get(program=program, number=2)
    assert version.effective_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%H:%M") == "09:30"
    assert "Terms v2 are published." in words
    assert "More for everybody." in words
    assert "In force from" in words


def test_a_moment_that_clocks_skip_is_refused(manager: Client, program: Program) -> None:
    manager.post(at(program), filled(program, rule__0__amount="14"))
    # The last Sunday of March 2031, when Berlin goes from two o'clock to three.
    assert "Clocks skip this moment" in publish(manager, program, effective_at="2031-03-30T02:30")


def test_a_version_tells_who_published_it_what_it_changed_and_who_accepted_it(
    manager: Client, program: Program
) -> None:
    make_agreement(program, name="Slow Mornings")
    manager.post(at(program), filled(program, rule__0__amount="14", repeat=""))
    # Repeat purchases are paid no longer: the notice that was promised goes before it.
    publish(manager, program, effective_at=(now() + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"))
    second = manager.get(at(program, "version", 2)).content.decode()
    assert "<del>12 </del><ins>14 </ins>" in second
    assert "Manager of Marlow & Lind" in words_of(second.encode())
    assert "Nobody yet." in words_of(second.encode())
    first = words_of(manager.get(at(program, "version", 1)).content)
    assert "Slow Mornings" in first
    backwards = manager.get(at(program, "version", 1), {"from": "2"}).content.decode()
    assert "<del>14 </del><ins>12 </ins>" in backwards
    assert manager.get(at(program, "version", 1), {"from": "nine"}).status_code == 200


def test_whoever_may_not_write_terms_reads_them(marlow: Organisation, program: Program) -> None:
    sales = Client()
    sales.force_login(make_member(marlow, Role.SALES))
    words = words_of(sales.get(at(program)).content)
    assert "You earn 12 % of every sale" in words
    assert "Keep the draft" not in words
    assert "As YAML" not in words


def test_everything_works_when_the_form_is_sent_as_a_browser_sends_it(manager: Client, program: Program) -> None:
    body = urlencode(filled(program, rule__0__amount="14", do="keep"))
    answer = manager.post(at(program), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303
