"""A program and its terms, from the first draft to the versions that bind."""

from datetime import timedelta
from typing import Any

import pytest

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.ledger.models import Book
from rapport.apps.programs.actions import change_program, create_program, move_program, publish_terms, save_draft
from rapport.apps.programs.errors import (
    BackwardTerms,
    FixedByTheBooks,
    MoveNotAllowed,
    NoTerms,
    NothingNew,
    SlugTaken,
    TermsProblems,
)
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import coming_version, has_entries, programs_of, terms_of, version_in_force
from rapport.apps.record.models import Announcement
from rapport.domain.terms import presets
from tests.make.identity import NOON, STORY, make_actor, make_organisation
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

PRESET = dict(presets()[0].document)


def given(**changes: object) -> ProgramInput:
    fields = {
        "name": "Pyjama partners",
        "currency": "EUR",
        "zone": "Europe/Berlin",
        "landing_url": "https://shop.example/",
    }
    return ProgramInput.model_validate({**fields, **changes})


def made(workspace: Organisation | None = None, **changes: object) -> Program:
    workspace_id = (workspace or make_organisation()).id
    return create_program(workspace_id=workspace_id, given=given(**changes), document=PRESET, by=STORY, at=NOON)


def paying(percent: str) -> dict[str, Any]:
    return {**PRESET, "rules": [{"name": "sales", "when": {"kind": "sale"}, "pay": {"percent": percent}}]}


def save(program: Program, document: dict[str, Any]) -> None:
    save_draft(program_id=program.id, document=document, by=STORY, at=NOON)


class TestCreating:
    """A program begins as a draft with an empty book."""

    def test_it_takes_its_address_from_its_name_and_its_host_from_its_landing_page(self) -> None:
        program = made(hosts=("www.shop.example",))
        assert (program.slug, program.hosts) == ("pyjama-partners", ["shop.example", "www.shop.example"])
        assert (program.state, has_entries(program.id)) == ("draft", False)
        assert Announcement.objects.filter(kind="program.created", subject=program.id).count() == 1

    def test_an_address_belongs_to_one_program(self) -> None:
        made()
        with pytest.raises(SlugTaken) as refused:
            made()
        assert "pyjama-partners" in refused.value.fields["slug"]

    def test_terms_that_say_nothing_are_refused_at_their_place(self) -> None:
        with pytest.raises(TermsProblems) as refused:
            create_program(workspace_id=make_organisation().id, given=given(), document=paying("-1"), by=STORY, at=NOON)
        assert list(refused.value.fields) == ["rules[0].pay.percent"]
        assert not Program.objects.exists()


class TestChanging:
    """What a person may still say differently."""

    def test_a_new_name_leaves_the_public_address_where_it_is(self) -> None:
        program = made()
        changed = change_program(program_id=program.id, given=given(name="Night partners"), by=STORY, at=NOON)
        assert (changed.name, changed.slug) == ("Night partners", "pyjama-partners")
        moved = change_program(program_id=program.id, given=given(slug="nights"), by=STORY, at=NOON)
        assert moved.slug == "nights"

    def test_zone_and_currency_change_while_nothing_is_promised(self) -> None:
        changed = change_program(
            program_id=made().id, given=given(currency="USD", zone="America/New_York"), by=STORY, at=NOON
        )
        assert (changed.currency, changed.zone) == ("USD", "America/New_York")
        assert Book.objects.get(subject=changed.id).currency == "USD"

    def test_the_currency_stays_once_terms_promise_amounts_in_it(self) -> None:
        with pytest.raises(FixedByTheBooks) as refused:
            change_program(program_id=make_program().id, given=given(currency="USD"), by=STORY, at=NOON)
        assert list(refused.value.fields) == ["currency"]

    def test_a_currency_in_which_the_draft_says_nothing_is_refused(self) -> None:
        program = made()
        flat = {"name": "leads", "when": {"kind": "lead"}, "pay": {"flat": "0.50"}}
        save(program, {**PRESET, "rules": [flat]})
        with pytest.raises(TermsProblems):
            change_program(program_id=program.id, given=given(currency="JPY"), by=STORY, at=NOON)

    def test_the_zone_stays_once_something_is_booked(self) -> None:
        program = make_program()
        report_sale(
            program, external_id="1", total="10.00", click_ids=[make_click_id(make_link(make_agreement(program)))]
        )
        assert has_entries(program.id)
        with pytest.raises(FixedByTheBooks) as refused:
            change_program(program_id=program.id, given=given(zone="Asia/Tokyo"), by=STORY, at=NOON)
        assert list(refused.value.fields) == ["zone"]


