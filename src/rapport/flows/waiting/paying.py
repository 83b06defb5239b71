"""What waits around payouts: runs for their second person, outcomes that nobody knows, partners without a method."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.invoices.queries import open_objections
from rapport.apps.payouts.queries import agreements_without_method, runs_to_approve, unknown_payouts
from rapport.apps.programs.models import Program
from rapport.apps.threads.queries import messages_of
from rapport.domain.money import Money
from rapport.flows.explaining.words import day_words
from rapport.flows.waiting.kinds import Waiting, Waits


def runs(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the payout runs that wait for their second person."""
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


def unknown(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the payouts of which nobody knows whether they arrived."""
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


def unpaid(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the partners to whom money is due and who have not said how to be paid."""
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


def objections(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the papers to which their partner objects."""
    for row in open_objections(program.id)[:most]:
        invoice = row.invoice
        names = {"partner": invoice.payout.agreement.partner.name, "number": invoice.name}
        said = messages_of(invoice.id)
        yield Waiting(
            kind=Waits.OBJECTION,
            subject=invoice.id,
            heading=_("%(partner)s objects to invoice %(number)s") % names,
            sentence=said[-1].body[:220] if said else "",
            since=row.raised_at,
            age=at - row.raised_at,
            amount=invoice.total,
        )
