"""Two years of programs in five time zones, day by day: every date equals a table that was written by hand.

The years hold a 29 February, both changes of the clock in four zones (in one of them the skipped hour is midnight
itself), month ends, year ends, and paydays on weekends and bank holidays. Holds last 30 days, paydays are the 15th.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from rapport.apps.commissions.models import Commission
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import abandon_run, approve_run, change_settings, make_files, settle_payouts
from rapport.apps.payouts.inputs import PayoutSettingsInput
from rapport.apps.payouts.models import MethodKind, Payout
from rapport.apps.payouts.queries import payouts_of_commission
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_of, version_in_force
from rapport.domain.terms import presets
from rapport.flows.paydays import payday_after
from rapport.flows.paying import send_run
from rapport.flows.settlement import approve_due
from rapport.flows.statements import statement_of
from tests.make.identity import STORY
from tests.make.payouts import JONAS, MARA, make_method, make_run
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program, report_sale

pytestmark = pytest.mark.usefixtures("db")

OPENED, CLOSED = date(2027, 1, 2), date(2029, 2, 20)
MS = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """An order by its program's clock, the moment (UTC) at which its hold ends, and the day on which it is paid."""

    zone: str
    ordered: str
    hold_ends: str
    paid_on: str


TABLE = (
    # 29 February, and the first day after it.
    Told("Europe/Berlin", "2028-01-29 23:30:00", "2028-02-28 23:00", "2028-03-15"),
    Told("Europe/Berlin", "2028-01-30 00:00:00", "2028-02-29 23:00", "2028-03-15"),
    # The hold ends on the morning of the change to summer time, and on the morning after.
    Told("Europe/Berlin", "2027-02-25 12:00:00", "2027-03-27 23:00", "2027-04-15"),
    Told("Europe/Berlin", "2027-02-26 12:00:00", "2027-03-28 22:00", "2027-04-15"),
    # The last second of September and the first of October: the clock goes back in between.
    Told("Europe/Berlin", "2027-09-30 23:59:59", "2027-10-30 22:00", "2027-11-15"),
    Told("Europe/Berlin", "2027-10-01 00:00:00", "2027-10-31 23:00", "2027-11-15"),
    # New year; the 15th of January 2028 is a Saturday.
    Told("Europe/Berlin", "2027-12-01 00:30:00", "2027-12-31 23:00", "2028-01-17"),
    Told("America/New_York", "2027-02-11 23:59:00", "2027-03-14 05:00", "2027-03-15"),
    Told("America/New_York", "2027-02-12 00:01:00", "2027-03-15 04:00", "2027-03-15"),
    Told("America/New_York", "2027-10-07 12:00:00", "2027-11-07 04:00", "2027-11-15"),
    Told("America/New_York", "2027-10-08 12:00:00", "2027-11-08 05:00", "2027-11-15"),
    Told("America/New_York", "2028-01-29 12:00:00", "2028-02-29 05:00", "2028-03-15"),
    # The 15th of January 2029 is Martin Luther King's day: no bank works.
    Told("America/New_York", "2028-12-05 12:00:00", "2029-01-05 05:00", "2029-01-16"),
    # No summer time, half an hour off: the last second of a day and the first of the next, across a month's end.
    Told("Asia/Kolkata", "2027-05-30 23:59:59", "2027-06-29 18:30", "2027-07-15"),
    Told("Asia/Kolkata", "2027-05-31 00:00:00", "2027-06-30 18:30", "2027-07-15"),
    Told("Asia/Kolkata", "2028-01-29 00:00:00", "2028-02-28 18:30", "2028-03-15"),
    # The seasons turned round: back in April, on in September.
    Told("Pacific/Auckland", "2027-03-04 10:00:00", "2027-04-03 11:00", "2027-04-15"),
    Told("Pacific/Auckland", "2027-03-05 10:00:00", "2027-04-04 12:00", "2027-04-15"),
    Told("Pacific/Auckland", "2027-08-26 10:00:00", "2027-09-25 12:00", "2027-10-15"),
    Told("Pacific/Auckland", "2027-08-27 10:00:00", "2027-09-26 11:00", "2027-10-15"),
    # On 5 September 2027 the day begins at one o'clock: midnight is skipped. On 4 April an hour before it comes twice.
    Told("America/Santiago", "2027-08-05 12:00:00", "2027-09-05 04:00", "2027-09-15"),
    Told("America/Santiago", "2027-03-04 12:00:00", "2027-04-04 04:00", "2027-04-15"),
)
COUNTRIES = {
    "Europe/Berlin": "DE",
    "America/New_York": "US",
    "Asia/Kolkata": "IN",
    "Pacific/Auckland": "NZ",
    "America/Santiago": "CL",
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def local(zone: str, day: date, at: time = time(12)) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def open_program(zone: str) -> tuple[Program, Agreement]:
    """Return a program with a hold of 30 days, paydays on the 15th and no threshold, and one partner with a code."""
    document = dict(presets()[0].document) | {
        "hold": {"days": 30},
        "payout": {"threshold": "0", "calendar": "monthly", "day": 15},
    }
    at = local(zone, OPENED)
    program = make_program(name=zone, zone=zone, document=document, at=at)
    given = PayoutSettingsInput(country=COUNTRIES[zone], cooling_hours=0)
    change_settings(program=program, given=given, by=STORY, at=at)
    agreement = make_agreement(program, name=f"Partner of {zone}", at=at)
    make_method(agreement.partner.organisation_id, at=at)
    make_coupon(agreement, f"ALL{zone[:3].upper()}", at=at)
    return program, agreement


def paydays(program: Program) -> Iterator[date]:
    version = version_in_force(program.id, at=local(program.zone, OPENED))
    assert version is not None
    payout = terms_of(version, currency=program.currency).payout
    day = OPENED
    while (day := payday_after(payout, program=program, after=day)) <= CLOSED:
        yield day


def pay(program: Program, *, at: datetime) -> None:
    """Close everything that is payable at noon of a payday: two people, the file, the bank's answer."""
    run = make_run(program, at=at, pay_on=at.astimezone(ZoneInfo(program.zone)).date())
    if not run.payouts_count:
        abandon_run(run_id=run.id, reason="Nobody is owed anything.", by=JONAS, at=at)
        return
    approve_run(run_id=run.id, total=run.total, by=MARA, at=at)
    make_files(run_id=run.id, kind=MethodKind.IBAN, by=JONAS, at=at)
    send_run(run.id, clock=lambda: at)
    references = {payout.id: f"REF {at:%Y%m%d}" for payout in Payout.objects.filter(run=run)}
    settle_payouts(references, run_id=run.id, by=JONAS, at=at)


def test_every_hold_payday_and_statement_falls_on_the_day_that_the_table_says() -> None:
    programs = {zone: open_program(zone) for zone in COUNTRIES}
    orders = {one: order(programs[one.zone][0], one, number) for number, one in enumerate(TABLE)}
    for at, act in sorted(acts(programs, orders), key=lambda act: act[0]):
        approve_due(at=at)
        act()
    for one in TABLE:
        assert paid_on(orders[one], one.zone) == date.fromisoformat(one.paid_on), one
    for zone, (_program, agreement) in programs.items():
        hold_statements(agreement, [one for one in TABLE if one.zone == zone])


def acts(
    programs: dict[str, tuple[Program, Agreement]], orders: dict[Told, Commission]
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield what happens and is looked at in the two years, with its moments."""
    for told, commission in orders.items():
        yield utc(told.hold_ends) - MS, partial(still_waits, commission)
        yield utc(told.hold_ends), partial(is_approved, commission)
    for zone, (program, _agreement) in programs.items():
        for day in paydays(program):
            yield local(zone, day), partial(pay, program, at=local(zone, day))


def order(program: Program, told: Told, number: int) -> Commission:
    at = datetime.fromisoformat(told.ordered).replace(tzinfo=ZoneInfo(told.zone)).astimezone(ZoneInfo("UTC"))
    code = f"ALL{told.zone[:3].upper()}"
    taken = report_sale(program, external_id=f"{number}", total="100.00", coupons=[code], at=at)
    return Commission.objects.get(conversion=taken.conversion)


def still_waits(commission: Commission) -> None:
    commission.refresh_from_db()
    assert commission.state == "pending", f"approved before the hold ended: {commission.hold_until}"


def is_approved(commission: Commission) -> None:
    commission.refresh_from_db()
    assert commission.state == "approved", f"not approved when the hold ended: {commission.hold_until}"


def paid_on(commission: Commission, zone: str) -> date:
    [payout] = payouts_of_commission(commission.id)
    assert payout.settled_at is not None
    return payout.settled_at.astimezone(ZoneInfo(zone)).date()


def hold_statements(agreement: Agreement, told: list[Told]) -> None:
    """Hold each month's statement to the orders of the table whose hold ended, or which were paid, inside it."""
    zone = ZoneInfo(agreement.program.zone)
    first = OPENED.replace(day=1)
    while first < CLOSED:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        statement = statement_of(agreement, first=first, last=last)
        earned = sum(1200 for one in told if first <= utc(one.hold_ends).astimezone(zone).date() <= last)
        paid = sum(1200 for one in told if first <= date.fromisoformat(one.paid_on) <= last)
        assert (statement.earned.minor, statement.paid.minor) == (earned, paid), (first, agreement)
        first = last + timedelta(days=1)


@pytest.mark.parametrize(("late_ms", "earns"), [(0, True), (1, False)])
def test_a_window_of_365_days_ends_to_the_millisecond_on_29_february(late_ms: int, *, earns: bool) -> None:
    clicked_at = utc("2027-03-01 10:00")
    program = make_program(at=utc("2027-01-01 00:00"))
    link = make_link(make_agreement(program, at=utc("2027-01-01 00:00")), at=utc("2027-01-01 00:00"))
    ordered_at = utc("2028-02-29 10:00") + late_ms * MS
    report_sale(program, external_id="1", total="10.00", click_ids=[make_click_id(link, at=clicked_at)], at=ordered_at)
    assert Commission.objects.exists() == earns
