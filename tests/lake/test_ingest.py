"""Every click of the journal comes into the lake once, with what ingest finds out about it."""

import threading
from pathlib import Path

import msgspec
import pytest
from arro3.core import RecordBatchReader
from deltalake.exceptions import CommitFailedError

from rapport.lake.arrivals import Arrivals
from rapport.lake.ingest import Ingested, ingest
from rapport.lake.position import unread_segments
from rapport.lake.questions import EVERYTHING
from rapport.lake.questions.lake import Lake
from rapport.lake.table import Overtaken, append, open_clicks, position_of
from rapport.lake.upkeep import close_days
from rapport.lake.visitors import Visitors
from rapport.wire.clickid import Mark
from rapport.wire.journal import sealed_segments
from tests.lake.conftest import Seal
from tests.lake.traffic import FIREFOX, GOOGLEBOT, NOON, click, impression, postback


def carry(journal: Path, lake: Path, *, limit: int | None = None) -> Ingested:
    """Run one round of ingest at noon."""
    return ingest(journal=journal, lake=lake, now_ms=NOON, limit_segments=limit)


def test_nothing_happens_before_the_edge_has_written_anything(journal: Path, lake: Path) -> None:
    assert carry(journal, lake) == Ingested(segments=0, clicks=0, damaged=0)


def test_clicks_are_carried_over_once_and_postbacks_are_left_to_the_worker(
    journal: Path, lake: Path, seal: Seal
) -> None:
    seal([click(), postback(), click()])
    seal([postback()])

    assert carry(journal, lake) == Ingested(segments=2, clicks=2)
    assert carry(journal, lake) == Ingested()
    assert Lake(lake).totals().gross == 2


def test_a_round_stops_at_its_limit_and_the_next_one_goes_on_from_there(journal: Path, lake: Path, seal: Seal) -> None:
    for _ in range(3):
        seal([click()])

    assert carry(journal, lake, limit=2).segments == 2
    assert len(unread_segments(journal=journal, lake=lake)) == 1
    assert carry(journal, lake).clicks == 1
    assert Lake(lake).totals().gross == 3


def test_a_click_keeps_everything_that_was_known_of_it(journal: Path, lake: Path, seal: Seal) -> None:
    visit = click(
        subs={"sub1": "newsletter", "sub10": "may"},
        placement="top",
        channel="mail",
        reason="program_paused",
        handed_out=False,
        referrer="https://Reader@Blog.Example:8443/shoes?x=1",
        query={"utm_source": "mail"},
        marks=Mark.NO_CONSENT,
    )
    seal([visit])
    carry(journal, lake)

    row = Lake(lake).click(visit.click_id)

    assert row is not None
    assert (row.at_ms, row.program_id, row.agreement_id, row.link_id, row.link_number) == (
        NOON, "prg_shoes", "agr_ann", "lnk_ann", 7,
    )  # fmt: skip
    assert (row.subs, row.placement, row.channel) == ({"sub1": "newsletter", "sub10": "may"}, "top", "mail")
    assert (row.reason, row.handed_out, row.no_consent) == ("program_paused", False, True)
    assert (row.referrer, row.referrer_host) == (visit.referrer, "blog.example")
    assert (row.user_agent, row.device, row.bot, row.crawler) == (FIREFOX, "desktop", False, "")
    assert (row.destination, row.language, row.country) == ("https://shoes.example/", "de", "")
    assert row.query == '{"utm_source":"mail"}'


def test_a_destination_comes_back_with_the_click_id_that_it_handed_on(journal: Path, lake: Path, seal: Seal) -> None:
    plain = click()
    visit = msgspec.structs.replace(plain, destination=f"https://shoes.example/?rpid={plain.click_id}&x=1")
    seal([visit])
    carry(journal, lake)

    row = Lake(lake).click(visit.click_id)

    assert row is not None
    assert row.destination == visit.destination


def test_an_id_that_is_none_of_ours_is_kept_as_it_came(journal: Path, lake: Path, seal: Seal) -> None:
    strange = [click(click_id=text) for text in ("", "a" * 11, "ö" * 32, "A" * 32, click(at_ms=NOON - 1).click_id)]
    seal(strange)
    carry(journal, lake)

    rows = Lake(lake).latest(EVERYTHING, limit=10)

    assert sorted(row.click_id for row in rows) == sorted(one.click_id for one in strange)


def test_a_bot_that_the_edge_did_not_know_is_known_after_ingest(journal: Path, lake: Path, seal: Seal) -> None:
    missed, found_by_edge = click(user_agent=GOOGLEBOT), click(user_agent=FIREFOX, marks=Mark.BOT)
    seal([missed, found_by_edge])
    carry(journal, lake)

    facts = Lake(lake).facts_of([missed.click_id, found_by_edge.click_id])

    assert facts[missed.click_id].bot
    assert facts[missed.click_id].crawler == "Googlebot/"
    assert facts[missed.click_id].device == "bot"
    assert facts[found_by_edge.click_id].bot
    assert facts[found_by_edge.click_id].crawler == ""


def test_the_full_address_of_a_visitor_is_nowhere_in_the_lake(journal: Path, lake: Path, seal: Seal) -> None:
    visit = click(address="203.0.113.77")
    seal([visit])
    carry(journal, lake)

    row = Lake(lake).click(visit.click_id)

    assert row is not None
    assert row.address_network == "203.0.113.0/24"
    assert not any(b"203.0.113.77" in path.read_bytes() for path in lake.rglob("*") if path.is_file())


