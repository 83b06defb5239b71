"""What the lake costs and how soon it answers, over a year of invented clicks (`bench/support/year.py`).

Figures, each with its bound:

  bytes_per_click    the clicks table on disk divided by its clicks (at most 36)
  rolls_bytes        what is counted ahead, on disk, for each click
  ingest_per_s       clicks a second out of a journal into the table, decoding, recognising and syncing included; by two
                     threads, of a backlog long enough for both (at least 200,000 promised on two free cores)
  ingest_per_cpu_s   the same by a second of processor time
  series_90d         a partner's clicks per day over 90 days, days of Europe/Berlin
  hourly_week        a program's clicks per hour over a week
  top50_year         the fifty partners with most clicks of a program in a year
  raw_month          the first thousand of a partner's clicks of a closed month, one by one
  adhoc              country by device over 30 days, through Rapport's question
  adhoc_ratio        the same divided by the same question in plain DuckDB on the same files (at most 1.25)
  *_p95_ms           of so many askings, each for another partner or program, nothing remembered (at most 100)
  *_cpu_ms           processor time of one asking, all threads together: what a busy machine blurs less
  resident_mb        the most memory that this process held (at most 2,000)

Repeat it whole: `python -m bench.lake --clicks 100_000_000`; it needs 5 GB of disk and about an hour. `--keep FOLDER`
keeps the year there and takes it from there the next time. The last line is the same as JSON.
"""

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb

from bench.support.segments import write_segments
from bench.support.year import Year, agreement_id, fill, program_of
from rapport.lake.ingest import ingest
from rapport.lake.questions import Filter
from rapport.lake.questions.lake import Lake
from rapport.lake.table import files_by_day, open_clicks
from rapport.lake.upkeep import rebuild

UNTIL = date(2026, 11, 30)
ZONE = "Europe/Berlin"
DAY_MS = 86_400_000
_WARMING = 3
Figures = dict[str, float]


