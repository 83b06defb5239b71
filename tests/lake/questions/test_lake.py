"""What the rest of Rapport asks about clicks: facts before approval, the latest ones, one by its id."""

from pathlib import Path
from threading import Thread

import pytest

from rapport.lake.ingest import ingest
from rapport.lake.questions import EVERYTHING, Filter, GroupRow, Totals, lake_at
from rapport.lake.questions.lake import Lake
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from tests.lake.conftest import Seal
from tests.lake.traffic import FIREFOX, GOOGLEBOT, IPHONE, NOON, at, click

A_DAY_MS = 86_400_000


def kept(journal: Path, lake: Path, seal: Seal, *clicks: ClickEvent) -> Lake:
    """Return a lake that holds these clicks."""
    seal(clicks)
    ingest(journal=journal, lake=lake, now_ms=NOON)
    return Lake(lake)


@pytest.mark.parametrize("there_was_an_ingest", [False, True])
def test_a_lake_without_clicks_answers_zeros(journal: Path, lake: Path, *, there_was_an_ingest: bool) -> None:
    if there_was_an_ingest:
        ingest(journal=journal, lake=lake, now_ms=NOON)
    asked = Lake(lake)

    assert asked.totals() == Totals(gross=0, net=0, bots=0, framed=0)
    assert asked.clicks_by(EVERYTHING, "link") == []
    assert asked.facts_of([click().click_id]) == {}
    assert asked.latest(EVERYTHING, limit=10) == []
    assert asked.click(click().click_id) is None
    assert asked.clicks_per_day(EVERYTHING, "Europe/Berlin") == []
    week = Filter(from_ms=at("2026-05-03T22:00"), until_ms=at("2026-05-10T22:00"))
    assert [row.gross for row in asked.clicks_per_day(week, "Europe/Berlin")] == [0] * 7


def test_a_lake_that_was_opened_empty_sees_the_first_clicks(journal: Path, lake: Path, seal: Seal) -> None:
    asked = Lake(lake)
    assert asked.totals().gross == 0

    kept(journal, lake, seal, click())

    assert asked.totals().gross == 1


def test_bots_and_unchosen_visits_are_shown_apart_and_each_is_counted_once(
    journal: Path, lake: Path, seal: Seal
) -> None:
    asked = kept(
        journal,
        lake,
        seal,
        click(),
        click(marks=Mark.NO_CONSENT),
        click(marks=Mark.BOT),
        click(marks=Mark.BOT | Mark.FRAMED),
        click(marks=Mark.FRAMED),
        click(marks=Mark.TEST),
        click(marks=Mark.VIEW),
    )

    assert asked.totals() == Totals(gross=5, net=2, bots=2, framed=1)


def test_facts_are_what_the_judge_asks_before_approval(journal: Path, lake: Path, seal: Seal) -> None:
    good = click(
        user_agent=IPHONE, subs={"sub2": "x"}, placement="top", channel="mail", referrer="https://blog.example/"
    )
    bot = click(user_agent=GOOGLEBOT)
    framed = click(marks=Mark.FRAMED, reason="framed")
    asked = kept(journal, lake, seal, good, bot, framed)

    facts = asked.facts_of([good.click_id, bot.click_id, framed.click_id])

    person = facts[good.click_id]
    assert (person.bot, person.framed, person.test, person.reason) == (False, False, False, "")
    assert (person.device, person.country, person.subs) == ("phone", "", {"sub2": "x"})
    assert (person.placement, person.channel, person.referrer) == ("top", "mail", "https://blog.example/")
    assert (person.at_ms, person.link_id) == (NOON, "lnk_ann")
    assert facts[bot.click_id].bot
    assert facts[framed.click_id].framed
    assert facts[framed.click_id].reason == "framed"


def test_clicks_that_the_lake_does_not_hold_are_absent(journal: Path, lake: Path, seal: Seal) -> None:
    held, never_came = click(), click()
    asked = kept(journal, lake, seal, held)

    asked_for = [held.click_id, never_came.click_id, "", "no click id", "!" * 32, "é" * 32, "A" * 31 + "!"]

    assert set(asked.facts_of(asked_for)) == {held.click_id}
    assert asked.facts_of([]) == {}


