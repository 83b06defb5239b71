"""What the worker does with the lake; apart from its jobs, because a process of its own may have to do it."""

from contextlib import suppress

from django.conf import settings

from rapport.flows import capping, postbacks, settlement, visits
from rapport.flows.backup.stillness import AlreadyRuns, still
from rapport.kit.clock import now, to_ms

LIBRARY = "deltalake"
"""What all of it loads: while it comes seldom, a process that ends does it."""


def ingest() -> None:
    """Carry sealed segments of the journal into the lake."""
    from rapport.lake.ingest import ingest as carry_over  # noqa: PLC0415 - large, and not every process needs it

    carry_over(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))


def count_capped_clicks() -> None:
    """Ask the lake how many clicks links with a cap handed out."""
    capping.count_clicks(at=now())


def count_visits() -> None:
    """Ask the lake about the finished days of programs that pay for clicks or impressions."""
    visits.count_visits(at=now())


def join_click_facts() -> None:
    """Ask the lake once about the clicks that reports named."""
    settlement.join_click_facts(at=now())


def keep_up() -> None:
    """Join the lake's small files, drop old ones, and delete the segments that every reader has passed."""
    from rapport.lake.progress import progress, remove_read_segments  # noqa: PLC0415 - as above
    from rapport.lake.upkeep import keep_up as tidy  # noqa: PLC0415 - as above

    with suppress(AlreadyRuns), still(settings.DATA_FOLDER):  # a backup is under way: the next round comes in an hour
        tidy(settings.LAKE_FOLDER, now_ms=to_ms(now()))
        positions = [progress(settings.LAKE_FOLDER), postbacks.position()]
        remove_read_segments(journal=settings.JOURNAL_FOLDER, positions=positions)
