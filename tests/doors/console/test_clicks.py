"""Clicks as the lake holds them, and one click read by its id."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.identity.models import Organisation
from rapport.apps.tracking.actions import revoke_click_key
from rapport.apps.tracking.models import Link
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.clickid import Key, Mark, mint
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter
from tests.doors.console.test_applications import words_of
from tests.make.identity import STORY
from tests.make.program_pages import Everything
from tests.make.road import make_agreement, make_click_id, make_link, make_program

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def clicks(manager: Client, told: Everything, **asked: str) -> str:
    answer = manager.get(reverse("console:clicks", args=[told.program.id]), asked)
    assert answer.status_code == 200
    return words_of(answer.content)


def visit(link: Link, click_id: str, **given: object) -> ClickEvent:
    usual = {"user_agent": FIREFOX, "placement": "review", "subs": {"sub1": "sunday"}, "language": "de"}
    return ClickEvent(
        at_ms=to_ms(now() - timedelta(hours=2)),
        click_id=click_id,
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=link.agreement.program_id,
        destination=link.destination,
        **{**usual, **given},  # type: ignore[arg-type]  # a story changes any part of a visit
    )


@pytest.fixture
def visited(told: Everything, tmp_path: Path, settings: Settings) -> Everything:
    """The program after two people and a bot came."""
    settings.LAKE_FOLDER = tmp_path / "lake"
    at = now() - timedelta(hours=2)
    bot = make_click_id(told.link, at=at, marks=Mark.BOT)
    writer = JournalWriter(tmp_path / "journal", writer_id="edge")
    writer.append(visit(told.link, told.click_id))
    writer.append(visit(told.link, make_click_id(told.link, at=at), placement="footer", subs={}))
    writer.append(visit(told.link, bot, marks=int(Mark.BOT), user_agent=GOOGLEBOT))
    writer.close()
    ingest(journal=tmp_path / "journal", lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))
    return told


def test_bots_stand_beside_the_clicks_of_people(manager: Client, visited: Everything) -> None:
    page = clicks(manager, visited)
    assert "2 clicks" in page
    assert "All visits 3 Bots −1 Loaded unseen −0 Clicks 2" in page
    assert "Slow Mornings 3 1 0 2" in page


@pytest.mark.parametrize(
    ("by", "row"),
    [
        ("link", "Ten linen pyjamas 3 1 0 2"),
        ("placement", "footer 1 0 0 1"),
        ("sub1", "sunday 2 1 0 1"),
        ("channel", "not given 3 1 0 2"),
        ("reason", "Slow Mornings 3 1 0 2"),
        ("; DROP TABLE clicks", "Slow Mornings 3 1 0 2"),
    ],
)
def test_visits_are_told_apart_by_what_they_carried(manager: Client, visited: Everything, by: str, row: str) -> None:
    assert row in clicks(manager, visited, by=by)


def test_another_program_sees_none_of_them(manager: Client, marlow: Organisation, visited: Everything) -> None:
    other = make_program(marlow)
    page = manager.get(reverse("console:clicks", args=[other.id]), {"partner": visited.agreement.id})
    assert "No visits in this time." in words_of(page.content)


def test_a_click_that_earned_says_what_is_known_and_which_order_named_it(manager: Client, visited: Everything) -> None:
    page = clicks(manager, visited, click=visited.click_id)
    for words in ("This click can earn", "Slow Mornings", "sunday", "10428"):
        assert words in page


def test_a_bot_says_why_it_cannot_earn(manager: Client, visited: Everything) -> None:
    bot = make_click_id(visited.link, at=now(), marks=Mark.BOT)
    page = clicks(manager, visited, click=bot)
    assert "It is marked as a visit that cannot earn." in page
    assert "a program, not a person" in page
    assert "Nothing yet. A visit is on record" in page


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nonsense", "This is no click id"),
        ("<script>alert(1)</script>", "This is no click id"),
        ("A" * 32, "This is no click id"),
    ],
)
def test_what_is_no_click_id_is_told_so(manager: Client, told: Everything, text: str, problem: str) -> None:
    assert problem in clicks(manager, told, click=text)


def test_a_changed_click_id_is_called_forged(manager: Client, told: Everything) -> None:
    changed = told.click_id[:-1] + ("A" if told.click_id[-1] != "A" else "B")
    assert "Its signature is wrong" in clicks(manager, told, click=changed)


def test_a_click_id_of_another_installation_is_told_so(manager: Client, told: Everything) -> None:
    key = Key(number=200, secret=b"of another installation, thirty-two")
    foreign = mint(key=key, at_ms=to_ms(now()), link_number=told.link.number, marks=Mark(0), random=b"1234")
    assert "signed by a key that this installation never had" in clicks(manager, told, click=foreign)


def test_a_click_of_another_program_shows_nothing_of_it(manager: Client, told: Everything) -> None:
    theirs = make_link(make_agreement(make_program(), name="Secret Partner"))
    page = clicks(manager, told, click=make_click_id(theirs, at=now()))
    assert "It is no click of this program." in page
    assert "Secret Partner" not in page


def test_a_click_under_a_revoked_key_counts_only_if_it_is_on_record(manager: Client, told: Everything) -> None:
    revoke_click_key(number=1, by=STORY, at=now())
    assert "Its key was revoked" in clicks(manager, told, click=told.click_id)


def test_what_clicks_brought_stands_beside_them(manager: Client, visited: Everything) -> None:
    page = clicks(manager, visited)
    assert "Slow Mornings 3 1 0 2 100 % 2 100 %" in page
    assert "Ordered within an hour of the click 0 within a day 2" in page


def test_the_table_is_given_as_a_file(manager: Client, visited: Everything) -> None:
    answer = manager.get(reverse("console:clicks-csv", args=[visited.program.id]), {"by": "placement"})
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Placement,All visits,Bots,Unseen,Clicks,Views,Orders,")
    assert sorted(row.rsplit(",", 3)[0] for row in rows) == [
        "footer,1,0,0,1,0",
        "not given,0,0,0,0,0",
        "review,2,1,0,1,0",
    ]


@pytest.mark.parametrize(("step", "words"), [("hour", ":00"), ("week", "from "), ("month", "20"), ("year", "")])
def test_time_is_cut_as_wished(manager: Client, visited: Everything, step: str, words: str) -> None:
    assert words in clicks(manager, visited, step=step, days="7")


def test_an_order_number_leads_to_its_click(manager: Client, visited: Everything) -> None:
    assert visited.click_id in clicks(manager, visited, click="10428")


@pytest.mark.parametrize("asked", [{}, {"days": "90"}, {"days": "nonsense"}])
def test_different_people_are_counted_for_each_day(manager: Client, visited: Everything, asked: dict[str, str]) -> None:
    people = reverse("console:clicks-people", args=[visited.program.id])
    page = words_of(manager.get(people, asked).content)
    assert "When With bots People" in page
    assert " 1 1 " in page  # all three visits came from one address, unknown in this story
    assert page.count("With bots") > 1


def test_people_of_one_partner_are_counted_alone(manager: Client, visited: Everything) -> None:
    people = reverse("console:clicks-people", args=[visited.program.id])
    assert "Slow Mornings" in words_of(manager.get(people, {"partner": visited.agreement.id}).content)
    other = make_agreement(visited.program, name="Nobody Came")
    assert "No visits in this time." in words_of(manager.get(people, {"partner": other.id}).content)


def test_the_last_clicks_are_shown_live(manager: Client, visited: Everything) -> None:
    live = reverse("console:clicks-live", args=[visited.program.id])
    page = words_of(manager.get(live).content)
    assert "Clicks just now" in page
    assert page.count("a person") == 2
    piece = manager.get(live, headers={"HX-Request": "true"}).content.decode()
    assert piece.lstrip().startswith('<div id="tail"')
    assert "hx-trigger" in piece
