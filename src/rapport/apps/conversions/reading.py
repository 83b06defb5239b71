"""Read a strict input as a fact of one program: amounts in its minor units, moments checked, refusals in sentences."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput, LineInput
from rapport.apps.record.errors import BadInput
from rapport.domain.money import CURRENCIES, BadAmount, UnknownCurrency, parse_amount
from rapport.domain.story import AmountReport

TOO_FAR_AHEAD = timedelta(minutes=5)
TOO_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every report of a program is read against; rates of other currencies are those of its workspace."""

    program_id: str
    currency: str
    kinds: frozenset[str]
    workspace_id: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of the basket with its amounts in minor units."""

    given: LineInput
    price_minor: int
    discount_minor: int
    cost_minor: int | None


NOBODY = frozenset(
    {"0", "-", "-1", "anonymous", "customer", "guest", "n/a", "na", "nil", "none", "null", "undefined", "unknown"}
)
"""What shops write where they do not know the customer, in small letters."""


@dataclass(frozen=True, slots=True)
class ReadConversion:
    """A conversion that can be recorded as it is; not `confirmed` when no server stands behind it, or not yet.

    `proven` when a server sent it, even one that calls it pending: what it names is no hearsay.
    """

    given: ConversionInput
    amounts: AmountReport
    lines: tuple[ReadLine, ...]
    occurred_at: datetime
    received_at: datetime
    confirmed: bool = True
    proven: bool = True

    @property
    def customer_key(self) -> str:
        """Return whose order it is, or nothing where the id means nobody: strangers must not become one customer."""
        return "" if self.given.customer_id.casefold() in NOBODY else self.given.customer_id


@dataclass(frozen=True, slots=True)
class ReadCorrection:
    """A correction that can be recorded as it is; amounts are deltas, negative takes away."""

    given: CorrectionInput
    external_id: str
    parts: Mapping[str, int | None]
    occurred_at: datetime
    received_at: datetime


def read_conversion(
    given: ConversionInput, *, frame: Frame, received_at: datetime, confirmed: bool = True, proven: bool | None = None
) -> ReadConversion:
    """Read a conversion; raises `BadInput` with a sentence for every field that cannot be used.

    What is not confirmed is not `proven` either, unless its caller says that a server sent it.
    """
    reader = _Reader(frame, given.currency)
    if given.kind not in frame.kinds:
        reader.refuse("kind", _kinds_sentence(frame))
    amounts = AmountReport(
        revision=given.revision,
        total_minor=reader.amount("total", given.total),
        tax_minor=reader.amount("tax", given.tax),
        shipping_minor=reader.amount("shipping", given.shipping),
        discount_minor=reader.amount("discount", given.discount),
    )
    if amounts.tax_minor + amounts.shipping_minor > amounts.total_minor:
        reader.refuse(
            "total", _("Tax and shipping together are more than the total. The total is what the customer paid.")
        )
    lines = tuple(_line(reader, position, line) for position, line in enumerate(given.lines))
    occurred_at = reader.moment(given.occurred_at, received_at)
    reader.finish()
    return ReadConversion(
        given, amounts, lines, occurred_at, received_at, confirmed, confirmed if proven is None else proven
    )


def read_correction(given: CorrectionInput, *, frame: Frame, received_at: datetime) -> ReadCorrection:
    """Read a correction; raises `BadInput` with a sentence for every field that cannot be used."""
    reader = _Reader(frame, given.currency)
    if given.of_kind not in frame.kinds:
        reader.refuse("of_kind", _kinds_sentence(frame))
    amends = given.kind == "amendment"
    parts = {
        name: reader.delta(name, getattr(given, name), amends=amends)
        for name in ("total", "tax", "shipping", "discount")
    }
    occurred_at = reader.moment(given.occurred_at, received_at)
    reader.finish()
    external_id = given.external_id or _own_number(given, parts["total"], foreign=given.currency != frame.currency)
    return ReadCorrection(given, external_id, parts, occurred_at, received_at)


class _Reader:
    """Collects the refusals of one report, so that all are told at once."""

    def __init__(self, frame: Frame, currency: str) -> None:
        self.frame = frame
        self.problems: dict[str, str] = {}
        self.currency = self._currency(currency)

    def refuse(self, field: str, sentence: str) -> None:
        self.problems.setdefault(field, sentence)

    def finish(self) -> None:
        if self.problems:
            raise BadInput(_("Some fields need another look."), fields=self.problems)

    def _currency(self, currency: str) -> str:
        """Return the currency that the amounts are read in: any that is one."""
        if currency in CURRENCIES:
            return currency
        self.refuse("currency", UnknownCurrency(currency).sentence(_))
        return self.frame.currency

    def amount(self, field: str, text: str, *, negative: bool = False) -> int:
        try:
            return parse_amount(text, self.currency, signed=negative).minor
        except BadAmount as error:
            self.refuse(field, error.sentence(_))
            return 0

    def delta(self, field: str, text: str | None, *, amends: bool) -> int | None:
        if text is None:
            return None
        minor = self.amount(field, text, negative=amends)
        return minor if amends else -minor

    def moment(self, given: datetime | None, received_at: datetime) -> datetime:
        if given is not None and given > received_at + TOO_FAR_AHEAD:
            self.refuse("occurred_at", _("This moment is in the future. Check the clock and the time zone."))
        if given is not None and given < TOO_LONG_AGO:
            self.refuse("occurred_at", _("This moment lies before any order on the web. Check the year."))
        return given or received_at


def _line(reader: _Reader, position: int, line: LineInput) -> ReadLine:
    return ReadLine(
        given=line,
        price_minor=reader.amount(f"lines.{position}.price", line.price),
        discount_minor=reader.amount(f"lines.{position}.discount", line.discount),
        cost_minor=None if line.cost is None else reader.amount(f"lines.{position}.cost", line.cost),
    )


def _kinds_sentence(frame: Frame) -> str:
    return _("The terms of this program do not name this kind. They name: %(kinds)s.") % {
        "kinds": ", ".join(sorted(frame.kinds)) or _("none yet")
    }


def _own_number(given: CorrectionInput, total_minor: int | None, *, foreign: bool) -> str:
    """Make an id for a correction that came without: the same order, amount and moment are the same correction.

    However they are written: 10 and 10.00, noon in Berlin and eleven in London.
    """
    amount = ("" if total_minor is None else str(total_minor)) + (given.currency if foreign else "")
    moment = given.occurred_at.astimezone(UTC).isoformat() if given.occurred_at else ""
    told = f"{given.kind}\n{given.of_kind}\n{given.of}\n{amount}\n{moment}"
    return f"hash:{hashlib.sha256(told.encode()).hexdigest()[:32]}"
