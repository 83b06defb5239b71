"""The monitor: which test speaks, what a source that loses its click ids is told, and what cannot be repaired."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from rapport.apps.outages.actions import Concern, begin_outage, begin_trial, end_outage, note_trial
from rapport.apps.outages.models import OutageKind, Trial, Watch
from rapport.apps.outages.queries import open_outages, trials_of
from rapport.apps.programs.models import Program
from rapport.apps.record.models import AuditRow
from rapport.flows.alive.monitor import judge_trials, look_around
from rapport.flows.alive.orders import watch_orders
from rapport.flows.alive.repairing import NotRepairable, outages_to_repair, repair_outage
from rapport.flows.alive.trials import WITHIN
from rapport.flows.alive.words import outage_words
from tests.make.identity import NOON, STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db

MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)
NOBODY = "http://127.0.0.1:9"


def tried(program: Program, *, minutes: int, **columns: object) -> Trial:
    """Return a test of the monitor that was sent some minutes after noon."""
    at = NOON + minutes * MINUTE
    trial = begin_trial(program=program, link_id="lnk_1", total="1.00", by_monitor=True, by=STORY, at=at)
    return note_trial(trial, **columns)


def failing(program: Program) -> bool:
    """Say whether a failed test is an outage now."""
    return open_outages(program.id).filter(kind=OutageKind.TRIAL).exists()


def test_a_test_that_a_door_refused_is_an_outage_until_one_comes_through() -> None:
    program = make_program()
    tried(program, minutes=0, problem="The tracking address does not answer.")
    judge_trials(program, at=NOON + MINUTE)
    [outage] = open_outages(program.id)
    assert outage_words(outage).sentence == "The tracking address does not answer."

    tried(program, minutes=30, order_receipt="rcp_1")
    judge_trials(program, at=NOON + 31 * MINUTE)
    assert failing(program), "one that is on its way says nothing yet"

    Trial.objects.update(arrived_at=NOON + 32 * MINUTE)
    judge_trials(program, at=NOON + 33 * MINUTE)
    outage.refresh_from_db()
    assert outage.ended_at == NOON + 32 * MINUTE


def test_an_acknowledged_test_that_never_arrives_is_an_outage() -> None:
    program = make_program()
    tried(program, minutes=0, order_receipt="rcp_1")
    judge_trials(program, at=NOON + WITHIN)
    assert not failing(program)
    judge_trials(program, at=NOON + WITHIN + MINUTE)
    assert failing(program)


def test_the_monitor_tries_when_it_is_time_and_leaves_no_audit_of_it(settings: Settings) -> None:
    settings.MONITOR_MINUTES, settings.EDGE_URL = 30, NOBODY
    program = make_program()
    make_link(make_agreement(program))
    Watch.objects.create(name=f"destinations:{program.id}", looked_at=NOON + WEEK)
    for minutes in (0, 1, 29, 30, 31):
        look_around(at=NOON + minutes * MINUTE)
    assert [trial.sent_at for trial in trials_of(program.id)] == [NOON + 30 * MINUTE, NOON]
    assert failing(program)
    assert not AuditRow.objects.filter(action="trial.sent").exists()

    settings.MONITOR_MINUTES = 0
    look_around(at=NOON + 3 * 30 * MINUTE)
    assert trials_of(program.id).count() == 2


def test_a_program_without_links_has_nothing_to_try(settings: Settings) -> None:
    settings.MONITOR_MINUTES = 30
    program = make_program()
    look_around(at=NOON)
    assert not trials_of(program.id).exists()
    assert not open_outages(program.id).exists()


def test_orders_that_lose_their_click_ids_are_an_outage(settings: Settings) -> None:
    program = make_program(at=NOON - 10 * WEEK)
    link = make_link(make_agreement(program, at=NOON - 10 * WEEK), at=NOON - 10 * WEEK)
    click = make_click_id(link, at=NOON - 6 * WEEK)
    for week in (5, 4, 3, 2, 1, 0):
        for number in range(14):
            at = NOON - week * WEEK - number * MINUTE
            said = {"click_ids": (click,)} if week else {}
            report_sale(program, at=at, external_id=f"{week}-{number}", total="10.00", **said)
    watch_orders(program, at=NOON + MINUTE / 2)

    [outage] = open_outages(program.id)
    assert outage.kind == OutageKind.CLICK_IDS
    sentence = "API: 0 of 14 orders named a click. In the weeks before it were 56 of 56."
    assert outage_words(outage).sentence == sentence


def test_where_no_shop_can_be_asked_this_is_said_and_nothing_is_noted() -> None:
    program = make_program()
    concern = Concern(OutageKind.ORDERS, program, "api")
    outage, is_news = begin_outage(concern, began_at=NOON, figures={}, by=STORY, at=NOON)
    assert is_news
    assert begin_outage(concern, began_at=NOON, figures={"seen": 1}, by=STORY, at=NOON + MINUTE) == (outage, False)
    end_outage(concern, ended_at=NOON + MINUTE, by=STORY, at=NOON + MINUTE)
    assert end_outage(concern, ended_at=NOON + MINUTE, by=STORY, at=NOON + MINUTE) is None
    with pytest.raises(NotRepairable, match="none counts twice"):
        repair_outage(outage, by=STORY, at=NOON + MINUTE)
    assert outages_to_repair() == []
    outage.refresh_from_db()
    assert outage.repaired_at is None
