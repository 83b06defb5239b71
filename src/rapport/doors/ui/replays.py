"""What a page shows of a replay, in the console and behind a shared link: rows with names and money, charts, files."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.http import HttpResponse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from rapport.apps.replays.models import Replay
from rapport.domain.money import Money, decimals_of
from rapport.doors.ui.charts import Chart, Series, bars
from rapport.doors.ui.sheets import Cell, Exact, csv_answer
from rapport.flows.replaying.result import Figures, Group, Order, Replayed, from_document
from rapport.flows.replaying.tables import TABLES, key_words, plain, table_of

ROWS_SHOWN = 50
"""Partners or products on the page; the file has all of them."""
BARS_SHOWN = 5
_LONGEST_LABEL = 9

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


def anonymous(replayed: Replayed) -> dict[str, str]:
    """Return names that tell partners apart and nothing else, in the order of the table."""
    known = dict.fromkeys([group.key for group in replayed.by_partner])
    for order in replayed.orders:
        known.update(dict.fromkeys(filter(None, (order.earner_then, order.earner_now))))
    return {key: _("Partner %(n)s") % {"n": number} for number, key in enumerate(known, 1)}


def shown_replay(replayed: Replayed, reader: Reader, *, by: str = "") -> ShownReplay:
    """Return a replay as its reader sees it, with one of its tables in detail."""
    currency = replayed.currency
    winners, losers = (_rows(groups, currency, reader) for groups in (replayed.winners, replayed.losers))
    months = _cash(replayed)
    return ShownReplay(
        replayed=replayed,
        totals=Row("", "", replayed.totals, currency),
        winners=winners,
        losers=losers,
        won=Money(sum(row.figures.difference_minor for row in winners), currency),
        lost=Money(sum(row.figures.difference_minor for row in losers), currency),
        by=by if by in TABLES else TABLES[0],
        tabs=(
            *(("partners", _("By partner")), ("products", _("By product")), ("months", _("By month"))),
            *(("calendar", _("Cash calendar")), ("orders", _("Orders that move most"))),
        ),
        grouping=_grouping_of(replayed, by, reader),
        cash_chart=_cash_chart(months),
        cash=months,
        waiting_then=Money(replayed.waiting_then_minor, currency),
        waiting_now=Money(replayed.waiting_now_minor, currency),
        orders=tuple(_order(order, currency, reader) for order in replayed.orders),
    )


def csv_of(replayed: Replayed, name: str, *, names: Mapping[str, str], file_name: str) -> HttpResponse:
    """Return one table of a replay as a file."""
    table = table_of(replayed, name, names=names)
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    return csv_answer(f"{file_name}-{name}", head=table.head, rows=rows)


def _cell(cell: object) -> Cell:
    told = plain(cell)  # type: ignore[arg-type]  # a cell of a table of ours
    return told if isinstance(cell, str | int) else Exact(told)


def _rows(groups: Sequence[Group], currency: str, reader: Reader) -> tuple[Row, ...]:
    return tuple(
        Row(reader.names.get(one.key, one.key), reader.partner_url(one.key), one.figures, currency) for one in groups
    )


def _products(replayed: Replayed) -> tuple[Row, ...]:
    return tuple(Row(key_words(one.key), "", one.figures, replayed.currency) for one in replayed.by_product)


def _months(replayed: Replayed) -> tuple[Row, ...]:
    return tuple(Row(_month_words(one.key), "", one.figures, replayed.currency) for one in replayed.by_month)


def _grouping_of(replayed: Replayed, by: str, reader: Reader) -> Grouping | None:
    if by in {"calendar", "orders"}:
        return None
    if by == "products":
        return _grouping(by, _("By product"), _("Product"), _products(replayed))
    if by == "months":
        return _grouping(by, _("By month"), _("Month"), _months(replayed), all_bars=True)
    partners = _rows(replayed.by_partner, replayed.currency, reader)
    return _grouping("partners", _("By partner"), _("Partner"), partners)


def _grouping(name: str, heading: str, column: str, rows: tuple[Row, ...], *, all_bars: bool = False) -> Grouping:
    most = len(rows) if all_bars else ROWS_SHOWN
    drawn = rows if all_bars else rows[:BARS_SHOWN]
    return Grouping(name, heading, column, _chart(drawn), rows[:most], len(rows[most:]))


def _chart(rows: Sequence[Row]) -> Chart | None:
    if not rows:
        return None
    return bars(
        labels=[_short(row.words) for row in rows],
        series=[
            Series(_("then"), tuple(_major(row.then) for row in rows)),
            Series(_("draft"), tuple(_major(row.now) for row in rows)),
        ],
    )


def _cash(replayed: Replayed) -> tuple[CashMonth, ...]:
    months: dict[str, Counter[str]] = {}
    for day in replayed.calendar:
        months.setdefault(f"{day.on:%Y-%m}", Counter()).update(
            {
                "payable_then": day.payable_then_minor,
                "payable_now": day.payable_now_minor,
                "paid_then": day.paid_then_minor,
                "paid_now": day.paid_now_minor,
            }
        )
    return tuple(
        CashMonth(_month_words(key), *(Money(months[key][name], replayed.currency) for name in _CASH))
        for key in sorted(months)
    )


_CASH = ("payable_then", "payable_now", "paid_then", "paid_now")


def _cash_chart(months: Sequence[CashMonth]) -> Chart | None:
    if not months:
        return None
    return bars(
        labels=[_short(month.words) for month in months],
        series=[
            Series(_("then"), tuple(_major(month.paid_then) for month in months)),
            Series(_("draft"), tuple(_major(month.paid_now) for month in months)),
        ],
    )


def _order(order: Order, currency: str, reader: Reader) -> OrderRow:
    return OrderRow(
        order=order,
        url=reader.order_url(order.conversion_id),
        then=Money(order.then_minor, currency),
        now=Money(order.now_minor, currency),
        difference=Money(order.difference_minor, currency),
        earner_then=reader.names.get(order.earner_then, order.earner_then),
        earner_now=reader.names.get(order.earner_now, order.earner_now),
    )


def _month_words(key: str) -> str:
    first = date.fromisoformat(f"{key}-01")
    return f"{MONTHS[first.month][:3]} {first:%y}"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1].rstrip()}…"


def _major(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-decimals_of(money.currency))


def _hundredths(ratio: Fraction | None) -> Fraction | None:
    return None if ratio is None else Fraction(round(ratio * 10_000), 10_000)


@dataclass(frozen=True, slots=True)
class Reason:
    """The replay that was kept as a reason, in one line; not `is_of_draft` where the draft was changed since."""

    replay: Replay
    difference: Money
    winners: int
    losers: int
    is_of_draft: bool = True


def reason_of(replay: Replay | None, *, digest: str = "") -> Reason | None:
    """Return a kept reason as pages show it."""
    if replay is None or replay.answer is None:
        return None
    answer = from_document(replay.answer)
    difference = Money(answer.totals.difference_minor, answer.currency)
    is_of_draft = digest in {"", replay.digest}
    return Reason(replay, difference, len(answer.winners), len(answer.losers), is_of_draft)
