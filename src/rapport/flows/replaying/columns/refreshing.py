"""Bring the columns of a program up to date: all orders once, afterwards those that were judged or booked since."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings

from rapport.apps.commissions.past import last_line, moved_since, newest_judgement
from rapport.apps.conversions.past import stories_between, stories_of_orders
from rapport.apps.conversions.recording import StoryKey
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import all_programs
from rapport.flows.offers import Offer, load_offer
from rapport.flows.replaying.columns.facts import Rows, judged_rows
from rapport.flows.replaying.columns.store import Held, Store
from rapport.kit.ids import earliest_id, made_ms

_PAGE: Final = 500
_FILE: Final = 100_000
"""Orders in one file at most; they are in memory until it is written."""
_MOST_FILES: Final = 24
"""Above so many files all are joined to one."""
_LATE: Final = timedelta(minutes=15)
"""How much later than its moment a judgement may be committed."""
_LATE_LINES: Final = 5_000
_FIRST: Final = datetime(1971, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9998, 1, 1, tzinfo=UTC)

Tell = Callable[[int], None]


def store_of(program: Program) -> Store:
    """Return where the columns of a program lie."""
    return Store(settings.REPLAYS_FOLDER / program.id)


def refresh(program: Program, *, tell: Tell = lambda _done: None) -> Held:
    """Bring the columns up to date, and return what they hold."""
    store = store_of(program)
    with store.alone():
        held = store.held()
        offer = load_offer(program.id)
        # Read before anything is judged: what happens meanwhile is read again the next time.
        judgement, line = newest_judgement(), last_line()
        begun = replace(held, judgement=judgement, booked_line=line)
        written = _write(store, begun, offer, _changed(program, held), tell)
        joined = _join(store, written) if len(written.files) > _MOST_FILES else written
        if joined != held:
            store.keep(joined)
        return joined


def refresh_all() -> None:
    """Bring the columns of every program that has any up to date, and remove those of programs that are gone."""
    programs = {program.id: program for program in all_programs()}
    for folder in sorted(settings.REPLAYS_FOLDER.glob("prg_*")):
        if folder.name in programs:
            refresh(programs[folder.name])
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _changed(program: Program, held: Held) -> Iterator[list[StoryKey]]:
    if not held.files:
        pages = stories_between(program.id, from_at=_FIRST, until_at=_LAST, size=_PAGE)
        return (keys for keys, _seen in pages)
    since_ms = max(made_ms(held.judgement), 0)
    since = datetime.fromtimestamp(since_ms / 1000, tz=UTC) - _LATE
    after = earliest_id("att", at=since)
    moved = moved_since(program.id, judgement=after, line=held.booked_line, late=(_LATE_LINES, since))
    return _pages(stories_of_orders(moved))


def _pages(keys: Iterable[StoryKey]) -> Iterator[list[StoryKey]]:
    told = sorted(keys)
    return (told[start : start + _PAGE] for start in range(0, len(told), _PAGE))


def _write(store: Store, held: Held, offer: Offer, pages: Iterable[list[StoryKey]], tell: Tell) -> Held:
    done, rows = 0, _rows(held)
    for keys in pages:
        judged_rows(keys, offer, rows)
        tell(done + len(rows.facts))
        if len(rows.facts) >= _FILE:
            held, done = store.add(held, rows.facts, rows.shares), done + len(rows.facts)
            rows = _rows(held)
    return store.add(held, rows.facts, rows.shares) if rows.facts or not held.files else held


def _rows(held: Held) -> Rows:
    return Rows(max(held.files, default=0) + 1, [], [])


def _join(store: Store, held: Held) -> Held:
    """Write all files as one; numbers of orders stay, so that their shares are found."""
    number = max(held.files) + 1
    facts, shares = store.views(held)
    with store.engine() as engine:
        for kind, read, order in (("facts", facts, "day"), ("shares", shares, "no, place")):
            path = store.file(kind, number)
            engine.execute(
                f"COPY (SELECT * FROM ({read}) ORDER BY {order}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - statements of ours
            )
    return replace(held, files=(number,))
