"""What partners said and nobody answered: replies to declines, and questions about a commission."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import CommissionState
from rapport.apps.commissions.queries import commissions_of_program, disputed_commissions
from rapport.apps.conversions.queries import declining
from rapport.apps.programs.models import Program
from rapport.apps.threads.models import Message
from rapport.apps.threads.queries import unanswered
from rapport.domain.money import Money
from rapport.flows.waiting.kinds import Waiting, Waits, order_of


def replies(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the declined orders whose partner replied."""
    for row in disputed_commissions(program.id)[:most]:
        said = declining(row.conversion_id or "")
        since = said[-1].at if said else row.created_at
        names = {"partner": row.agreement.partner.name, "order": order_of(row)}
        yield Waiting(
            kind=Waits.REPLY,
            subject=row.conversion_id or row.id,
            heading=_("%(partner)s replied to the decline of order %(order)s") % names,
            sentence=said[-1].reason[:220] if said else "",
            since=since,
            age=at - since,
            amount=Money(row.accrued_minor, row.currency),
        )


def questions(program: Program) -> QuerySet[Message]:
    """Return what partners wrote about a commission and nobody answered; a reply to a decline waits as such."""
    open_ones = commissions_of_program(program.id).exclude(state=CommissionState.DISPUTED).order_by()
    return unanswered(open_ones.values("id"))


def messages(program: Program, most: int, at: datetime) -> Iterator[Waiting]:
    """Return the questions that nobody answered."""
    found = list(questions(program)[:most])
    about = {row.id: row for row in commissions_of_program(program.id).filter(pk__in=[one.subject for one in found])}
    for message in found:
        row = about[message.subject]
        names = {"partner": row.agreement.partner.name, "order": order_of(row)}
        yield Waiting(
            kind=Waits.MESSAGE,
            subject=row.id,
            heading=_("%(partner)s asks about order %(order)s") % names,
            sentence=message.body[:220],
            since=message.at,
            age=at - message.at,
            amount=row.worth,
        )
