"""The rows of a replay's page: figures with names, money and the pages that they lead to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rapport.domain.money import Money
from rapport.doors.ui.charts import Chart
from rapport.flows.replaying.result import Figures, Order, Replayed

UrlOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """The figures under one key, with its name and the page that it leads to."""

    words: str
    url: str
    figures: Figures
    currency: str

    def _money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    @property
    def then(self) -> Money:
        """Return what was paid."""
        return self._money(self.figures.then_minor)

    @property
    def now(self) -> Money:
        """Return what the draft would pay."""
        return self._money(self.figures.now_minor)

    @property
    def present(self) -> Money:
        """Return what today's terms would pay."""
        return self._money(self.figures.present_minor)

    @property
    def engine(self) -> Money:
        """Return what the engine says to what was promised."""
        return self._money(self.figures.engine_minor)

    @property
    def difference(self) -> Money:
        """Return by how much more it would be."""
        return self._money(self.figures.difference_minor)

    @property
    def margin_then(self) -> Money | None:
        """Return the margin then, where cost was told."""
        return self._money(self.figures.margin_then_minor) if self.figures.costed else None

    @property
    def margin_now(self) -> Money | None:
        """Return the margin by the draft."""
        return self._money(self.figures.margin_now_minor) if self.figures.costed else None

    @property
    def rate_then(self) -> Fraction | None:
        """Return which part of the basis was paid, to a hundredth of a percent."""
        return _hundredths(self.figures.rate_then)

    @property
    def rate_now(self) -> Fraction | None:
        """Return which part of the basis would be paid."""
        return _hundredths(self.figures.rate_now)


@dataclass(frozen=True, slots=True)
class Grouping:
    """One table with its chart: by partner, product or month; `more` rows stand in the file alone."""

    name: str
    heading: str
    column: str
    chart: Chart | None
    rows: tuple[Row, ...]
    more: int


@dataclass(frozen=True, slots=True)
class CashMonth:
    """What becomes payable and is paid out in one month."""

    words: str
    payable_then: Money
    payable_now: Money
    paid_then: Money
    paid_now: Money


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order that would pay something else, with who earned and who would."""

    order: Order
    url: str
    then: Money
    now: Money
    difference: Money
    earner_then: str
    earner_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownReplay:
    """Everything that a page shows of a replay."""

    replayed: Replayed
    totals: Row
    winners: tuple[Row, ...]
    losers: tuple[Row, ...]
    won: Money
    lost: Money
    by: str
    tabs: tuple[tuple[str, str], ...]
    grouping: Grouping | None
    cash_chart: Chart | None
    cash: tuple[CashMonth, ...]
    waiting_then: Money
    waiting_now: Money
    orders: tuple[OrderRow, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: under which names partners stand, and where partners and orders lead; empty for nowhere."""

    names: Mapping[str, str]
    partner_url: UrlOf = lambda _key: ""
    order_url: UrlOf = lambda _key: ""


def _hundredths(ratio: Fraction | None) -> Fraction | None:
    return None if ratio is None else Fraction(round(ratio * 10_000), 10_000)
