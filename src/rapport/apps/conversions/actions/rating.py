"""Give orders in a foreign currency the rate of their day; it stands on them from then on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.reading import Frame, ReadConversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.rates.queries import rate_for, rates_for
from rapport.apps.record.write import update_rows
from rapport.domain.days import day_of
from rapport.domain.exchange import Pair, Rate
from rapport.kit.clock import to_ms

RATED = ("rate", "rate_day", "rate_source", "awaits_rate")

Rates = Mapping[tuple[Pair, date], Rate | None]


def meet_rates(frame: Frame, reports: Iterable[ReadConversion]) -> Rates:
    """Ask for the rates that these reports need; nothing is asked for the program's own currency."""
    foreign = [report for report in reports if report.given.currency != frame.currency]
    if not foreign:
        return {}
    wanted = (((report.given.currency, frame.currency), _day(frame, report.occurred_at)) for report in foreign)
    return rates_for(frame.workspace_id, wanted)


def rate_columns(frame: Frame, report: ReadConversion, rates: Rates) -> dict[str, object]:
    """Return the columns by which a new order says its rate; none for one in the program's own currency."""
    if report.given.currency == frame.currency:
        return {}
    return _columns(rates[(report.given.currency, frame.currency), _day(frame, report.occurred_at)])


def rate_again(frame: Frame, conversion: Conversion) -> None:
    """Give a foreign order whose moment moved to another day the rate of that day."""
    if not conversion.is_foreign:
        return
    rate = rate_for(frame.workspace_id, (conversion.currency, frame.currency), day=_day(frame, conversion.occurred_at))
    if rate is not None:
        _note(conversion, rate)


def can_be_rated(conversions: Sequence[Conversion], *, frame: Frame) -> list[Conversion]:
    """Return those of these waiting orders of whose day a rate is known now."""
    days = {row.id: ((row.currency, frame.currency), _day(frame, row.occurred_at)) for row in conversions}
    rates = rates_for(frame.workspace_id, days.values())
    return [row for row in conversions if rates[days[row.id]]]


def rate_waiting(conversions: Sequence[Conversion], *, frame: Frame) -> Touched:
    """Give orders that wait the rate of their day where it is known now, inside the caller's transaction."""
    days = {row.id: ((row.currency, frame.currency), _day(frame, row.occurred_at)) for row in conversions}
    rates = rates_for(frame.workspace_id, days.values())
    rated = [row for row in conversions if rates[days[row.id]]]
    for row in rated:
        _note(row, rates[days[row.id]])
    update_rows(rated, RATED)
    return Touched.by(rated)


def _note(conversion: Conversion, rate: Rate | None) -> None:
    for name, value in _columns(rate).items():
        setattr(conversion, name, value)


def _columns(rate: Rate | None) -> dict[str, object]:
    if rate is None:
        return {"awaits_rate": True}
    return {"rate": rate.text, "rate_day": rate.day, "rate_source": rate.source, "awaits_rate": False}


def _day(frame: Frame, at: datetime) -> date:
    return day_of(to_ms(at), frame.zone)
