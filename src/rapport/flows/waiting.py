"""What waits for a person in a program: counts for the frame of every page, rows with their promises for Today."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.commissions.queries import (
    commissions_of_program,
    disputed_commissions,
    held_commissions,
    open_proposals_of,
)
from rapport.apps.conversions.models import Receipt
from rapport.apps.conversions.queries import (
    WAITING_ALARM,
    conversions_in_conflict,
    declining,
    refused_receipts,
    waiting_corrections,
)
from rapport.apps.partners.queries import open_applications
from rapport.apps.payouts.queries import (
    agreements_without_method,
    count_without_method,
    runs_to_approve,
    unknown_payouts,
)
from rapport.apps.programs.models import Program
from rapport.apps.shops.queries import differing_shops
from rapport.apps.threads.models import Message
from rapport.apps.threads.queries import unanswered
from rapport.domain.money import Money, format_amount
from rapport.flows.explaining.words import day_words, hold_words


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, by place."""

    applications: int
    conflicts: int
    corrections: int
    receipts: int
    proposals: int
    held: int
    replies: int
    messages: int
    runs: int
    unknown: int
    unpaid: int
    shops: int

    @property
    def conversions(self) -> int:
        """Return what waits among the conversions."""
        return self.conflicts + self.corrections

    @property
    def commissions(self) -> int:
        """Return what waits among the commissions."""
        return self.proposals + self.held + self.replies + self.messages

    @property
    def payouts(self) -> int:
        """Return what waits among the payouts."""
        return self.runs + self.unknown + self.unpaid


class Waits(StrEnum):
    """What kind of thing waits."""

    APPLICATION = "application"
    CONFLICT = "conflict"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    PROPOSAL = "proposal"
    HELD = "held"
    REPLY = "reply"
    MESSAGE = "message"
    RUN = "run"
    UNKNOWN = "unknown"
    UNPAID = "unpaid"
    """Money is due to a partner who has not said how to be paid."""
    SHOP = "shop"
    """A shop's own list of orders differs from ours."""


PROMISES = {
    Waits.APPLICATION: timedelta(hours=24),
    Waits.CONFLICT: timedelta(days=2),
    Waits.CORRECTION: WAITING_ALARM,
    Waits.RECEIPT: timedelta(days=2),
    Waits.PROPOSAL: timedelta(days=2),
    Waits.HELD: timedelta(days=7),
    Waits.REPLY: timedelta(days=3),
    Waits.MESSAGE: timedelta(days=2),
    Waits.RUN: timedelta(days=1),
    Waits.UNKNOWN: timedelta(days=3),
    Waits.UNPAID: timedelta(days=14),
    Waits.SHOP: timedelta(days=2),
}
"""Within which time each is looked at: the ring around its age is full when this is used up."""


FEWEST_ALIKE = 3
"""So many commissions that are held for the same reason stand together as one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: `subject` is the id whose page tells more, `amount` the money that waits with it."""

    kind: Waits
    subject: str
    heading: str
    sentence: str
    since: datetime
    age: timedelta
    amount: Money | None = None

    @property
    def share(self) -> float:
        """Return how much of the promise is used up; over 1 it is broken."""
        return self.age / PROMISES[self.kind]

    @property
    def is_late(self) -> bool:
        """Say whether the promise is broken."""
        return self.share > 1


def count_waiting(program: Program) -> Counts:
    """Count what waits in a program."""
    return Counts(
        applications=open_applications(program.id).count(),
        conflicts=conversions_in_conflict(program.id).count(),
        corrections=waiting_corrections(program.id).count(),
        receipts=refused_receipts(program.id).count(),
        proposals=open_proposals_of(program.id).count(),
        held=held_commissions(program.id).count(),
        replies=disputed_commissions(program.id).count(),
        messages=_questions(program).count(),
        runs=runs_to_approve(program.id).count(),
        unknown=unknown_payouts(program.id).count(),
        unpaid=count_without_method(program),
        shops=len(differing_shops(program.id)),
    )


def what_waits(program: Program, *, kinds: frozenset[Waits], most: int, at: datetime) -> list[Waiting]:
    """Return what waits of these kinds, those nearest to their promise (or furthest past it) first; `most` of each."""
    found = [one for kind in Waits if kind in kinds for one in _READERS[kind](program, most, at)]
    return sorted(found, key=lambda one: -one.share)


