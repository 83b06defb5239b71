"""What the worker does with the lake; apart from its jobs, because a process of its own may have to do it."""

from django.conf import settings

from rapport.flows import settlement
from rapport.kit.clock import now, to_ms

LIBRARY = "deltalake"
"""What all of it loads: while it comes seldom, a process that ends does it."""


def ingest() -> None:
    """Carry sealed segments of the journal into the lake."""
    from rapport.lake.ingest import ingest as carry_over  # noqa: PLC0415 - large, and not every process needs it

    carry_over(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(now()))


def join_click_facts() -> None:
    """Ask the lake once about the clicks that reports named."""
    settlement.join_click_facts(at=now())
