"""What becomes of an order that was told unconfirmed when a server stands behind it: its word goes first in everything.

Whoever can guess a number could tell of the order before the merchant does. So nothing that was told unconfirmed stands
against the first confirmed report, and clicks and codes of a browser give way to those of a server.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from rapport.apps.conversions.actions.decisions import record_decision
from rapport.apps.conversions.actions.meeting import Batch
from rapport.apps.conversions.actions.rating import rate_again
from rapport.apps.conversions.facts import told_total
from rapport.apps.conversions.models import Conversion, Door, HumanDecision, NamedClick, NamedCoupon, Report
from rapport.apps.conversions.reading import ReadConversion
from rapport.apps.conversions.recording import Warned
from rapport.apps.record.write import update_rows
from rapport.domain.story import ABOUT_DECLINING, DecisionKind

MOST_TOTALS = 5
Doubtful = TypeVar("Doubtful", NamedClick, NamedCoupon)


def hear_first(batch: Batch, conversion: Conversion, report: ReadConversion) -> list[Warned]:
    """Let the first confirmed report stand before hearsay: for the order, and against a decline of the hearsay."""
    was_told = (conversion.id, False) in batch.wordings
    if not report.confirmed or not was_told or (conversion.id, True) in batch.wordings:
        return []
    _confirm(batch, conversion, report)
    return _take_decline_back(batch, conversion) if conversion.id not in batch.fresh else []


def _confirm(batch: Batch, conversion: Conversion, report: ReadConversion) -> None:
    """Let the first confirmed report say when the order was made and came, in which currency, and if it is a test."""
    conversion.occurred_at, conversion.moment_reported = report.occurred_at, report.given.occurred_at is not None
    conversion.test = report.given.test
    # Terms may ask for these, so they are the server's word or nobody's.
    for name in ("customer_status", "country", "channel"):
        setattr(conversion, name, getattr(report.given, name))
    conversion.received_at = report.received_at
    if conversion.currency != report.given.currency:
        conversion.currency = report.given.currency
        conversion.rate, conversion.rate_day, conversion.rate_source = "", None, ""
        conversion.awaits_rate = report.given.currency != batch.frame.currency
    rate_again(batch.frame, conversion)
    batch.changed[conversion.id] = conversion


def _take_decline_back(batch: Batch, conversion: Conversion) -> list[Warned]:
    """Take back the decline of an order that nobody but a page had told of: the merchant's own is another one.

    A stranger can tell of numbers that the shop has still to give. What a server called pending was declined rightly.
    """
    last = HumanDecision.objects.filter(conversion=conversion, kind__in=ABOUT_DECLINING).order_by("at", "id").last()
    if last is None or last.kind == DecisionKind.DECLINE_UNDONE:
        return []
    earlier = Report.objects.filter(conversion=conversion, received_at__lte=last.at)
    if earlier.exclude(door=Door.SCRIPT).exists():
        return []
    sentence = _(
        "It was declined when only a page had told of it. Your server tells of it now, so the decline is over."
    )
    undone = DecisionKind.DECLINE_UNDONE
    record_decision(conversion=conversion, kind=undone, data={}, reason=sentence, by=batch.by, at=batch.at)
    return [Warned("decline_undone", "external_id", sentence)]


def hear_again(
    batch: Batch, doubtful: dict[tuple[str, str], Doubtful], named: Iterable[tuple[str, str]], report: ReadConversion
) -> None:
    """Note that a server names clicks or codes that were hearsay so far."""
    for one in named if report.proven else ():
        row = doubtful.pop(one, None)
        if row is not None:
            row.confirmed = True
            batch.now_confirmed.append(row)


def hear_total(
    batch: Batch,
    doubtful: Mapping[tuple[str, str], NamedClick | NamedCoupon],
    named: Iterable[tuple[str, str]],
    report: ReadConversion,
) -> None:
    """Note with which total a page names clicks or codes that are hearsay; one that tries many is heard no more."""
    told = told_total(report.amounts.total_minor, report.given.currency)
    for one in named if not report.proven else ():
        found: NamedClick | NamedCoupon | None = doubtful.get(one)
        known: list[str] = found.told if found else []
        if found and told not in known and len(known) < MOST_TOTALS:
            found.told = [*known, told]
            batch.told_again.append(found)


def hearsay_words(named: Iterable[str], *, matches: bool) -> list[Warned]:
    """Tell what comes of clicks and codes that a page names for an order that a server told of."""
    if not any(named):
        return []
    if matches:
        sentence = _(
            "Only a page names this click or code. What it earns is held until a server or a person confirms it."
        )
        return [Warned("only_a_page", "click_ids", sentence)]
    sentence = _("The server told another total or currency of this order. What this page names counts for nothing.")
    return [Warned("other_total", "total", sentence)]


def write_confirmed(batch: Batch) -> None:
    """Write what was hearsay before this batch and is confirmed now, or was told with one more total."""
    # A row that this batch makes is inserted as it stands; until then it has no number.
    changed = (*batch.now_confirmed, *batch.told_again)
    stored = [row for row in changed if not row._state.adding]  # noqa: SLF001 - how Django tells it
    update_rows([row for row in stored if isinstance(row, NamedClick)], ("confirmed", "told"))
    update_rows([row for row in stored if isinstance(row, NamedCoupon)], ("confirmed", "told"))
