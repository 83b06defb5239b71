"""What a page shows of a replay, in the console and behind a shared link: rows with names and money, charts, files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from rapport.domain.money import Money, decimals_of
from rapport.doors.ui.charts import Chart, Series, bars
from rapport.doors.ui.replay_rows import CashMonth, Grouping, OrderRow, Reader, Row, ShownReplay
from rapport.doors.ui.sheets import Cell, Exact, csv_answer
from rapport.flows.replaying.result import Group, Order, Replayed
from rapport.flows.replaying.tables import TABLES, key_words, plain, table_of

ROWS_SHOWN = 50
"""Partners or products on the page; the file has all of them."""
BARS_SHOWN = 5
_LONGEST_LABEL = 9


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
