"""Reports of clicks by the API: whole days of the program's zone, bots always apart, money by right."""

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.identity.rights import KeyScope
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent, ImpressionEvent
from rapport.wire.journal import JournalWriter
from tests.doors.api.conftest import Shop, answered, open_shop
from tests.make.road import make_click_id, report_sale


def visit(shop: Shop, click_id: str, *, marks: Mark = Mark(0)) -> ClickEvent:  # noqa: B008 - frozen
    link = shop.link
    return ClickEvent(
        at_ms=to_ms(now() - timedelta(minutes=5)),
        click_id=click_id,
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=shop.program.id,
        marks=int(marks),
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )


def showing(shop: Shop, marks: Mark) -> ImpressionEvent:
    link, at = shop.link, now() - timedelta(minutes=6)
    return ImpressionEvent(
        at_ms=to_ms(at),
        view_id=make_click_id(link, at=at, marks=marks),
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=shop.program.id,
        marks=int(marks),
        creative="banner-1",
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    )


@pytest.fixture
def reader(db: None, tmp_path: Path, settings: Settings) -> Shop:
    """A shop whose key reads, after four people and a bot came and one of them ordered."""
    shop = open_shop(KeyScope.READ)
    settings.LAKE_FOLDER = tmp_path / "lake"
    at = now() - timedelta(minutes=5)
    clicks = [make_click_id(shop.link, at=at) for _ in range(4)]
    writer = JournalWriter(tmp_path / "journal", writer_id="edge")
    for click_id in clicks:
        writer.append(visit(shop, click_id))
    writer.append(visit(shop, make_click_id(shop.link, at=at, marks=Mark.BOT), marks=Mark.BOT))
    for marks in (Mark.VIEW, Mark.VIEW, Mark.VIEW | Mark.BOT, Mark.VIEW | Mark.TEST):
        writer.append(showing(shop, marks))
    writer.close()
    ingest(journal=tmp_path / "journal", lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))
    report_sale(shop.program, at=now(), external_id="1", total="80.00", click_ids=clicks[:1])
    return shop


def ask(shop: Shop, **asked: str) -> tuple[int, dict[str, object]]:
    today = now().date()
    first, last = today - timedelta(days=1), today + timedelta(days=1)
    days = {"program": shop.program.id, "from_on": first.isoformat(), "until_on": last.isoformat()}
    return answered(shop.client.get("/api/v1/reports/clicks", days | asked))


def test_visits_stand_beside_what_they_brought(reader: Shop) -> None:
    status, told = ask(reader)

    assert status == 200
    assert told["totals"] == {"gross": 5, "net": 4, "bots": 1, "framed": 0}
    assert told["keys"] == [
        {
            "key": reader.link.agreement_id, "gross": 5, "net": 4, "bots": 1, "framed": 0, "share": "1.0000",
            "views": 2, "click_through_rate": "2.0000",
            "orders": 1, "conversion_rate": "0.2500", "earned_per_100_clicks": "240.00", "average_order": "80.00",
        }
    ]  # fmt: skip
    series = told["series"]
    assert isinstance(series, list)
    assert [span["gross"] for span in series] in ([0, 5, 0], [5, 0, 0])


def test_people_are_counted_where_they_are_asked_for(reader: Shop) -> None:
    _status, told = ask(reader, people="true")
    people = told["people"]
    assert isinstance(people, list)
    assert sorted((day["people"], day["everybody"]) for day in people) == [(0, 0), (0, 0), (1, 1)]
    assert ask(reader)[1]["people"] is None
    assert ask(reader, people="true", from_on=(now().date() - timedelta(days=100)).isoformat())[0] == 422


@pytest.mark.parametrize("step", ["hour", "week", "month"])
def test_the_series_comes_in_other_steps(reader: Shop, step: str) -> None:
    _status, told = ask(reader, step=step, by="browser")

    series, keys = told["series"], told["keys"]
    assert isinstance(series, list)
    assert isinstance(keys, list)
    assert sum(span["net"] for span in series) == 4
    assert {row["key"]: row["orders"] for row in keys} == {"Firefox": 0, "": 1}


def test_orders_are_not_told_apart_by_why_a_click_cannot_earn(reader: Shop) -> None:
    _status, told = ask(reader, by="reason")
    keys = told["keys"]
    assert isinstance(keys, list)
    assert {row["orders"] for row in keys} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "nothing"}, {"step": "year"}, {"from_on": "yesterday"}, {"from_on": "2020-01-01"}, {"limit": "0"},
        {"from_on": "9999-12-31", "until_on": "9999-12-31"}, {"until_on": "2020-01-01"},
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_read_is_named(reader: Shop, wrong: dict[str, str]) -> None:
    status, told = ask(reader, **wrong)

    assert (status, told["code"]) == (422, "bad_input")


def test_impressions_are_told_apart_by_creative(reader: Shop) -> None:
    _status, told = ask(reader, by="creative")

    keys = told["keys"]
    assert isinstance(keys, list)
    assert {row["key"]: (row["net"], row["views"]) for row in keys} == {"": (4, 0), "banner-1": (0, 2)}


def test_another_program_is_not_found_and_a_key_that_only_reports_may_not_read(reader: Shop) -> None:
    stranger, reporter = open_shop(KeyScope.READ), open_shop()

    assert ask(reader, program=stranger.program.id)[0] == 404
    assert ask(reporter)[0] == 403


def test_a_foreign_agreement_shows_nothing(reader: Shop) -> None:
    stranger = open_shop(KeyScope.READ)

    assert ask(reader, agreement=stranger.link.agreement_id)[1]["keys"] == []
