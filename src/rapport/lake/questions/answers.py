"""What is asked of the lake and what it answers, as plain values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

SubId = Literal["sub1", "sub2", "sub3", "sub4", "sub5", "sub6", "sub7", "sub8", "sub9", "sub10"]
Dimension = Literal[
    "program",
    "agreement",
    "link",
    "placement",
    "channel",
    "creative",
    "device",
    "browser",
    "country",
    "language",
    "reason",
    "referrer",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which clicks a question is about; what is None does not restrict. `until_ms` itself is outside."""

    program_id: str | None = None
    agreement_id: str | None = None
    link_id: str | None = None
    from_ms: int | None = None
    until_ms: int | None = None


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Totals:
    """Visits of any selection: gross = net + bots + framed."""

    gross: int = 0
    net: int = 0
    bots: int = 0
    framed: int = 0


@dataclass(frozen=True, slots=True)
class DayRow:
    """The visits of one day of the time zone asked for."""

    day: date
    gross: int
    net: int
    bots: int
    framed: int


@dataclass(frozen=True, slots=True)
class SpanRow:
    """The visits of one hour, day, week or month: the day that it begins on, in the zone asked for, and the moment."""

    on: date
    starts_ms: int
    gross: int
    net: int
    bots: int
    framed: int


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """How many different people came on one day; `everybody` with bots, and with visits that nobody chose to make."""

    day: date
    people: int
    everybody: int


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The visits under one key of a dimension; the key is empty for clicks that carry none."""

    key: str
    gross: int
    net: int
    bots: int
    framed: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which clicks of a link to count: from a moment on; those before `settle_ms` and those of a day apart."""

    link_id: str
    from_ms: int
    settle_ms: int
    day_ms: int


@dataclass(frozen=True, slots=True)
class StretchRow:
    """The clicks of people that a link handed out in a stretch, and among them those that are told apart."""

    clicks: int = 0
    settled: int = 0
    of_day: int = 0


@dataclass(frozen=True, slots=True)
class VisitsRow:
    """The clicks and the impressions of people that an agreement brought, repeats within ten seconds left out."""

    agreement_id: str
    clicks: int
    views: int


@dataclass(frozen=True, slots=True)
class PairRow:
    """The visits under one key of each of two dimensions."""

    first: str
    second: str
    gross: int
    net: int
    bots: int
    framed: int


@dataclass(frozen=True, slots=True)
class ClickFacts:
    """What the judge must know of a click before approval and the click id cannot hold.

    `bot` and `framed` join the edge's marks and what ingest found out later. `country` is empty without a table of
    countries; `reason` is the edge's word for why the click cannot earn, empty when it can.
    """

    click_id: str
    at_ms: int
    link_id: str
    bot: bool
    framed: bool
    test: bool
    reason: str
    crawler: str
    country: str
    device: str
    subs: dict[str, str]
    placement: str
    channel: str
    creative: str
    browser: str
    language: str
    referrer: str
    referrer_host: str


class ClickRow(NamedTuple):
    """One click with everything the lake keeps of it; absent texts are empty.

    They are asked for by the thousand, and a tuple is made in half the time.
    """

    click_id: str
    at_ms: int
    program_id: str
    agreement_id: str
    link_id: str
    link_number: int
    code: str
    reason: str
    handed_out: bool
    view: bool
    bot: bool
    framed: bool
    no_consent: bool
    test: bool
    repeated: bool
    data_centre: bool
    crawler: str
    device: str
    browser: str
    country: str
    subs: dict[str, str]
    placement: str
    channel: str
    destination: str
    referrer: str
    referrer_host: str
    user_agent: str
    language: str
    query: str
    address_network: str

    @property
    def at(self) -> datetime:
        """Return the moment of the click."""
        return datetime.fromtimestamp(self.at_ms / 1_000, tz=UTC)
