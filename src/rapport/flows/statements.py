"""Statements: what an agreement earned, had taken back and was paid in a stretch of days, from its postings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission
from rapport.apps.imports.queries import explanations_of
from rapport.apps.ledger.queries import Movement, moved_before, movements_of
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import CORRECTED, Payout, PayoutTax
from rapport.apps.payouts.queries import nets_of
from rapport.domain.books import AccountKind
from rapport.domain.days import start_of_day_ms
from rapport.domain.money import Money
from rapport.domain.statement import OWED, Part, Sums, effect, sum_up
from rapport.flows.explaining.payouts import exchange_words
from rapport.flows.explaining.words import local_day, order_words
from rapport.kit.clock import from_ms


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line: `amount` is what it adds to what is owed, below zero where it takes.

    `commission_id` leads to the explanation, `payout_id` to the payout; one of them or neither.
    """

    at: datetime
    part: Part
    words: str
    order: str
    commission_id: str
    payout_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement from one day to another, both included, in days of the program's zone."""

    agreement: Agreement
    first: date
    last: date
    opening: Money
    earned: Money
    adjusted: Money
    taken_back: Money
    paid: Money
    closing: Money
    accrued: Money
    lines: tuple[StatementLine, ...]

    @property
    def name(self) -> str:
        """Return the name of its file."""
        return f"statement-{self.first.isoformat()}-{self.last.isoformat()}"


def statement_of(agreement: Agreement, *, first: date, last: date) -> Statement:
    """Add up the postings of an agreement between two days, both included."""
    zone, currency = agreement.program.zone, agreement.program.currency
    from_at = from_ms(start_of_day_ms(first, zone))
    until_at = from_ms(start_of_day_ms(last + timedelta(days=1), zone))
    movements = movements_of(agreement.id, OWED, from_at=from_at, until_at=until_at)
    sums = sum_up(_owed_before(agreement, at=from_at), [found for one in movements if (found := _effect(one))])
    return Statement(
        agreement=agreement,
        first=first,
        last=last,
        **{name: Money(minor, currency) for name, minor in _figures(sums).items()},
        accrued=Money(_accrued_before(agreement, at=until_at), currency),
        lines=tuple(_lines(movements, currency)),
    )


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the month that a day is in."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def months_of(agreement: Agreement, *, at: datetime, most: int = 24) -> list[date]:
    """Return the first days of the months in which an agreement was there, this month first."""
    zone = agreement.program.zone
    month, began = local_day(at, zone).replace(day=1), local_day(agreement.active_at, zone).replace(day=1)
    months: list[date] = []
    while month >= began and len(months) < most:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def lines_of_payout(payout: Payout, *, most: int) -> list[StatementLine]:
    """Return what a payout pays, commission by commission, at most so many; what taxes did to it comes last."""
    nets = nets_of([payout.id])[payout.id]
    nets.pop(payout.id, None)
    orders = _orders(nets)
    shown = sorted(nets.items(), key=lambda one: (orders.get(one[0], ""), one[0]))
    lines = [
        StatementLine(
            at=payout.reserved_at,
            part=Part.EARNED if minor > 0 else Part.REVERSED,
            words=subject_words(subject, known=subject in orders),
            order=orders.get(subject, ""),
            commission_id=subject if subject in orders else "",
            payout_id="",
            amount=Money(minor, payout.currency),
        )
        for subject, minor in shown[:most]
        if minor
    ]
    return [*lines, *_taxes_of(payout)]


def _taxes_of(payout: Payout) -> Iterable[StatementLine]:
    tax = PayoutTax.objects.filter(payout=payout).first()
    told = ((_("VAT"), tax.vat_minor), (_("Tax withheld"), -tax.withheld_minor)) if tax else ()
    for words, minor in told:
        if minor:
            amount = Money(minor, payout.currency)
            yield StatementLine(payout.reserved_at, Part.ADJUSTED, words, "", "", "", amount)


def subject_words(subject: str, *, known: bool) -> str:
    """Name what a payout pays: a commission, or the balance that an agreement brought along."""
    if known:
        return _("Commission")
    if subject.startswith(CORRECTED):
        return _("VAT put right")
    return _("Opening balance brought along") if subject.startswith("agr_") else _("Adjustment")


