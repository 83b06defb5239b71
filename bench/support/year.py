"""Invents a year of clicks straight into the lake's table: skewed as traffic is, the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
from arro3.core import Array, DataType, RecordBatchReader, Table

from rapport.lake.closing import replace_day
from rapport.lake.table import open_clicks
from rapport.wire.events import SUB_IDS

DAYS = 365
PROGRAMS = 5
_WEEKEND, _LOUD = {5, 6}, {11, 12}
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64",
    *(f"Linux; Android {version}; {model}" for version in range(9, 16) for model in (
        "K", "SM-S921B", "SM-A546B", "SM-A346B", "Pixel 8", "Pixel 7a", "2201117TY", "M2101K6G", "moto g54", "CPH2477",
    )),
)  # fmt: skip
_HEX = "replace(CAST(uuid() AS VARCHAR), '-', '')"


@dataclass(frozen=True, slots=True)
class Year:
    """How much is invented: clicks over 365 days that end before `until`, by so many partners."""

    clicks: int
    until: date
    partners: int = 2_000
    seed: int = 12

    def days(self) -> Iterator[tuple[date, int]]:
        """Yield each day with its number of clicks: weekends are quieter, the last months of the year louder."""
        days = [self.until - timedelta(days=number) for number in range(DAYS, 0, -1)]
        weights = [(0.8 if day.weekday() in _WEEKEND else 1.08) * (1.5 if day.month in _LOUD else 0.95) for day in days]
        return ((day, round(self.clicks * weight / sum(weights))) for day, weight in zip(days, weights, strict=True))


def fill(lake: Path, year: Year) -> Iterator[int]:
    """Write the year day by day, each as a closed day stands in the lake; yields how many clicks each had."""
    table = open_clicks(lake)
    with duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(lake / "spill")}) as database:
        database.execute(f"SELECT setseed({year.seed / 1000})")
        database.register("agents", _agents(year))
        database.execute(_LINKS, {"partners": year.partners})
        for day, clicks in year.days():
            rows = RecordBatchReader.from_arrow(database.sql(_day(day, clicks, year)))
            replace_day(table, day=day, rows=rows)
            yield clicks


def agreement_id(number: int) -> str:
    """Return the id of a partner's agreement."""
    return f"agr_{number:026}"


def program_of(number: int) -> str:
    """Return the id of the program that a partner's agreement belongs to."""
    return f"prg_{number % PROGRAMS:026}"


def _agents(year: Year) -> Table:
    chance = random.Random(year.seed)
    agents = [
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0 {end}Safari/537.36"
        for system in _SYSTEMS
        for version in range(120, 146)
        for end in ("", "Mobile ")
    ]
    chance.shuffle(agents)
    places = list(range(len(agents)))
    return Table.from_pydict(
        {
            "place": Array(places, DataType.int64()),
            "user_agent": Array(agents, DataType.utf8()),
            "phone": Array(["Android" in agent for agent in agents], DataType.bool()),
        }
    )


def _skewed(count: int, power: float = 3.0) -> str:
    """Return SQL for a number below `count`, the small ones far more often."""
    return f"CAST(floor({count} * pow(random(), {power})) AS BIGINT)"


def _day(day: date, clicks: int, year: Year) -> str:
    """Return SQL for one day. A visitor comes one to three times; a tenth of all are bots, a fiftieth are framed."""
    midnight_ms = (day - date(1970, 1, 1)).days * 86_400_000
    subs = ", ".join(f"'' AS {name}" for name in SUB_IDS[2:])
    return f"""
    WITH visitors AS (
        SELECT {_HEX} AS secret, {_skewed(year.partners)} * 4 + {_skewed(4, 2)} AS link_number,
            {_skewed(3_800, 4)} AS place, random() AS kind, random() AS luck, {_skewed(30, 3)} AS page,
            {_skewed(20, 4)} AS land,
            CAST(86400000 * (0.5 + 0.5 * sin(6.28 * (random() - 0.25)) * random()) AS BIGINT) % 86400000 AS came_ms
        FROM generate_series(1, {max(1, round(clicks / 1.4))})
    ), visits AS (
        SELECT *, {midnight_ms} + least(came_ms + nth * {_skewed(3_600_000, 2)}, 86399999) AS at_ms, {_HEX} AS noise
        FROM (SELECT *, unnest(range(CASE WHEN luck < 0.7 THEN 1 WHEN luck < 0.9 THEN 2 ELSE 3 END)) AS nth
            FROM visitors)
        LIMIT {clicks}
    )
    SELECT DATE '{day.isoformat()}' AS "day", at_ms, link_number,
        8449 AS id_head, unhex(substr(noise, 1, 12) || substr(noise, 18, 2) || substr(noise, 21, 8)) AS id_tail,
        program_id, agreement_id, link_id, code,
        ['', 'top', 'side', 'footer'][1 + page % 4] AS placement, channel, '' AS creative, destination,
        CASE WHEN luck < 0.25 THEN '' ELSE 'https://' || host || '/posts/' || page END AS referrer,
        user_agent, ['de-DE,de;q=0.9', 'en-GB,en;q=0.8', 'nl-NL', 'de-AT'][1 + place % 4] AS "language",
        CASE WHEN page % 3 = 0 THEN 'autumn-' || page ELSE '' END AS sub1,
        CASE WHEN page % 7 = 0 THEN 'mail-' || place % 50 ELSE '' END AS sub2, {subs}, '' AS query,
        CASE WHEN luck < 0.25 THEN '' ELSE host END AS referrer_host,
        CASE WHEN kind < 0.1 THEN 'bot_agent' ELSE '' END AS reason, true AS handed_out, false AS "view",
        kind > 0.9 AS no_consent, false AS test, kind BETWEEN 0.1 AND 0.12 AS framed, kind < 0.1 AS bot,
        false AS repeated, kind < 0.05 AS data_centre, '' AS crawler,
        CASE WHEN kind < 0.1 THEN 'bot' WHEN phone THEN 'phone' ELSE 'desktop' END AS device,
        'Chrome' AS browser, ['DE', 'AT', 'CH', 'NL', 'GB', 'FR', 'PL', 'US', 'IT', 'ES'][1 + land % 10] AS country,
        unhex(substr(secret, 1, 6)) AS address_network,
        unhex(substr(secret, 1, 10) || substr(secret, 18, 2) || substr(secret, 21, 4)) AS address_mark
    FROM visits JOIN agents USING (place) JOIN links USING (link_number)
    ORDER BY program_number, link_number, at_ms
    """


_LINKS = f"""
CREATE TABLE links AS
SELECT
    link_number, partner % {PROGRAMS} AS program_number, printf('prg_%026d', partner % {PROGRAMS}) AS program_id,
    printf('agr_%026d', partner) AS agreement_id, printf('lnk_%026d', link_number) AS link_id,
    printf('c%d', link_number) AS code, ['', 'blog', 'mail'][1 + partner % 3] AS channel,
    printf('https://shop%d.example/offers/%d?rpid=', partner % {PROGRAMS}, link_number % 4) || chr(1) AS destination,
    printf('blog%d.example', partner) AS host
FROM (SELECT unnest(range($partners * 4)) AS link_number, link_number // 4 AS partner)
"""