class TestStates:
    """Draft, open, paused, closed."""

    def test_it_opens_only_with_terms(self) -> None:
        with pytest.raises(NoTerms):
            move_program(program_id=made().id, state=ProgramState.OPEN, by=STORY, at=NOON)

    def test_it_pauses_and_opens_again_and_says_so_once(self) -> None:
        program = make_program()
        for _ in range(2):
            move_program(program_id=program.id, state=ProgramState.PAUSED, by=STORY, at=NOON)
        assert Announcement.objects.filter(kind="program.paused", subject=program.id).count() == 1
        assert move_program(program_id=program.id, state=ProgramState.OPEN, by=STORY, at=NOON).state == "open"

    def test_what_is_closed_stays_closed(self) -> None:
        program = make_program()
        move_program(program_id=program.id, state=ProgramState.CLOSED, by=STORY, at=NOON)
        with pytest.raises(MoveNotAllowed) as refused:
            move_program(program_id=program.id, state=ProgramState.OPEN, by=STORY, at=NOON)
        assert "Closed" in refused.value.sentence


class TestTerms:
    """Versions are numbered, never change and never begin in the past."""

    def test_a_version_binds_newcomers_from_its_moment_on(self) -> None:
        program = make_program()
        save(program, paying("15"))
        later = NOON + timedelta(days=30)
        version = publish_terms(program_id=program.id, effective_at=later, by=STORY, at=NOON, note="Summer")
        first = version_in_force(program.id, at=NOON)
        assert first is not None
        assert (first.number, version.number, str(version)) == (1, 2, "v2")
        assert coming_version(program.id, at=NOON) == version
        assert version_in_force(program.id, at=later) == version
        assert coming_version(program.id, at=later) is None
        assert str(terms_of(version, currency="EUR").rules[0].pay) != str(terms_of(first, currency="EUR").rules[0].pay)

    def test_a_draft_that_says_the_same_is_no_version(self) -> None:
        with pytest.raises(NothingNew):
            publish_terms(program_id=make_program().id, effective_at=NOON, by=STORY, at=NOON)

    def test_a_version_never_begins_in_the_past_nor_before_an_earlier_one(self) -> None:
        program = make_program()
        save(program, paying("15"))
        with pytest.raises(BackwardTerms):
            publish_terms(program_id=program.id, effective_at=NOON - timedelta(seconds=1), by=STORY, at=NOON)
        publish_terms(program_id=program.id, effective_at=NOON + timedelta(days=9), by=STORY, at=NOON)
        save(program, paying("16"))
        with pytest.raises(BackwardTerms):
            publish_terms(program_id=program.id, effective_at=NOON + timedelta(days=8), by=STORY, at=NOON)

    def test_a_draft_must_be_readable(self) -> None:
        with pytest.raises(TermsProblems):
            save(make_program(), {"rules": []})


def test_a_team_reads_its_own_programs_by_name() -> None:
    ours = make_organisation()
    second, first = make_program(ours, name="Zebra"), make_program(ours, name="Apple")
    make_program(name="Somebody else's")
    assert list(programs_of(make_actor(ours, Role.MANAGER))) == [first, second]