def alike_together(waiting: Sequence[Waiting], *, most: int) -> list[Waiting]:
    """Return what waits, with commissions held for the same reason as one thing where the nearest of them stood.

    Those past the promise stay apart from the others. Such a thing has no subject: the list of its kind tells more.
    """
    alike: dict[tuple[bool, str], list[Waiting]] = defaultdict(list)
    for one in waiting:
        if one.kind is Waits.HELD:
            alike[one.is_late, one.sentence].append(one)
    many = {key: rows for key, rows in alike.items() if len(rows) >= FEWEST_ALIKE}
    found: list[Waiting] = []
    for one in waiting:
        rows = many.get((one.is_late, one.sentence), []) if one.kind is Waits.HELD else []
        if not rows:
            found.append(one)
        elif rows[0] is one:
            found.append(_together(rows, most=most))
    return found


def _together(rows: Sequence[Waiting], *, most: int) -> Waiting:
    """Return commissions of one reason as one thing; `rows` begin with the one that waits longest."""
    oldest, currency = rows[0], rows[0].amount.currency if rows[0].amount else ""
    number = f"{len(rows)}+" if len(rows) >= most else str(len(rows))
    return replace(
        oldest,
        subject="",
        heading=_("%(n)s commissions are held for the same reason") % {"n": number},
        amount=Money(sum(row.amount.minor for row in rows if row.amount), currency),
    )


