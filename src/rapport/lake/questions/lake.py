"""The lake as others see it: ask a question, get rows; any thread may ask while ingest and upkeep run."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from rapport.lake.days import MS_IN_DAY, Span, Step, day_number, spans_between
from rapport.lake.questions.answering import NONE, Columns, Engine, Memory, Row, clicks_text, counted_text
from rapport.lake.questions.answers import (
    EVERYTHING,
    ClickFacts,
    ClickRow,
    DayRow,
    Dimension,
    Filter,
    GroupRow,
    PairRow,
    PeopleRow,
    SpanRow,
    Stretch,
    StretchRow,
    SubId,
    Totals,
    VisitsRow,
)
from rapport.lake.questions.holdings import Holding, Holdings
from rapport.lake.questions.minting import minted_ms, tails_of
from rapport.lake.questions.plan import newest_first, plan, raw_files
from rapport.lake.spill import own_spill
from rapport.lake.visitors import network_text
from rapport.wire.events import SUB_IDS

_COLUMNS = {"program": "program_id", "agreement": "agreement_id", "link": "link_id", "referrer": "referrer_host"}
_COUNTED_AHEAD = frozenset({"program", "agreement", "link"})
_DIMENSIONS = frozenset((*get_args(Dimension), *get_args(SubId)))
_AROUND_MINTING_MS = 60_000  # an event's moment is its click id's; a minute costs nothing and forgives a difference
_SHIFTS = (-_AROUND_MINTING_MS, _AROUND_MINTING_MS)


class Lake:
    """Answers questions about the clicks under one folder; without any clicks the answers are zeros."""

    def __init__(self, folder: Path) -> None:
        self._holdings = Holdings(folder)
        self._engine = Engine(own_spill(folder))
        self._memory = Memory()

    def totals(self, about: Filter = EVERYTHING) -> Totals:
        """Return the number of visits."""
        rows = self._ask_counted("totals", about=about, by_whole_days=True)
        return Totals(**rows[0]) if rows else Totals()

    def series(self, about: Filter, zone: str, step: Step) -> list[SpanRow]:
        """Return the visits of each hour, day, week or month of a time zone, those without any included.

        The spans reach over the filter's moments; where one is open, from the first or to the last click.
        """
        spans = self._spans(about, zone=zone, step=step)
        counted = {row["place"]: row for row in self._ask_counted("series", about=about, given=_cut(spans))}
        return [_span_row(span, counted.get(place)) for place, span in enumerate(spans)]

    def clicks_per_day(self, about: Filter, zone: str) -> list[DayRow]:
        """Return the visits of each day of a time zone such as Europe/Berlin, days without any included."""
        return [
            DayRow(row.on, gross=row.gross, net=row.net, bots=row.bots, framed=row.framed)
            for row in self.series(about, zone, "day")
        ]

    def people_per_day(self, about: Filter, zone: str) -> list[PeopleRow]:
        """Return how many different people came on each day: exact, save that a new month's key knows nobody."""
        spans = self._spans(about, zone=zone, step="day")
        rows = self._ask("people_per_day", about=about, given=_cut(spans)) if spans else []
        came = {row["place"]: (row["people"], row["everybody"]) for row in rows}
        return [PeopleRow(span.on, *came.get(place, (0, 0))) for place, span in enumerate(spans)]

    def clicks_by(self, about: Filter, dimension: Dimension | SubId, *, limit: int = 1_000) -> list[GroupRow]:
        """Return the visits under each key of a dimension, the most visited first, at most `limit` keys.

        Raises:
            ValueError: there is no such dimension.
        """
        columns, given = {"dimension": _column(dimension)}, {"limit": limit}
        if dimension in _COUNTED_AHEAD:
            rows = self._ask_counted("counted_by", about=about, columns=columns, given=given, by_whole_days=True)
        else:
            rows = self._ask("clicks_by", about=about, columns=columns, given=given)
        return [GroupRow(**row) for row in rows]

    def views_by(self, about: Filter, dimension: Dimension | SubId, *, limit: int = 1_000) -> dict[str, int]:
        """Return the impressions that people saw under each key of a dimension, the most seen first.

        Raises:
            ValueError: there is no such dimension.
        """
        columns, given = {"dimension": _column(dimension)}, {"limit": limit}
        if dimension in _COUNTED_AHEAD:
            rows = self._ask_counted("counted_views", about=about, columns=columns, given=given, by_whole_days=True)
        else:
            rows = self._ask("views_by", about=about, columns=columns, given=given)
        return {row["key"]: row["views"] for row in rows}

    def clicks_by_two(
        self, about: Filter, first: Dimension | SubId, second: Dimension | SubId, *, limit: int = 1_000
    ) -> list[PairRow]:
        """Return the visits under each pair of keys of two dimensions, the most visited first.

        Raises:
            ValueError: there is no such dimension.
        """
        columns = {"first": _column(first), "second": _column(second)}
        return [
            PairRow(**row) for row in self._ask("clicks_by_two", about=about, columns=columns, given={"limit": limit})
        ]

    def paid_visits(self, about: Filter) -> list[VisitsRow]:
        """Return by agreement the clicks and impressions of people that terms may pay for."""
        return [VisitsRow(**row) for row in self._ask("paid_visits", about=about)]

    def handed_out_in(self, stretches: Sequence[Stretch]) -> dict[str, StretchRow]:
        """Return how many clicks of people links handed out, each in a stretch of its own; absent without any."""
        if not stretches:
            return {}
        about = Filter(from_ms=min(stretch.from_ms for stretch in stretches))
        given = {
            "asked_links": [stretch.link_id for stretch in stretches],
            "asked_froms": [stretch.from_ms for stretch in stretches],
            "asked_settles": [stretch.settle_ms for stretch in stretches],
            "asked_days": [stretch.day_ms for stretch in stretches],
        }
        rows = self._ask("capped", about=about, given=given)
        return {row["link_id"]: StretchRow(row["clicks"], row["settled"], row["of_day"]) for row in rows}

    def clicks_of(self, about: Filter, *, limit: int) -> list[ClickRow]:
        """Return clicks as they lie, partner by partner and link by link, at most `limit`: the quickest way to many."""
        return [_click_row(row) for row in self._ask("clicks_of", about=about, given={"limit": limit})]

    def facts_of(self, click_ids: Collection[str]) -> dict[str, ClickFacts]:
        """Return what is known of the clicks by their ids; ids that the lake does not hold are absent."""
        moments = {click_id: moment for click_id in click_ids if (moment := minted_ms(click_id)) is not None}
        if not moments:
            return {}
        days = {(moment + shift) // MS_IN_DAY for moment in moments.values() for shift in _SHIFTS}
        rows = self._ask("facts_of", about=_around(moments.values()), on_days=days, given=_named(moments))
        return {row["click_id"]: ClickFacts(**_with_subs(row)) for row in rows}

    def latest(self, about: Filter, limit: int) -> list[ClickRow]:
        """Return the last clicks, the newest first; marked ones, test clicks and impressions included."""
        given: Row = {"limit": limit, "click_id": None, "tails": None}
        rows: list[Row] = []
        days = newest_first(about, clicks=self._holdings.now().clicks)
        # Twice as many days each time: what was clicked last is asked for often, and lies in the last days.
        width, first = 1, 0
        while first < len(days) and len(rows) < limit:
            rows = self._ask("latest", about=about, given=given, on_days=set(map(day_number, days[: first + width])))
            width, first = width * 2, first + width
        return [_click_row(row) for row in rows]

    def click(self, click_id: str) -> ClickRow | None:
        """Return one click by its id, None when the lake does not hold it."""
        moment = minted_ms(click_id)
        if moment is None:
            return None
        given = {"limit": 1, "click_id": click_id, "tails": tails_of(click_id)}
        rows = self._ask("latest", about=_around([moment]), given=given)
        return _click_row(rows[0]) if rows else None

    def _spans(self, about: Filter, *, zone: str, step: Step) -> list[Span]:
        if about.from_ms is None or about.until_ms is None:
            rows = self._ask_counted("span", about=about)
            if not rows or rows[0]["first_ms"] is None:
                return []
            first_ms = rows[0]["first_ms"] if about.from_ms is None else about.from_ms
            end_ms = rows[0]["last_ms"] + 1 if about.until_ms is None else about.until_ms
            return spans_between(first_ms, end_ms, zone=zone, step=step)
        return spans_between(about.from_ms, about.until_ms, zone=zone, step=step)

    def _ask_counted(
        self,
        question: str,
        *,
        about: Filter,
        given: Row | None = None,
        columns: Columns = NONE,
        by_whole_days: bool = False,
    ) -> list[Row]:
        """Run a question over what is counted; no rows where there is nothing to read."""

        def find(holding: Holding) -> list[Row]:
            chosen = plan(about, clicks=holding.clicks, rolls=holding.rolls, by_whole_days=by_whole_days)
            if not chosen.parts():
                return []
            text = counted_text(question, parts=chosen.parts(), columns=columns)
            return self._engine.rows(text, {**chosen.given(), **asdict(about), **(given or {})})

        return self._remembered((question, about, given, columns), find)

    def _ask(
        self,
        question: str,
        *,
        about: Filter,
        given: Row | None = None,
        columns: Columns = NONE,
        on_days: Collection[int] | None = None,
    ) -> list[Row]:
        """Run a question over the clicks themselves; `on_days` are the only UTC days worth opening."""

        def find(holding: Holding) -> list[Row]:
            wanted = {
                day: paths for day, paths in holding.clicks.items() if on_days is None or day_number(day) in on_days
            }
            files = raw_files(about, clicks=wanted)
            text = clicks_text(question, columns=columns)
            return self._engine.rows(text, {"files": files, **asdict(about), **(given or {})}) if files else []

        return self._remembered((question, about, given, columns, on_days), find)

    def _remembered(self, asked: Sequence[object], find: Callable[[Holding], list[Row]]) -> list[Row]:
        holding = self._holdings.now()
        return self._memory.answer(holding.version, repr(asked), lambda: find(holding))


def _column(dimension: Dimension | SubId) -> str:
    if dimension not in _DIMENSIONS:
        raise ValueError(f"{dimension!r} is no dimension of clicks; take one of {', '.join(sorted(_DIMENSIONS))}")
    return _COLUMNS.get(dimension, dimension)


def _cut(spans: Sequence[Span]) -> Row:
    return {
        "places": list(range(len(spans))),
        "starts": [span.starts_ms for span in spans],
        "ends": [span.ends_ms for span in spans],
    }


def _span_row(span: Span, counted: Row | None) -> SpanRow:
    figures = {name: counted[name] if counted else 0 for name in ("gross", "net", "bots", "framed")}
    return SpanRow(span.on, span.starts_ms, **figures)


def _named(click_ids: Collection[str]) -> Row:
    return {"click_ids": list(click_ids), "tails": [tail for click_id in click_ids for tail in tails_of(click_id)]}


def _around(moments: Collection[int]) -> Filter:
    return Filter(from_ms=min(moments) - _AROUND_MINTING_MS, until_ms=max(moments) + _AROUND_MINTING_MS + 1)


def _with_subs(row: Row) -> Row:
    """Return the row with its ten sub-id columns as one mapping of those that are set."""
    rest = row.copy()  # the row itself is remembered
    rest["subs"] = {name: value for name in SUB_IDS if (value := rest.pop(name))}
    return rest


def _click_row(row: Row) -> ClickRow:
    told = _with_subs(row)
    told["address_network"] = network_text(told["address_network"])
    return ClickRow(**told)
