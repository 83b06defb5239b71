"""A partner's reports from the lake, and the partner's own name."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.clickid import Mark
from rapport.wire.events import ClickEvent
from rapport.wire.journal import JournalWriter
from tests.doors.portal.conftest import Partnership
from tests.make.road import make_click_id
from tests.support.pages import words_of


@pytest.fixture
def clicks(anna: Partnership, settings: Settings, tmp_path: Path) -> None:
    """Three people (two of the newsletter) and one robot of today, one visitor of ten days ago."""
    settings.LAKE_FOLDER = tmp_path / "lake"
    at = now()
    visits = [
        (at, "newsletter", Mark(0)),
        (at, "newsletter", Mark(0)),
        (at, "sidebar", Mark(0)),
        (at, "sidebar", Mark.BOT),
        (at - timedelta(days=10), "sidebar", Mark(0)),
    ]
    journal = tmp_path / "journal"
    writer = JournalWriter(journal, writer_id=secrets.token_hex(4))
    for moment, placement, marks in visits:
        writer.append(event(anna, moment, placement, marks))
    writer.seal()
    writer.close()
    ingest(journal=journal, lake=settings.LAKE_FOLDER, now_ms=to_ms(at))


def event(partnership: Partnership, moment: datetime, placement: str, marks: Mark) -> ClickEvent:
    link = partnership.link
    return ClickEvent(
        at_ms=to_ms(moment),
        click_id=make_click_id(link, at=moment, marks=marks),
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=partnership.agreement.id,
        program_id=partnership.program.id,
        marks=int(marks),
        subs={"sub1": "may"},
        placement=placement,
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        address="198.51.100.7",
    )


def reports(partnership: Partnership) -> str:
    return reverse("portal:reports", args=[partnership.agreement.id])


@pytest.mark.usefixtures("clicks")
def test_visits_of_people_are_counted_and_robots_stand_apart(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(reports(anna)).content)
    assert "4 clicks in 30 days" in words
    assert "1 visit by robots" in words
    assert "newsletter 2" in words
    assert "3 clicks in 7 days" in words_of(by_anna.get(reports(anna), {"days": "7"}).content)
    listed = reverse("portal:link", args=[anna.agreement.id, anna.link.id])
    assert "Clicks 4 Not counted 1" in words_of(by_anna.get(listed).content)


@pytest.mark.usefixtures("clicks")
def test_visits_are_grouped_by_a_sub_id_and_odd_wishes_are_passed_over(by_anna: Client, anna: Partnership) -> None:
    assert "may 4" in words_of(by_anna.get(reports(anna), {"by": "sub1"}).content)
    odd = words_of(by_anna.get(reports(anna), {"by": "agreement", "days": "10000"}).content)
    assert "4 clicks in 30 days" in odd
    assert "newsletter 2" in odd


def test_without_clicks_the_report_says_what_will_come(by_anna: Client, anna: Partnership) -> None:
    words = words_of(by_anna.get(reports(anna)).content)
    assert "0 clicks in 30 days" in words
    assert "No clicks in these days." in words


def test_a_partner_changes_the_own_name(by_anna: Client, anna: Partnership) -> None:
    profile = reverse("portal:profile", args=[anna.agreement.id])
    assert by_anna.post(profile, {"name": "Anna Reuter-Feld"}).status_code == 303
    anna.person.refresh_from_db()
    assert anna.person.name == "Anna Reuter-Feld"


@pytest.mark.parametrize("name", ["", " ", "n" * 121, "a\x00b", "a\x07b"])
def test_a_name_that_cannot_be_used_is_refused_at_its_field(by_anna: Client, anna: Partnership, name: str) -> None:
    answer = by_anna.post(reverse("portal:profile", args=[anna.agreement.id]), {"name": name})
    assert answer.status_code == 422
    assert "id_name_error" in answer.content.decode()


def test_the_profile_leads_to_a_password(by_anna: Client, anna: Partnership) -> None:
    page = by_anna.get(reverse("portal:profile", args=[anna.agreement.id])).content.decode()
    assert reverse("account_set_password") in page


@pytest.mark.usefixtures("clicks")
def test_a_partner_takes_the_report_along_as_a_file(by_anna: Client, anna: Partnership) -> None:
    asked = reverse("portal:reports-csv", args=[anna.agreement.id])
    head, *rows = by_anna.get(asked, {"by": "link"}).content.decode("utf-8-sig").splitlines()
    assert head.startswith('Link,Clicks,Not counted,Orders,"Earned, ')
    assert any(",4,1," in row for row in rows)
    assert by_anna.get(reports(anna), {"by": "country", "days": "365"}).status_code == 200
