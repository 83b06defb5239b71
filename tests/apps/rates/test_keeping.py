"""What is kept of rates: once, never changed, and nothing that jumps without a person."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from rapport.apps.identity.models import Organisation
from rapport.apps.rates.actions import Kept, keep_rates, refuse_doubtful, take_doubtful
from rapport.apps.rates.errors import DoubtDecided
from rapport.apps.rates.inputs import Listed, RateInput, checked_rate
from rapport.apps.rates.models import DoubtfulRate, ExchangeRate, RateSource
from rapport.apps.rates.providers.ecb.reader import read_ecb
from rapport.apps.rates.queries import doubts_of, known_rates, rate_for, rates_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.domain.exchange import Rate
from tests.make.identity import NOON, STORY, make_organisation

pytestmark = pytest.mark.django_db

LIST = read_ecb((Path(__file__).parent / "files" / "eurofxref-hist-90d.xml").read_bytes())
MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 2, 27)


@pytest.fixture
def ours() -> Organisation:
    """A workspace without a rate."""
    return make_organisation()


def keep(workspace: Organisation, *lines: Listed, source: RateSource = RateSource.ECB, at: datetime = NOON) -> Kept:
    return keep_rates(lines, workspace_id=workspace.id, source=source, by=STORY, at=at)


def usd(text: str, *, day: date = MONDAY) -> Listed:
    return Listed("EUR", "USD", day, text)


def test_a_list_is_kept_once_however_often_it_is_taken_in(ours: Organisation) -> None:
    assert keep(ours, *LIST) == Kept(new=10)
    assert keep(ours, *LIST, at=NOON + timedelta(days=1)) == Kept(known=10)
    assert AuditRow.objects.filter(action="rates.kept", subject=ours.id).count() == 1
    assert rate_for(ours.id, ("USD", "EUR"), day=MONDAY) == Rate("1/1.0834", MONDAY, "ecb")
    assert str(rates_of(ours.id)[0]).startswith("1 EUR = ")


def test_a_day_without_a_rate_takes_the_last_one_before_it_unless_that_is_too_old(ours: Organisation) -> None:
    keep(ours, *LIST)
    assert rate_for(ours.id, ("USD", "EUR"), day=date(2026, 3, 1)) == Rate("1/1.0805", FRIDAY, "ecb")
    assert rate_for(ours.id, ("USD", "EUR"), day=date(2026, 3, 12)) == Rate("1/1.0834", MONDAY, "ecb")
    assert rate_for(ours.id, ("USD", "EUR"), day=date(2026, 3, 13)) is None
    assert rate_for(ours.id, ("USD", "EUR"), day=date(2026, 2, 26)) is None
    assert rate_for(make_organisation("Nordkap").id, ("USD", "EUR"), day=MONDAY) is None


def test_a_correction_is_a_newer_row_and_the_older_one_stays(ours: Organisation) -> None:
    keep(ours, usd("1.0834"))
    assert keep(ours, usd("1.0843"), at=NOON + timedelta(hours=1)) == Kept(new=1)
    assert keep(ours, usd("1.0834"), at=NOON + timedelta(hours=2)) == Kept(new=1)
    assert rate_for(ours.id, ("EUR", "USD"), day=MONDAY) == Rate("1.0834", MONDAY, "ecb")
    assert ExchangeRate.objects.count() == 3
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ExchangeRate.objects.update(rate="1")


def test_what_a_person_wrote_goes_before_the_list_of_that_day_even_when_that_comes_later(ours: Organisation) -> None:
    keep(ours, Listed("USD", "EUR", MONDAY, "0.93"), source=RateSource.MANUAL)
    keep(ours, *LIST, at=NOON + timedelta(hours=6))
    assert rate_for(ours.id, ("USD", "EUR"), day=MONDAY) == Rate("0.93", MONDAY, "manual")


def test_a_jump_waits_for_a_person_and_so_does_what_follows_it(ours: Organisation) -> None:
    keep(ours, usd("1.08", day=FRIDAY))
    jumped = [usd("1.3"), usd("1.31", day=date(2026, 3, 3)), usd("1.09", day=date(2026, 3, 4))]
    assert keep(ours, *jumped) == Kept(new=1, doubtful=2)
    assert keep(ours, *jumped) == Kept(known=3)
    assert rate_for(ours.id, ("EUR", "USD"), day=date(2026, 3, 3)) == Rate("1.08", FRIDAY, "ecb")
    first, second = doubts_of(ours.id)
    assert (first.last_good, str(first)) == ("1.08", "1 EUR = 1.3 USD, 2026-03-02?")
    take_doubtful(doubt_id=first.id, by=STORY, at=NOON)
    assert not doubts_of(ours.id).exists()
    assert rate_for(ours.id, ("EUR", "USD"), day=date(2026, 3, 3)) == Rate("1.31", date(2026, 3, 3), "ecb")
    with pytest.raises(DoubtDecided):
        take_doubtful(doubt_id=second.id, by=STORY, at=NOON)


def test_a_follower_that_jumps_once_more_goes_on_waiting(ours: Organisation) -> None:
    keep(ours, usd("1.08", day=FRIDAY))
    keep(ours, usd("1.3"), usd("2.6", day=date(2026, 3, 3)))
    first, second = doubts_of(ours.id)
    take_doubtful(doubt_id=first.id, by=STORY, at=NOON)
    assert list(doubts_of(ours.id)) == [second]


def test_a_jump_that_was_refused_never_comes_back(ours: Organisation) -> None:
    keep(ours, usd("1.08", day=FRIDAY))
    keep(ours, usd("108"))
    refuse_doubtful(doubt_id=DoubtfulRate.objects.get().id, by=STORY, at=NOON)
    assert keep(ours, usd("108")) == Kept(known=1)
    assert keep(ours, usd("1.0834")) == Kept(new=1)
    assert rate_for(ours.id, ("EUR", "USD"), day=MONDAY) == Rate("1.0834", MONDAY, "ecb")


def test_a_rate_by_hand_is_held_to_the_list_whichever_way_round_it_is_written(ours: Organisation) -> None:
    keep(ours, usd("1.08", day=FRIDAY))
    assert keep(ours, Listed("USD", "EUR", MONDAY, "0.93"), source=RateSource.MANUAL) == Kept(new=1)
    assert keep(ours, Listed("USD", "EUR", MONDAY, "9.3"), source=RateSource.MANUAL) == Kept(doubtful=1)


def test_a_trusted_list_asks_nobody(ours: Organisation) -> None:
    keep(ours, usd("1.08", day=FRIDAY))
    kept = keep_rates([usd("2.16")], workspace_id=ours.id, source=RateSource.ECB, by=STORY, at=NOON, trusted=True)
    assert kept == Kept(new=1)


def test_a_list_of_years_is_kept_in_portions(ours: Organisation) -> None:
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(1_200)]
    assert keep(ours, *(usd("1.1", day=day) for day in days)) == Kept(new=1_200)
    assert keep(ours, *(usd("1.1", day=day) for day in days)) == Kept(known=1_200)


def test_the_latest_of_each_pair_is_shown_with_its_age(ours: Organisation) -> None:
    keep(ours, *LIST)
    keep(ours, Listed("EUR", "GBP", MONDAY, "0.86"), source=RateSource.MANUAL)
    known = {one.row.quote: one for one in known_rates(ours.id, today=date(2026, 3, 13))}
    assert set(known) == {"USD", "JPY", "GBP", "SEK", "KWD"}
    assert known["GBP"].row.rate == "0.86"
    assert (known["USD"].age_days, known["USD"].is_old) == (11, True)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"base": "XXX"}, "base"),
        ({"rate": "1,08"}, "rate"),
        ({"quote": "USD"}, "quote"),
        ({"day": "2026-03-03"}, "day"),
        ({"day": "1980-01-01"}, "day"),
    ],
)
def test_a_rate_that_cannot_be_is_refused_at_its_field(told: dict[str, str], field: str) -> None:
    given = {"base": "USD", "quote": "EUR", "rate": "0.92", "day": "2026-03-02", **told}
    with pytest.raises(BadInput) as refused:
        checked_rate(read_input(RateInput, given), today=MONDAY)
    assert list(refused.value.fields) == [field]
