"""The three service clocks of a program: how long applications, orders and approved money wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.commissions.models import Commission
from rapport.apps.commissions.queries import commissions_of_program
from rapport.apps.conversions.models import HumanDecision
from rapport.apps.partners.models import Application
from rapport.apps.partners.queries import open_applications
from rapport.apps.payouts.models import PayoutLine
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import terms_of, version_in_force
from rapport.domain.story import DecisionKind
from rapport.flows.admission import answer_within

PERIOD = timedelta(days=90)
"""What was decided in this time counts."""

MOST = 2_000
"""Of more decisions the latest count: a median of thousands says the same."""

PAY_WITHIN = timedelta(days=30)

_DAYS_FROM = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClock:
    """One clock: the median of what was decided lately, the age of the oldest that is open, and what is promised."""

    label: str
    explained: str
    median: timedelta | None
    oldest: timedelta | None
    promise: timedelta

    @property
    def share(self) -> float:
        """Return how much of the promise the median uses up; over 1 it is broken."""
        return (self.median or timedelta()) / self.promise

    @property
    def in_days(self) -> bool:
        """Say whether the clock is read in days; a short one is read in hours."""
        return self.promise >= _DAYS_FROM

    @property
    def value(self) -> str:
        """Return the median as the clock shows it; a dash while nothing was decided."""
        if self.median is None:
            return "–"
        whole = round(self.median / timedelta(days=1 if self.in_days else 0, hours=0 if self.in_days else 1))
        return str(whole)

    @property
    def unit(self) -> str:
        """Return what the value counts."""
        number = int(self.value) if self.value.isdigit() else 0
        if self.in_days:
            return ngettext("day", "days", number)
        return ngettext("hour", "hours", number)


def service_clocks(program: Program, *, at: datetime) -> list[ServiceClock]:
    """Return the clocks of approval, validation and payment, over the last 90 days."""
    return [
        _approval(program, at=at),
        _validation(program, at=at),
        _payment(program, at=at),
    ]


def _approval(program: Program, *, at: datetime) -> ServiceClock:
    decided = Application.objects.filter(program=program, decided_at__gt=at - PERIOD).order_by("-decided_at")
    return ServiceClock(
        label=_("Applications"),
        explained=_("From an application to its decision."),
        median=_median(decided.values_list("received_at", "decided_at")[:MOST]),
        oldest=_age(open_applications(program.id).aggregate(first=Min("received_at"))["first"], at=at),
        promise=answer_within(program),
    )


def _validation(program: Program, *, at: datetime) -> ServiceClock:
    since = at - PERIOD
    ours = Commission.objects.filter(agreement__program=program)
    approved = ours.filter(approved_at__gt=since).order_by("-approved_at")
    declined = HumanDecision.objects.filter(
        conversion__program=program, kind=DecisionKind.DECLINED, at__gt=since
    ).order_by("-at")
    spans = [
        *approved.values_list("conversion__received_at", "approved_at")[:MOST],
        *declined.values_list("conversion__received_at", "at")[:MOST],
    ]
    waiting = ours.filter(accrued_minor__gt=0).aggregate(first=Min("conversion__received_at"))["first"]
    return ServiceClock(
        label=_("Orders"),
        explained=_("From an order to its approval or decline; silence approves at the end of the hold."),
        median=_median(spans),
        oldest=_age(waiting, at=at),
        promise=_hold_of(program, at=at),
    )


def _payment(program: Program, *, at: datetime) -> ServiceClock:
    lines = PayoutLine.objects.filter(payout__agreement__program=program, payout__settled_at__gt=at - PERIOD)
    paid = list(lines.order_by("-payout__settled_at").values_list("subject", "payout__settled_at")[:MOST])
    rows = commissions_of_program(program.id).filter(pk__in={subject for subject, _at in paid})
    approved = dict(rows.values_list("id", "approved_at"))
    owed = Commission.objects.filter(Q(payable_minor__gt=0) | Q(reserved_minor__gt=0), agreement__program=program)
    return ServiceClock(
        label=_("Payment"),
        explained=_("From approval to the money at the partner."),
        median=_median([(approved.get(subject), settled_at) for subject, settled_at in paid]),
        oldest=_age(owed.aggregate(first=Min("approved_at"))["first"], at=at),
        promise=PAY_WITHIN,
    )


def _hold_of(program: Program, *, at: datetime) -> timedelta:
    """Return the usual hold of the terms in force, and a day: what silence takes at most."""
    version = version_in_force(program.id, at=at)
    days = terms_of(version, currency=program.currency).hold.days if version else 0
    return timedelta(days=days + 1)


def _median(spans: Iterable[tuple[datetime | None, datetime | None]]) -> timedelta | None:
    seconds = [max(0.0, (end - start).total_seconds()) for start, end in spans if start and end]
    return timedelta(seconds=median(seconds)) if seconds else None


def _age(since: datetime | None, *, at: datetime) -> timedelta | None:
    return at - since if since else None
