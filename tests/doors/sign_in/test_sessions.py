"""How long a session lasts."""

import pytest
from django.test import Client

from rapport.apps.identity.models import Person, Role
from rapport.doors.sign_in.sessions import PARTNER, TEAM, Limits
from rapport.kit.clock import now, to_ms
from tests.make.identity import make_member, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(client: Client) -> Client:
    client.force_login(make_member(make_organisation(), Role.SALES))
    return client


def turn_back(client: Client, *, began_ms: int, seen_ms: int) -> None:
    session = client.session
    session["began_ms"], session["seen_ms"] = to_ms(now()) - began_ms, to_ms(now()) - seen_ms
    session.save()


def is_signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_working_day_is_shorter_than_a_partners_weeks() -> None:
    assert Limits(3 * 3_600_000, 12 * 3_600_000) == TEAM
    assert PARTNER.idle_ms > TEAM.whole_ms


def test_a_team_session_ends_after_three_silent_hours(team: Client) -> None:
    turn_back(team, began_ms=TEAM.idle_ms, seen_ms=TEAM.idle_ms - 60_000)
    assert is_signed_in(team)
    turn_back(team, began_ms=TEAM.idle_ms, seen_ms=TEAM.idle_ms + 1)
    assert not is_signed_in(team)


def test_a_team_session_ends_after_twelve_hours_however_busy(team: Client) -> None:
    turn_back(team, began_ms=TEAM.whole_ms + 1, seen_ms=0)
    assert not is_signed_in(team)


def test_a_partner_stays_signed_in_for_days(client: Client) -> None:
    client.force_login(make_member(make_organisation("Fold"), Role.PARTNER))
    turn_back(client, began_ms=PARTNER.whole_ms - 60_000, seen_ms=PARTNER.idle_ms - 60_000)
    assert is_signed_in(client)
    turn_back(client, began_ms=PARTNER.whole_ms + 1, seen_ms=0)
    assert not is_signed_in(client)


def test_reading_keeps_a_session_awake_and_writes_seldom(team: Client) -> None:
    turn_back(team, began_ms=0, seen_ms=60_000)
    before = team.session["seen_ms"]
    assert is_signed_in(team)
    assert team.session["seen_ms"] == before
    turn_back(team, began_ms=0, seen_ms=10 * 60_000)
    before = team.session["seen_ms"]
    assert is_signed_in(team)
    assert team.session["seen_ms"] > before


def test_an_ended_session_is_gone_from_the_server(team: Client) -> None:
    turn_back(team, began_ms=TEAM.whole_ms + 1, seen_ms=0)
    key = team.session.session_key
    team.get("/account/")
    assert team.session.session_key != key
    assert Person.objects.count() == 1