def test_a_damaged_line_is_counted_and_the_rest_is_carried_over(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click(), click(), click()])
    [segment] = sealed_segments(journal)
    first, second, third = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(first + second.replace(b"ann", b"bob") + third)

    assert carry(journal, lake) == Ingested(segments=1, clicks=2, damaged=1)


def test_many_small_segments_make_several_commits_of_a_bounded_size(journal: Path, lake: Path, seal: Seal) -> None:
    for _ in range(260):
        seal([click()])

    assert carry(journal, lake) == Ingested(segments=260, clicks=260)
    assert open_clicks(lake).version() == 2  # the table itself, and two commits


def test_of_a_backlog_each_commit_looks_back_at_the_one_before(
    journal: Path, lake: Path, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.lake.ingest._SEGMENTS_AT_ONCE", 1)
    visits = [click(at_ms=NOON + 6_000 * number, address="203.0.113.7") for number in range(5)]
    for visit in visits:
        seal([visit])

    assert carry(journal, lake) == Ingested(segments=5, clicks=5)

    repeated = {row.click_id for row in Lake(lake).latest(EVERYTHING, limit=10) if row.repeated}
    assert repeated == {visit.click_id for visit in visits[1:]}


def test_what_stops_the_reading_of_a_backlog_leaves_what_was_committed_before(
    journal: Path, lake: Path, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.lake.ingest._SEGMENTS_AT_ONCE", 1)
    for _ in range(3):
        seal([click()])
    third = sealed_segments(journal)[2]
    whole = third.read_bytes()
    third.unlink()
    third.mkdir()  # a disk that cannot give it back

    with pytest.raises(IsADirectoryError):
        carry(journal, lake)
    assert Lake(lake).totals().gross == 2

    third.rmdir()
    third.write_bytes(whole)
    assert carry(journal, lake) == Ingested(segments=1, clicks=1)
    assert Lake(lake).totals().gross == 3


def test_rounds_at_the_same_time_count_every_click_once(journal: Path, lake: Path, seal: Seal) -> None:
    for _ in range(20):
        seal([click(), click()])
    start = threading.Barrier(4)
    carried: list[int] = []

    def work() -> None:
        start.wait()
        carried.extend([carry(journal, lake, limit=3).clicks for _ in range(20)])

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(carried) == 40
    assert Lake(lake).totals().gross == 40


def rows_of(journal: Path, lake: Path) -> RecordBatchReader:
    """Return the rows that a round would append for the whole journal."""
    arrivals = Arrivals(workshop=lake, visitors=Visitors(lake))
    arrivals.read(sealed_segments(journal))
    return arrivals.rows(recent_files=[])


def test_an_append_on_an_old_snapshot_is_refused_when_the_position_has_moved(
    journal: Path, lake: Path, seal: Seal
) -> None:
    seal([click()])
    ours, theirs = open_clicks(lake), open_clicks(lake)
    append(theirs, rows=rows_of(journal, lake), position=1, now_ms=NOON)

    with pytest.raises(Overtaken):
        append(ours, rows=rows_of(journal, lake), position=1, now_ms=NOON)

    assert position_of(open_clicks(lake)) == 1
    assert Lake(lake).totals().gross == 1


def test_a_commit_that_fails_for_another_reason_is_not_taken_for_a_race(journal: Path, lake: Path, seal: Seal) -> None:
    seal([click()])
    ours, theirs = open_clicks(lake), open_clicks(lake)
    theirs.alter.set_table_properties({"delta.checkpointInterval": "50"})  # a change of the table's own description

    with pytest.raises(CommitFailedError):
        append(ours, rows=rows_of(journal, lake), position=1, now_ms=NOON)

    assert Lake(lake).totals().gross == 0


def test_an_impression_is_kept_beside_the_clicks_and_is_none(journal: Path, lake: Path, seal: Seal) -> None:
    seen, by_a_bot, tried = (
        impression(),
        impression(marks=Mark.VIEW | Mark.BOT),
        impression(marks=Mark.VIEW | Mark.TEST),
    )
    seal([click(), seen, by_a_bot, tried])
    carry(journal, lake)
    asked = Lake(lake)

    row = asked.click(seen.view_id)

    assert row is not None
    assert (row.view, row.link_id, row.user_agent) == (True, "lnk_ann", FIREFOX)
    assert asked.totals().gross == 1
    assert asked.views_by(EVERYTHING, "creative") == {"banner-1": 1}
    close_days(lake, now_ms=NOON + 86_400_000)
    assert (asked.totals().gross, asked.views_by(EVERYTHING, "link")) == (1, {"lnk_ann": 1})


def test_a_repeat_within_ten_seconds_is_marked_also_over_rounds(journal: Path, lake: Path, seal: Seal) -> None:
    first, again, later = click(at_ms=NOON), click(at_ms=NOON + 9_999), click(at_ms=NOON + 9_999 + 10_000)
    other_link, other_person = click(at_ms=NOON + 1, link_number=8), click(at_ms=NOON + 1, address="203.0.113.78")
    nobody = [click(at_ms=NOON + moment, address="") for moment in (1, 2)]
    seal([impression(at_ms=NOON - 1), first, other_link, other_person, *nobody])
    carry(journal, lake)
    seal([again, later])
    carry(journal, lake)

    rows = {row.click_id: row.repeated for row in Lake(lake).latest(EVERYTHING, limit=10)}

    assert [click_id for click_id, repeated in rows.items() if repeated] == [again.click_id]
    assert Lake(lake).totals().net == 7
