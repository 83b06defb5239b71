"""The list of a year: what reached each payee by each way of paying, beside the threshold that a payer must know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from rapport.apps.partners.models import Partner
from rapport.apps.payouts.models import CORRECTED, MethodKind, Payout, PayoutLine, PayoutState, PayoutTax
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.taxes.actions import open_numbers
from rapport.apps.taxes.models import TaxNumber, TaxProfile
from rapport.apps.taxes.queries import numbers_in_use, profiles_in_use
from rapport.apps.taxes.tables import Reporting, reporting_of
from rapport.domain.days import start_of_day_ms
from rapport.domain.money import Money, format_amount
from rapport.domain.tax import Telling, telling
from rapport.kit.clock import from_ms

BY_PROVIDER = frozenset({MethodKind.PAYPAL.value})
"""Ways of paying whose provider tells the tax office itself (in the United States on Form 1099-K)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """One payee by one way of paying: `gross` is what was paid without VAT and before tax was kept back."""

    partner: Partner
    profile: TaxProfile | None
    rail: str
    payouts: int
    gross: Money
    withheld: Money
    vat: Money
    paid: Money
    telling: Telling
    number: TaxNumber | None
    sent: str = ""
    """What of it was sent in other currencies, each on its own."""


@dataclass(frozen=True, slots=True)
class YearEnd:
    """A year of a program, in days of its zone; `reporting` is the threshold that its payer's country has."""

    program: Program
    year: int
    payer: TaxProfile | None
    reporting: Reporting | None
    rows: tuple[YearRow, ...]


def year_end(program: Program, *, year: int) -> YearEnd:
    """Add up what arrived in a year and did not come back, the largest sums first."""
    payer = profiles_in_use([program.workspace_id]).get(program.workspace_id)
    country = payer.country if payer else program.workspace.country
    reporting = reporting_of(country, year=year)
    rows = _rows(program, _settled(program, year), country=country, reporting=reporting)
    ordered = sorted(rows, key=lambda row: (-row.gross.minor, row.partner.name, row.rail))
    return YearEnd(program, year, payer, reporting, tuple(ordered))


def years_of(program: Program, *, at: datetime) -> list[int]:
    """Return the years in which a program paid, this year first."""
    zone = ZoneInfo(program.zone)
    this = at.astimezone(zone).year
    first = _paid(program).order_by("settled_at").values_list("settled_at", flat=True).first()
    return list(range(this, (first.astimezone(zone).year if first else this) - 1, -1))


def telling_words(one: Telling) -> str:
    """Say what there is to look at."""
    return {
        Telling.REPORT: _("At or above the threshold"),
        Telling.WITHHELD: _("Below, but tax was withheld"),
        Telling.BELOW: _("Below the threshold"),
        Telling.PROVIDER: _("The provider reports it"),
        Telling.ELSEWHERE: _("No threshold that we know"),
    }[one]


def numbers_opened(told: YearEnd, *, by: Actor, at: datetime) -> dict[str, str]:
    """Return by organisation the tax numbers of the payees of a year; each look is written down."""
    numbers = {row.number.id: row.number for row in told.rows if row.number}
    return open_numbers(numbers=numbers.values(), workspace_id=told.program.workspace_id, by=by, at=at)


def sheet_head() -> tuple[str, ...]:
    """Return the head of the list as a sheet."""
    return (
        *(_("partner"), _("legal name"), _("country"), _("VAT id"), _("way of paying"), _("payouts"), _("gross")),
        *(_("withheld"), _("VAT"), _("paid"), _("currency"), _("sent as"), _("form"), _("what to look at")),
        _("tax number"),
    )


