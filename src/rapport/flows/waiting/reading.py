"""Read what waits in a program: counts for the frame of every page, rows with their promises for Today."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rapport.apps.commissions.queries import disputed_commissions, held_commissions, open_proposals_of
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.conversions.queries import (
    awaiting_rate,
    conversions_in_conflict,
    conversions_of,
    refused_receipts,
    waiting_corrections,
)
from rapport.apps.invoices.queries import open_objections
from rapport.apps.partners.queries import open_applications
from rapport.apps.payouts.queries import count_without_method, runs_to_approve, unknown_payouts
from rapport.apps.programs.models import Program
from rapport.apps.shops.queries import differing_shops
from rapport.domain.money import Money, format_amount
from rapport.flows.admission import answer_within
from rapport.flows.explaining.words import hold_words
from rapport.flows.waiting import paying, talk
from rapport.flows.waiting.kinds import Counts, Waiting, Waits, order_of


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
        messages=talk.questions(program).count(),
        runs=runs_to_approve(program.id).count(),
        unknown=unknown_payouts(program.id).count(),
        unpaid=count_without_method(program),
        shops=len(differing_shops(program.id)),
        rates=conversions_of(program.id).filter(awaits_rate=True).count(),
        objections=open_objections(program.id).count(),
    )


def what_waits(program: Program, *, kinds: frozenset[Waits], most: int, at: datetime) -> list[Waiting]:
    """Return what waits of these kinds, those nearest to their promise (or furthest past it) first; `most` of each."""
    found = [one for kind in Waits if kind in kinds for one in _READERS[kind](program, most, at)]
    return sorted(found, key=lambda one: -one.share)


def problem_words(receipt: Receipt) -> list[str]:
    """Return why a postback could not be used, field by field."""
    return [
        f"{problem['field']}: {problem['sentence']}" if problem["field"] else problem["sentence"]
        for problem in receipt.problems
    ]


def _applications(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    within = answer_within(program)
    for row in open_applications(program.id)[:most]:
        words = [row.get_segment_display(), row.website.removeprefix("https://"), row.promotion.splitlines()[0]]
        yield Waiting(
            kind=Waits.APPLICATION,
            subject=row.id,
            heading=_("%(name)s wants to join") % {"name": row.organisation_name},
            sentence=", ".join(word for word in words if word)[:220],
            since=row.received_at,
            age=at - row.received_at,
            within=within,
        )


def _conflicts(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in conversions_in_conflict(program.id).prefetch_related("reports", "corrections")[:most]:
        reports = sorted(row.reports.all(), key=lambda report: (report.received_at, -report.total_minor))
        told = [
            _("%(amount)s %(currency)s by %(door)s")
            % {
                "amount": format_amount(Money(report.total_minor, report.currency or row.currency)),
                "currency": report.currency or row.currency,
                "door": report.get_door_display(),
            }
            for report in reports
        ]
        since = reports[-1].received_at if reports else row.received_at
        yield Waiting(
            kind=Waits.CONFLICT,
            subject=row.id,
            heading=_conflict_words(row) % {"order": row.external_id},
            sentence=", ".join(told),
            since=since,
            age=at - since,
            amount=Money(min((one.total_minor for one in reports if not one.currency), default=0), row.currency),
        )


def _conflict_words(row: Conversion) -> str:
    told = {one.currency for one in row.reports.all() if one.currency} | {one.currency for one in row.corrections.all()}
    if told - {row.currency}:
        return _("Order %(order)s was told in another currency as well")
    return _("Order %(order)s was reported with different amounts")


def _rates(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    for row in awaiting_rate(program.id, limit=most):
        told = {"order": row.external_id, "currency": row.currency, "own": program.currency}
        yield Waiting(
            kind=Waits.RATE,
            subject=row.id,
            heading=_("Order %(order)s waits for a rate of %(currency)s") % told,
            sentence=_(
                "Enter what one %(currency)s was worth in %(own)s on its day, or take in the bank's list: see "
                "Settings, Exchange rates. It is judged by itself then."
            )
            % told,
            since=row.received_at,
            age=at - row.received_at,
            amount=Money(row.total_minor, row.currency),
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
        names = {"partner": commission.agreement.partner.name, "order": order_of(commission)}
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
        names = {"partner": row.agreement.partner.name, "order": order_of(row)}
        yield Waiting(
            kind=Waits.HELD,
            subject=row.conversion_id or row.id,
            heading=_("The commission of %(partner)s for order %(order)s is held") % names,
            sentence=" ".join(hold_words(hold) for hold in row.holds),
            since=row.created_at,
            age=at - row.created_at,
            amount=Money(row.accrued_minor, row.currency),
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


_READERS = {
    Waits.APPLICATION: _applications,
    Waits.CONFLICT: _conflicts,
    Waits.CORRECTION: _corrections,
    Waits.RECEIPT: _receipts,
    Waits.PROPOSAL: _proposals,
    Waits.HELD: _held,
    Waits.REPLY: talk.replies,
    Waits.MESSAGE: talk.messages,
    Waits.RUN: paying.runs,
    Waits.UNKNOWN: paying.unknown,
    Waits.UNPAID: paying.unpaid,
    Waits.RATE: _rates,
    Waits.OBJECTION: paying.objections,
    Waits.SHOP: _shops,
}
