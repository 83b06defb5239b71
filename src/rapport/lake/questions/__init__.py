"""Answers questions about clicks: each is written once, in plain SQL, and run by DuckDB over the Delta table's files.

Gross is every visit through a link. Bots, and visits nobody chose to make (framed, embedded, prefetched), are shown
apart, each visit in one place only: gross = net + bots + framed. Test clicks and impressions are no clicks here.
"""

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
from rapport.lake.questions.opening import lake_at

__all__ = [
    "EVERYTHING",
    "ClickFacts",
    "ClickRow",
    "DayRow",
    "Dimension",
    "Filter",
    "GroupRow",
    "PairRow",
    "PeopleRow",
    "SpanRow",
    "Stretch",
    "StretchRow",
    "SubId",
    "Totals",
    "VisitsRow",
    "lake_at",
]
