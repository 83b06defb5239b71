"""What taxes do to a payout: the VAT that it adds, what it keeps back, and the entries for both."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from rapport.apps.ledger.inputs import EntryDraft, posting_drafts
from rapport.apps.payouts.models import CORRECTED, Payout, PayoutLine, PayoutState, PayoutTax, VatCorrection
from rapport.apps.taxes.queries import Standing
from rapport.domain.books import AccountKind, EntryKind, Posting
from rapport.domain.tax import withheld_minor
from rapport.domain.vat import Bills, Origin, Treatment, bills
from rapport.kit.ids import new_id

WRITE_OFF = "wof_"
"""How the ids of debts begin that were given up: they are money of their own, and nothing that a partner earned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """The sums of one payout, and how it came to them."""

    standing: Standing
    net_minor: int
    bills: Bills | None
    origins: Mapping[str, Origin]

    @property
    def vat_minor(self) -> int:
        """Return the VAT that the payout adds."""
        return self.bills.vat_minor if self.bills else 0

    @property
    def withheld_minor(self) -> int:
        """Return what the payout keeps back."""
        rate = self.standing.rate
        return withheld_minor(self.net_minor, rate.exact) if rate else 0

    @property
    def tax_minor(self) -> int:
        """Return what taxes add to the payout, below zero where they take."""
        return self.vat_minor - self.withheld_minor


def taxed(nets_minor: Mapping[str, int], *, standing: Standing, origins: Mapping[str, Origin]) -> Taxed:
    """Return what taxes do to a payout that takes these sums, by the thing whose money each is."""
    supplies = supplied(nets_minor)
    found = billed(supplies, now=standing.treatment, origins=origins) if standing.is_billed else None
    return Taxed(standing=standing, net_minor=sum(supplies.values()), bills=found, origins=origins)


def supplied(nets_minor: Mapping[str, int]) -> dict[str, int]:
    """Return what of these sums a partner supplied something for: VAT that was put right later is none of it."""
    return {subject: minor for subject, minor in nets_minor.items() if not subject.startswith(CORRECTED)}


def billed(nets_minor: Mapping[str, int], *, now: tuple[str, str], origins: Mapping[str, Origin]) -> Bills:
    """Divide what a payout takes into what is billed and what is credited; `now` is the treatment with its percent."""
    treatment, percent = now
    given_up = [subject for subject in nets_minor if subject.startswith(WRITE_OFF)]
    return bills(nets_minor, written_off=given_up, origins=origins, now=(Treatment(treatment), Fraction(percent)))


def origins_of(subjects: Collection[str]) -> dict[str, Origin]:
    """Return by which payout each of these was paid first, and how that was billed; those never billed are missing."""
    rows = PayoutLine.objects.filter(subject__in=subjects, amount_minor__gt=0, payout__state=PayoutState.SETTLED)
    found = rows.filter(payout__tax__is_billed=True).order_by("id").values_list("subject", "payout_id")
    return _origins(dict(found))


def origins_kept(tax: PayoutTax, *, at: datetime | None) -> dict[str, Origin]:
    """Return the origins that a payout was reserved with, billed as was known at a moment; None for now."""
    return _origins(tax.origins, at=at)


def tax_row(payout: Payout, one: Taxed) -> PayoutTax:
    """Return what is kept of the taxes of a payout, unsaved."""
    standing = one.standing
    treatment, percent = standing.treatment
    return PayoutTax(
        payout=payout,
        profile=standing.profile,
        payer=standing.payer if standing.is_billed else None,
        rate=standing.rate,
        is_billed=standing.is_billed,
        treatment=treatment,
        percent=percent,
        origins={subject: origin.payout_id for subject, origin in one.origins.items()},
        net_minor=one.net_minor,
        vat_minor=one.vat_minor,
        withheld_percent=standing.rate.percent if standing.rate else "0",
        withheld_minor=one.withheld_minor,
    )


def tax_drafts(payouts: Iterable[tuple[Payout, Taxed]], *, at: datetime) -> list[EntryDraft]:
    """Return the entries of what taxes add and keep back; each payout has at most one of either."""
    drafts = []
    for payout, one in payouts:
        for kind, reason, posting in _movements(one):
            drafts.append(
                EntryDraft(
                    id=new_id("ent", at=at),
                    kind=kind,
                    subject=payout.id,
                    reason=reason,
                    postings=posting_drafts(
                        [posting], agreement=payout.agreement_id, currency=payout.currency, memo=payout.id
                    ),
                )
            )
    return drafts


def _movements(one: Taxed) -> Iterable[tuple[EntryKind, str, Posting]]:
    vat, payable = AccountKind.INPUT_VAT, AccountKind.PAYABLE
    if one.vat_minor > 0:
        yield EntryKind.VAT_ADDED, "vat", Posting(vat, payable, one.vat_minor)
    if one.vat_minor < 0:
        yield EntryKind.VAT_ADDED, "vat", Posting(payable, vat, -one.vat_minor)
    if one.withheld_minor:
        yield EntryKind.WITHHELD, "withheld", Posting(payable, AccountKind.WITHHELD_TAX, one.withheld_minor)


def _origins(payout_of: Mapping[str, str], *, at: datetime | None = None) -> dict[str, Origin]:
    rows = PayoutTax.objects.filter(payout_id__in=set(payout_of.values()))
    taxes = {row.payout_id: Origin(row.payout_id, Treatment(row.treatment), Fraction(row.percent)) for row in rows}
    # What was put right since counts: a credit follows the paper that stands.
    known = VatCorrection.objects.filter(payout_id__in=taxes.keys()).exclude(treatment="")
    for fix in (known.filter(corrected_at__lte=at) if at else known).order_by("id"):
        taxes[fix.payout_id] = Origin(fix.payout_id, Treatment(fix.treatment), Fraction(fix.percent))
    return {subject: taxes[payout_id] for subject, payout_id in payout_of.items()}