def _applications(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in open_applications(program.id)[:most]:
        words = [row.get_segment_display(), row.website.removeprefix("https://"), row.promotion.splitlines()[0]]
        yield Waiting(
            kind=Waits.APPLICATION,
            subject=row.id,
            heading=_("%(name)s wants to join") % {"name": row.organisation_name},
            sentence=", ".join(word for word in words if word)[:220],
            since=row.received_at,
            age=at - row.received_at,
        )


def _conflicts(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in conversions_in_conflict(program.id).prefetch_related("reports")[:most]:
        reports = sorted(row.reports.all(), key=lambda report: (report.received_at, -report.total_minor))
        told = [
            _("%(amount)s %(currency)s by %(door)s")
            % {
                "amount": format_amount(Money(report.total_minor, program.currency)),
                "currency": program.currency,
                "door": report.get_door_display(),
            }
            for report in reports
        ]
        since = reports[-1].received_at if reports else row.received_at
        yield Waiting(
            kind=Waits.CONFLICT,
            subject=row.id,
            heading=_("Order %(order)s was reported with different amounts") % {"order": row.external_id},
            sentence=", ".join(told),
            since=since,
            age=at - since,
            amount=Money(min((report.total_minor for report in reports), default=0), program.currency),
        )


def _corrections(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in waiting_corrections(program.id)[:most]:
        names = {"kind": row.get_kind_display(), "id": row.external_id, "order": row.of_external_id}
        yield Waiting(
            kind=Waits.CORRECTION,
            subject=row.id,
            heading=_("%(kind)s %(id)s waits for order %(order)s") % names,
            sentence=_("The order has not been reported. As soon as it is, this is taken from it."),
            since=row.received_at,
            age=at - row.received_at,
            amount=None if row.total_minor is None else Money(row.total_minor, row.currency),
        )


def _receipts(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in refused_receipts(program.id)[:most]:
        yield Waiting(
            kind=Waits.RECEIPT,
            subject=row.id,
            heading=_("A postback could not be used"),
            sentence=" ".join(problem_words(row))[:220],
            since=row.received_at,
            age=at - row.received_at,
        )


def _proposals(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in open_proposals_of(program.id)[:most]:
        commission = row.commission
        names = {"partner": commission.agreement.partner.name, "order": _order_of(commission)}
        target = Money(row.target_minor, commission.currency)
        sentence = _("It would then be %(amount)s %(currency)s.") % {
            "amount": format_amount(target),
            "currency": target.currency,
        }
        # It waits for a person from when the partner has had its say.
        since = row.replied_at or row.reply_until or row.created_at
        if since > at:
            sentence += " " + _("The partner is heard first.")
        yield Waiting(
            kind=Waits.PROPOSAL,
            subject=commission.id,
            heading=_("Change the approved commission of %(partner)s for order %(order)s?") % names,
            sentence=sentence,
            since=since,
            age=max(at - since, timedelta()),
            amount=commission.worth,
        )


def _held(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in held_commissions(program.id)[:most]:
        names = {"partner": row.agreement.partner.name, "order": _order_of(row)}
        yield Waiting(
            kind=Waits.HELD,
            subject=row.conversion_id or row.id,
            heading=_("The commission of %(partner)s for order %(order)s is held") % names,
            sentence=" ".join(hold_words(hold) for hold in row.holds),
            since=row.created_at,
            age=at - row.created_at,
            amount=Money(row.accrued_minor, row.currency),
        )


def _runs(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in runs_to_approve(program.id)[:most]:
        since = row.filled_at or row.prepared_at
        yield Waiting(
            kind=Waits.RUN,
            subject=row.id,
            heading=_("The payout run of %(day)s waits for its second person") % {"day": day_words(row.pay_on)},
            sentence=ngettext("%(n)s partner is paid.", "%(n)s partners are paid.", row.payouts_count)
            % {"n": row.payouts_count},
            since=since,
            age=at - since,
            amount=row.total,
        )


def _unknown(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in unknown_payouts(program.id)[:most]:
        since = row.sent_at or row.reserved_at
        yield Waiting(
            kind=Waits.UNKNOWN,
            subject=row.run_id,
            heading=_("Nobody knows whether %(name)s was paid") % {"name": row.agreement.partner.name},
            sentence=row.reason or _("Ask the bank; it is not sent again until somebody knows."),
            since=since,
            age=at - since,
            amount=row.amount,
        )


def _unpaid(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in agreements_without_method(program, most=most):
        yield Waiting(
            kind=Waits.UNPAID,
            subject=row.agreement.id,
            heading=_("%(name)s has not said how to be paid") % {"name": row.agreement.partner.name},
            sentence=_("Money is due. Ask the partner to enter it in the portal, or enter it yourself."),
            since=row.since,
            age=at - row.since,
            amount=Money(row.due_minor, program.currency),
        )


def _shops(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for comparison, number in differing_shops(program.id)[:most]:
        yield Waiting(
            kind=Waits.SHOP,
            subject=comparison.shop_id,
            heading=_("%(name)s has orders that differ from ours") % {"name": comparison.shop.name},
            sentence=_("%(number)s of its last weeks. One press repairs them.") % {"number": number},
            since=comparison.started_at,
            age=at - comparison.started_at,
        )


def _replies(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in disputed_commissions(program.id)[:most]:
        said = declining(row.conversion_id or "")
        since = said[-1].at if said else row.created_at
        names = {"partner": row.agreement.partner.name, "order": _order_of(row)}
        yield Waiting(
            kind=Waits.REPLY,
            subject=row.conversion_id or row.id,
            heading=_("%(partner)s replied to the decline of order %(order)s") % names,
            sentence=said[-1].reason[:220] if said else "",
            since=since,
            age=at - since,
            amount=Money(row.accrued_minor, row.currency),
        )


def _questions(program: Program) -> QuerySet[Message]:
    """Return what partners wrote about a commission and nobody answered; a reply to a decline waits as such."""
    open_ones = commissions_of_program(program.id).exclude(state=CommissionState.DISPUTED).order_by()
    return unanswered(open_ones.values("id"))


def _messages(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    found = list(_questions(program)[:most])
    about = {row.id: row for row in commissions_of_program(program.id).filter(pk__in=[one.subject for one in found])}
    for message in found:
        row = about[message.subject]
        names = {"partner": row.agreement.partner.name, "order": _order_of(row)}
        yield Waiting(
            kind=Waits.MESSAGE,
            subject=row.id,
            heading=_("%(partner)s asks about order %(order)s") % names,
            sentence=message.body[:220],
            since=message.at,
            age=at - message.at,
            amount=row.worth,
        )


def problem_words(receipt: Receipt) -> list[str]:
    """Return why a postback could not be used, field by field."""
    return [
        f"{problem['field']}: {problem['sentence']}" if problem["field"] else problem["sentence"]
        for problem in receipt.problems
    ]


def order_of(conversion: object) -> str:
    """Return the merchant's own number of the order behind a commission."""
    return str(getattr(conversion, "external_id", ""))


def _order_of(commission: Commission) -> str:
    return commission.conversion.external_id if commission.conversion else ""


_READERS = {
    Waits.APPLICATION: _applications,
    Waits.CONFLICT: _conflicts,
    Waits.CORRECTION: _corrections,
    Waits.RECEIPT: _receipts,
    Waits.PROPOSAL: _proposals,
    Waits.HELD: _held,
    Waits.REPLY: _replies,
    Waits.MESSAGE: _messages,
    Waits.RUN: _runs,
    Waits.UNKNOWN: _unknown,
    Waits.UNPAID: _unpaid,
    Waits.SHOP: _shops,
}