def main() -> None:
    """Fill, ask, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--clicks", type=lambda text: int(text.replace("_", "")), default=5_000_000)
    options.add_argument("--askings", type=int, default=40, help="how often each question is asked (40)")
    options.add_argument("--ingest", type=int, default=1_200_000, help="clicks of the journal taken in (1,200,000)")
    options.add_argument("--keep", type=Path, help="a folder for the year, used again if it is there")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        year = Year(asked.clicks, UNTIL)
        _fill_once(folder / "lake", year)
        figures = {"clicks": float(asked.clicks), **_sizes(folder / "lake"), **_ingest(Path(scratch), asked.ingest)}
        figures |= _questions(folder / "lake", year=year, askings=asked.askings)
    figures["resident_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    for name, figure in figures.items():
        print(f"{name:<24}{figure:>16,.2f}")
    print(json.dumps({name: round(figure, 3) for name, figure in figures.items()}))


def _fill_once(lake: Path, year: Year) -> None:
    if (lake / "rolls").exists():
        return
    began, done = time.monotonic(), 0
    for number, clicks in enumerate(fill(lake, year), start=1):
        done += clicks
        if number % 30 == 0:
            print(f"{number} days, {done:,} clicks, {time.monotonic() - began:.0f} s", file=sys.stderr)
    counted = rebuild(lake, now_ms=_ms(UNTIL + timedelta(days=1)))
    print(f"{counted.counted} days counted, {time.monotonic() - began:.0f} s", file=sys.stderr)


def _sizes(lake: Path) -> Figures:
    table = open_clicks(lake)
    files = [path for paths in files_by_day(table).values() for path in paths]
    [[clicks]] = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [files]).fetchall()
    held = sum(Path(path).stat().st_size for path in files)
    rolls = sum(path.stat().st_size for path in (lake / "rolls").iterdir())
    return {"bytes_per_click": held / clicks, "rolls_bytes": rolls / clicks}


def _ingest(scratch: Path, clicks: int) -> Figures:
    journal, lake = scratch / "journal", scratch / "fresh"
    write_segments(journal, clicks=clicks, at_ms=_ms(UNTIL) - DAY_MS)
    began, cpu_began = time.monotonic(), time.process_time()
    taken = ingest(journal=journal, lake=lake, now_ms=_ms(UNTIL))
    seconds, cpu_s = time.monotonic() - began, time.process_time() - cpu_began
    return {"ingest_per_s": taken.clicks / seconds, "ingest_per_cpu_s": taken.clicks / cpu_s}


def _questions(folder: Path, *, year: Year, askings: int) -> Figures:
    lake, chance, end = Lake(folder), random.Random(year.seed), _ms(UNTIL)
    midnight = _ms(UNTIL, hour=-1)  # Berlin's

    def partner() -> int:
        return int(year.partners * chance.random() ** 3)

    def series() -> object:
        about = Filter(agreement_id=agreement_id(partner()), from_ms=midnight - 90 * DAY_MS, until_ms=midnight)
        return lake.clicks_per_day(about, ZONE)

    def hourly() -> object:
        last = midnight - chance.randrange(300) * DAY_MS
        return lake.series(
            Filter(program_id=program_of(partner()), from_ms=last - 7 * DAY_MS, until_ms=last), ZONE, "hour"
        )

    def top() -> object:
        last = end - chance.randrange(20) * DAY_MS
        about = Filter(program_id=program_of(partner()), from_ms=last - 340 * DAY_MS, until_ms=last)
        return lake.clicks_by(about, "agreement", limit=50)

    def raw() -> object:
        first = _ms(date(2026, chance.randrange(1, 11), 1))
        about = Filter(agreement_id=agreement_id(partner()), from_ms=first, until_ms=first + 30 * DAY_MS)
        return lake.clicks_of(about, limit=1_000)

    figures: Figures = {}
    for name, ask in {"series_90d": series, "hourly_week": hourly, "top50_year": top, "raw_month": raw}.items():
        cpu_began = time.process_time()
        figures[f"{name}_p95_ms"] = _p95_ms(ask, askings)
        figures[f"{name}_cpu_ms"] = (time.process_time() - cpu_began) * 1_000 / (askings + _WARMING)
    return figures | _adhoc(lake, folder, end=end, askings=max(6, askings // 4))


def _adhoc(lake: Lake, folder: Path, *, end: int, askings: int) -> Figures:
    """Ask both ways in turns, so that what else the machine does falls on both."""
    clicks = files_by_day(open_clicks(folder))
    plain = duckdb.connect()
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(askings):
        last = end - number * DAY_MS
        files = [path for day, paths in clicks.items() if last - 30 * DAY_MS <= _ms(day) < last for path in paths]
        ours.append(_seconds(partial(_ask_two, lake, Filter(from_ms=last - 30 * DAY_MS, until_ms=last))))
        theirs.append(_seconds(partial(_ask_plain, plain, files)))
    ours_s, theirs_s = statistics.median(ours), statistics.median(theirs)
    return {"adhoc_ms": ours_s * 1_000, "adhoc_plain_ms": theirs_s * 1_000, "adhoc_ratio": ours_s / theirs_s}


def _ask_two(lake: Lake, about: Filter) -> object:
    return lake.clicks_by_two(about, "country", "device")


def _ask_plain(plain: duckdb.DuckDBPyConnection, files: list[str]) -> object:
    return plain.execute(_PLAIN, [files]).fetchall()


_PLAIN = """
SELECT country, device, count(*), count(*) FILTER (WHERE NOT bot AND NOT framed), count(*) FILTER (WHERE bot),
    count(*) FILTER (WHERE framed AND NOT bot)
FROM read_parquet(?) WHERE NOT test AND NOT "view" GROUP BY ALL ORDER BY 3 DESC LIMIT 1000
"""


def _p95_ms(ask: Callable[[], object], askings: int) -> float:
    for _ in range(_WARMING):
        ask()
    return statistics.quantiles([_seconds(ask) * 1_000 for _ in range(askings)], n=20)[-1]


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _ms(day: date, *, hour: int = 0) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + hour * 3_600) * 1_000


if __name__ == "__main__":
    main()