def sheet_rows(told: YearEnd, *, numbers: Mapping[str, str] | None = None) -> Iterable[tuple[str, ...]]:
    """Return the rows of the list as a sheet; tax numbers are masked unless they were opened."""
    for row in told.rows:
        legal = (row.profile.legal_name, row.profile.country, row.profile.vat_id) if row.profile else ("", "", "")
        amounts = (format_amount(money) for money in (row.gross, row.withheld, row.vat, row.paid))
        form = told.reporting.form if told.reporting else ""
        words = telling_words(row.telling)
        number = (numbers or {}).get(row.partner.organisation_id) or (row.number.shown if row.number else "")
        counts = (row.rail, str(row.payouts))
        yield (row.partner.name, *legal, *counts, *amounts, row.gross.currency, row.sent, form, words, number)


def _paid(program: Program) -> QuerySet[Payout]:
    return Payout.objects.filter(run__program=program, state=PayoutState.SETTLED)


def _settled(program: Program, year: int) -> list[Payout]:
    """Return what arrived in a year: as payments count, by the day on which the money was there."""
    first, after = (from_ms(start_of_day_ms(date(one, 1, 1), program.zone)) for one in (year, year + 1))
    arrived = Q(settled_at__gte=first) & Q(settled_at__lt=after)
    return list(_paid(program).filter(arrived).select_related("agreement__partner", "exchange").order_by("id"))


def _sent(payouts: Iterable[Payout]) -> str:
    """Return what was sent in other currencies than the program's, each on its own."""
    sums: dict[str, int] = defaultdict(int)
    for payout in payouts:
        if payout.exchanged:
            sums[payout.sent.currency] += payout.sent.minor
    return ", ".join(f"{format_amount(Money(minor, code))} {code}" for code, minor in sorted(sums.items()))


def _rows(program: Program, payouts: list[Payout], *, country: str, reporting: Reporting | None) -> Iterable[YearRow]:
    taxes = PayoutTax.objects.in_bulk([payout.id for payout in payouts])
    corrected = _vat_put_right(payouts)
    organisations = {payout.agreement.partner.organisation_id for payout in payouts}
    profiles, numbers = profiles_in_use(organisations), numbers_in_use(organisations)
    together: dict[tuple[str, str], list[Payout]] = defaultdict(list)
    for payout in payouts:
        together[payout.agreement.partner_id, payout.method_kind].append(payout)
    for (_partner_id, rail), some in together.items():
        partner = some[0].agreement.partner
        known = [taxes[payout.id] for payout in some if payout.id in taxes]
        put_right = sum(corrected.get(payout.id, 0) for payout in some)
        withheld, vat = sum(tax.withheld_minor for tax in known), sum(tax.vat_minor for tax in known) + put_right
        paid = sum(payout.amount_minor for payout in some)
        gross = paid + withheld - vat
        profile = profiles.get(partner.organisation_id)
        yield YearRow(
            partner=partner,
            profile=profile,
            number=numbers.get(partner.organisation_id),
            rail=rail,
            payouts=len(some),
            gross=Money(gross, program.currency),
            withheld=Money(withheld, program.currency),
            vat=Money(vat, program.currency),
            paid=Money(paid, program.currency),
            sent=_sent(some),
            telling=telling(
                gross_minor=gross,
                withheld=withheld,
                threshold_minor=_threshold(program, reporting),
                # Whoever never said who it is may be a payee of the same country.
                same_country=profile is None or profile.country == country,
                by_provider=rail in BY_PROVIDER,
            ),
        )


def _vat_put_right(payouts: list[Payout]) -> dict[str, int]:
    """Return by payout what of it is VAT that was put right after an earlier one."""
    lines = PayoutLine.objects.filter(payout__in=payouts, subject__startswith=CORRECTED).order_by()
    return dict(lines.values_list("payout_id").annotate(minor=Sum("amount_minor")))


def _threshold(program: Program, reporting: Reporting | None) -> int | None:
    """Return the threshold where it is one in the program's currency; another currency is for a person to convert."""
    if reporting is None or reporting.threshold.currency != program.currency:
        return None
    return reporting.threshold.minor