def _figures(sums: Sums) -> dict[str, int]:
    return {
        "opening": sums.opening_minor,
        "earned": sums.earned_minor,
        "adjusted": sums.adjusted_minor,
        "taken_back": sums.reversed_minor,
        "paid": sums.paid_minor,
        "closing": sums.closing_minor,
    }


def _effect(one: Movement) -> tuple[Part, int] | None:
    return effect(one.source, one.destination, one.minor)


def _owed_before(agreement: Agreement, *, at: datetime) -> int:
    found = (effect(*moved) for moved in moved_before(agreement.id, OWED, at=at))
    return sum(one[1] for one in found if one)


def _accrued_before(agreement: Agreement, *, at: datetime) -> int:
    return sum(
        minor if destination is AccountKind.ACCRUED else -minor
        for _source, destination, minor in moved_before(agreement.id, [AccountKind.ACCRUED], at=at)
    )


def _lines(movements: Iterable[Movement], currency: str) -> Iterable[StatementLine]:
    rows = [(one, *found) for one in movements if (found := _effect(one))]
    orders = _orders({one.memo for one, part, _minor in rows if part is not Part.PAID})
    explained = explanations_of({one.entry_id for one, _part, _minor in rows})
    explained |= _exchanges({one.entry_id: one.subject for one, part, _minor in rows if part is Part.PAID})
    by_entry: dict[tuple[str, str], list[tuple[Movement, Part, int]]] = {}
    for one, part, minor in rows:
        # A payout is one line, however many commissions it pays.
        key = one.subject if part is Part.PAID else one.memo
        by_entry.setdefault((one.entry_id, key), []).append((one, part, minor))
    for (_entry_id, key), together in by_entry.items():
        one, part, _minor = together[0]
        amount = Money(sum(minor for _one, _part, minor in together), currency)
        yield StatementLine(
            at=one.at,
            part=part,
            words=_movement_words(one, part, amount.minor, explanation=explained.get(one.entry_id, "")),
            order=orders.get(key, ""),
            commission_id=key if key in orders else "",
            payout_id=key if part is Part.PAID or (key == one.subject and key.startswith("pay_")) else "",
            amount=amount,
        )


def _exchanges(payout_of: Mapping[str, str]) -> dict[str, str]:
    """Return by entry what its payout sent, where the partner was paid in another currency, and by which rate."""
    ids = set(payout_of.values())
    rows = Payout.objects.filter(pk__in=ids, exchange__isnull=False).select_related("exchange") if ids else ()
    words = {row.id: exchange_words(row) for row in rows}
    return {entry_id: words[payout_id] for entry_id, payout_id in payout_of.items() if payout_id in words}


def _orders(subjects: Collection[str]) -> dict[str, str]:
    """Return the order behind each commission among these."""
    rows = Commission.objects.filter(pk__in=list(subjects)).select_related("conversion")
    return {row.id: order_words(row) for row in rows}


def _tax_words(one: Movement, minor: int) -> str:
    """Return what an adjustment is that has an account of its own; nothing for any other movement."""
    beside = one.destination if one.source in OWED else one.source
    words = {
        AccountKind.WITHHELD_TAX: (_("Withheld tax given back"), _("Tax withheld")),
        AccountKind.INPUT_VAT: (_("VAT"), _("VAT taken back")),
        AccountKind.WRITTEN_OFF: (_("Debt written off"), _("Write-off undone")),
    }
    return words[beside][minor < 0] if beside in words else ""


def _movement_words(one: Movement, part: Part, minor: int, *, explanation: str) -> str:
    if one.source is AccountKind.OPENING and one.destination is AccountKind.PAYABLE:
        words = _("Opening balance brought along")
    elif AccountKind.OPENING not in {one.source, one.destination}:
        words = _tax_words(one, minor) or _part_words(part, minor)
    elif one.mirrors:
        words = _("Opening balance taken back")
    else:
        words = _("Debt brought along")
    return f"{words}: {explanation}" if explanation else words


def _part_words(part: Part, minor: int) -> str:
    if part is Part.PAID:
        return _("Paid") if minor < 0 else _("Payout came back")
    if part is Part.EARNED:
        return _("Approved") if minor > 0 else _("Approval taken back")
    return _("Taken back") if part is Part.REVERSED else _("Adjusted")
