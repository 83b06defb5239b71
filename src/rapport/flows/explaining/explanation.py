"""What an explanation says: plain rows, the same whoever reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.domain.money import Money, format_amount

Word = Literal["waiting", "held", "yours", "paid", "declined", "reversed"]


@dataclass(frozen=True, slots=True)
class PartnerWord:
    """One of the words that partners read, with its date and the whole sentence."""

    word: Word
    on: date | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Step:
    """One moment on the way from click to payout; `node` names its drawing, such as done, next, held or reversed."""

    at: datetime | None
    node: str
    heading: str
    sentence: str
    amount: Money | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Touched:
    """A click, coupon or earlier order that was considered, and why it earned or did not."""

    at: datetime | None
    heading: str
    sentence: str
    won: bool
    ref: str


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """One line of the formula: an amount of money, or a factor such as 12 %."""

    label: str
    kind: Literal["line", "subtotal", "factor", "exact", "total"]
    amount: Money | None = None
    factor: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """The sentences that the partner accepted, with the version and the moment."""

    sentences: tuple[str, ...]
    version_id: str
    version_number: int
    rule: str
    accepted_at: datetime | None
    accepted_by: str
    in_force_from: datetime | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One movement in the books."""

    at: datetime
    entry_id: str
    number: int
    source: str
    destination: str
    actor: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything about one commission."""

    commission_id: str
    agreement_id: str
    partner_name: str
    program_id: str
    program_name: str
    zone: str
    order: str
    kind: str
    conversion_id: str
    amount: Money
    state: str
    state_word: str
    partner: PartnerWord
    holds: tuple[str, ...]
    steps: tuple[Step, ...]
    considered: tuple[Touched, ...]
    promise: Promise
    formula: tuple[FormulaRow, ...]
    rules: tuple[str, ...]
    entries: tuple[EntryRow, ...]
    judged_at: datetime
    judgements: int

    @property
    def text(self) -> str:
        """Return the same as plain lines, to paste into a message."""
        return as_text(self)


def as_text(told: Explanation) -> str:
    """Write an explanation as plain lines, to paste into a message."""
    head = _("%(partner)s, %(kind)s %(order)s: %(amount)s, %(state)s") % {
        "partner": told.partner_name,
        "kind": told.kind,
        "order": told.order,
        "amount": _money(told.amount),
        "state": told.partner.sentence,
    }
    lines = [head, told.commission_id, ""]
    lines += [f"{_moment(step.at, told.zone)} {step.heading}. {step.sentence}".strip() for step in told.steps]
    lines += ["", _("Terms v%(number)s") % {"number": told.promise.version_number}, *told.promise.sentences[:1], ""]
    lines += [f"{row.label}: {_money(row.amount) if row.amount else row.factor}" for row in told.formula]
    return "\n".join(lines)


def _money(amount: Money) -> str:
    return f"{format_amount(amount)} {amount.currency}"


def _moment(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""


def exact_text(amount: Fraction | int, decimals: int) -> str:
    """Write an exact amount of minor units in major units with up to four more decimals than the currency has."""
    scaled = Fraction(amount) / 10**decimals
    places = decimals + 4
    whole = round(scaled * 10**places)
    text = f"{abs(whole):0{places + 1}d}"
    shown = f"{text[:-places]}.{text[-places:]}".rstrip("0").rstrip(".")
    return f"-{shown}" if whole < 0 else shown