def test_facts_are_found_across_months_and_at_the_edge_of_days(journal: Path, lake: Path, seal: Seal) -> None:
    moments = [NOON - 200 * A_DAY_MS, at("2026-05-03T23:59:59.999"), at("2026-05-04"), NOON]
    clicks = [click(at_ms=moment) for moment in moments]
    asked = kept(journal, lake, seal, *clicks, click())

    assert {facts.at_ms for facts in asked.facts_of([one.click_id for one in clicks]).values()} == set(moments)


def test_the_latest_clicks_come_newest_first_with_every_kind_among_them(journal: Path, lake: Path, seal: Seal) -> None:
    ann = [click(at_ms=NOON + number, marks=mark) for number, mark in enumerate(Mark)]
    ben = click(at_ms=NOON + 100, agreement_id="agr_ben")
    asked = kept(journal, lake, seal, *ann, ben)

    rows = asked.latest(Filter(agreement_id="agr_ann"), limit=3)

    assert [row.click_id for row in rows] == [one.click_id for one in reversed(ann)][:3]
    assert [row.click_id for row in asked.latest(EVERYTHING, limit=1)] == [ben.click_id]


def test_a_click_is_found_by_its_id_alone(journal: Path, lake: Path, seal: Seal) -> None:
    visit = click(user_agent=FIREFOX)
    asked = kept(journal, lake, seal, visit, click())

    row = asked.click(visit.click_id)

    assert row is not None
    assert (row.click_id, row.user_agent) == (visit.click_id, FIREFOX)
    assert asked.click(click().click_id) is None
    assert asked.click("no click id") is None


def test_the_most_visited_keys_come_first_and_only_as_many_as_asked(journal: Path, lake: Path, seal: Seal) -> None:
    tops = [click(placement="top") for _ in range(3)]
    sides = [click(placement="side") for _ in range(2)]
    asked = kept(journal, lake, seal, *sides, *tops, click(placement=""))

    assert asked.clicks_by(EVERYTHING, "placement", limit=2) == [
        GroupRow(key="top", gross=3, net=3, bots=0, framed=0),
        GroupRow(key="side", gross=2, net=2, bots=0, framed=0),
    ]


def test_a_dimension_that_does_not_exist_is_refused_before_it_reaches_the_database(lake: Path) -> None:
    with pytest.raises(ValueError, match="no dimension of clicks"):
        Lake(lake).clicks_by(EVERYTHING, "1; DROP TABLE clicks")  # type: ignore[arg-type]  # as a careless door might


def test_texts_of_visitors_are_never_read_as_sql(journal: Path, lake: Path, seal: Seal) -> None:
    nasty = "'); DROP TABLE clicks; --"
    asked = kept(journal, lake, seal, click(subs={"sub1": nasty}, agreement_id=nasty))

    assert asked.totals(Filter(agreement_id=nasty)).gross == 1
    assert [row.key for row in asked.clicks_by(Filter(agreement_id=nasty), "sub1")] == [nasty]


def test_days_without_clicks_are_zeros_in_the_row_of_days(journal: Path, lake: Path, seal: Seal) -> None:
    asked = kept(journal, lake, seal, click(at_ms=NOON), click(at_ms=NOON + 2 * A_DAY_MS))

    assert [row.gross for row in asked.clicks_per_day(EVERYTHING, "Europe/Berlin")] == [1, 0, 1]
    assert [row.gross for row in asked.clicks_per_day(Filter(from_ms=NOON - A_DAY_MS), "Europe/Berlin")] == [0, 1, 0, 1]
    assert [row.gross for row in asked.clicks_per_day(Filter(until_ms=NOON + 1), "Europe/Berlin")] == [1]


def test_many_threads_ask_one_lake_while_clicks_come_in(journal: Path, lake: Path, seal: Seal) -> None:
    asked = kept(journal, lake, seal, click())
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(10):
            before, rows, after = asked.totals().gross, asked.clicks_by(EVERYTHING, "link"), asked.totals().gross
            if not before <= rows[0].gross <= after:
                wrong.append((before, rows, after))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        seal([click()])
        ingest(journal=journal, lake=lake, now_ms=NOON)
    for thread in threads:
        thread.join()

    assert wrong == []
    assert asked.totals().gross == 11


def test_a_process_keeps_one_lake_for_a_folder(lake: Path) -> None:
    assert lake_at(lake) is lake_at(lake)
