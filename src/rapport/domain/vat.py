"""VAT on what partners are paid: how a supply is treated, what is billed and credited in one payout, rounded once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from rapport.domain.money import round_half_up
from rapport.domain.tax import EU

_PERCENT = 100


class Treatment(StrEnum):
    """How VAT is shown on what a partner bills."""

    STANDARD = "standard"
    """The partner charges the VAT of the country that it shares with the program."""
    REVERSE_CHARGE = "reverse_charge"
    """Another country of the union: the program owes the VAT."""
    SMALL_BUSINESS = "small_business"
    """The partner is a small business and charges none."""
    NOT_REGISTERED = "not_registered"
    """The partner has no VAT id and charges none."""
    OUTSIDE = "outside"
    """The two are not in one union of VAT: none is charged."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who bills or is billed, as far as VAT asks."""

    country: str
    has_vat_id: bool = False
    small_business: bool = False


def treatment(*, partner: Party, payer: Party, has_rate: bool, override: Treatment | None = None) -> Treatment:
    """Return how a partner's supply is treated; `has_rate` says whether its country has a VAT rate we know.

    What a person said (`override`) goes before what follows from the two, but VAT without a rate cannot be charged.
    """
    if override and (has_rate or override is not Treatment.STANDARD):
        return override
    same_country = partner.country == payer.country
    if not same_country and not {partner.country, payer.country} <= EU:
        return Treatment.OUTSIDE
    if same_country and not has_rate:
        return Treatment.OUTSIDE
    if partner.small_business:
        return Treatment.SMALL_BUSINESS
    if not partner.has_vat_id:
        return Treatment.NOT_REGISTERED
    return Treatment.STANDARD if same_country else Treatment.REVERSE_CHARGE


@dataclass(frozen=True, slots=True)
class Origin:
    """The payout that paid something first, and how it was billed then: what takes it back is credited the same way."""

    payout_id: str
    treatment: Treatment
    percent: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """The money of one thing in a bill or a credit; `origin` where it takes back what was billed before."""

    subject: str
    net_minor: int
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What of a bill or credit is treated alike; the VAT is rounded once for all of it."""

    treatment: Treatment
    percent: Fraction
    net_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What one payout bills (above zero) or credits (below zero)."""

    lines: tuple[Line, ...]
    shares: tuple[Share, ...]

    @property
    def net_minor(self) -> int:
        """Return the sum without VAT."""
        return sum(share.net_minor for share in self.shares)

    @property
    def vat_minor(self) -> int:
        """Return the VAT, the sum of what each share rounded."""
        return sum(share.vat_minor for share in self.shares)


@dataclass(frozen=True, slots=True)
class Bills:
    """A payout as two papers: what is billed and what is credited; either may have no lines."""

    invoice: Bill
    credit: Bill

    @property
    def vat_minor(self) -> int:
        """Return the VAT that the payout adds, below zero where it takes back more than it adds."""
        return self.invoice.vat_minor + self.credit.vat_minor


def bills(
    nets_minor: Mapping[str, int],
    *,
    written_off: Iterable[str],
    origins: Mapping[str, Origin],
    now: tuple[Treatment, Fraction],
) -> Bills:
    """Divide what a payout takes, by the thing whose money it is, into what is billed and what is credited.

    A thing below zero takes back what an earlier payout billed, by the treatment of that time. What was written off
    (`written_off`) is not billed: it makes the credit smaller, oldest first, because that debt is not asked for.
    """
    given_up = {subject: nets_minor[subject] for subject in written_off if nets_minor.get(subject)}
    kept = {subject: minor for subject, minor in nets_minor.items() if subject not in given_up}
    invoiced = [Line(subject, minor) for subject, minor in sorted(kept.items()) if minor > 0]
    credited = [Line(subject, minor, origins.get(subject)) for subject, minor in sorted(kept.items()) if minor < 0]
    left, unused_minor = _forgive(credited, sum(given_up.values()))
    # The debt went by itself after it had been given up, so what was given up is simply the partner's now.
    late = [Line(min(given_up), unused_minor)] if unused_minor else []
    return Bills(_bill((*invoiced, *late), now), _bill(left, now))


def _forgive(lines: Sequence[Line], minor: int) -> tuple[tuple[Line, ...], int]:
    """Return what is left to be credited, and how much there was nothing left to forgive for."""
    left: list[Line] = []
    for line in lines:
        given = min(minor, -line.net_minor)
        minor -= given
        if line.net_minor + given:
            left.append(Line(line.subject, line.net_minor + given, line.origin))
    return tuple(left), minor


def _bill(lines: tuple[Line, ...], now: tuple[Treatment, Fraction]) -> Bill:
    sums: dict[tuple[Treatment, Fraction], int] = {}
    for line in lines:
        key = (line.origin.treatment, line.origin.percent) if line.origin else now
        sums[key] = sums.get(key, 0) + line.net_minor
    shares = (
        Share(kind, percent, minor, round_half_up(minor * percent / _PERCENT))
        for (kind, percent), minor in sorted(sums.items())
    )
    return Bill(lines, tuple(shares))
