"""How many things fit in one transaction: as many as it may hold others up for, on the machine that it runs on."""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

TARGET_S: Final = 0.04
"""What a portion should take: with a slower neighbour it stays under the 50 ms that nobody notices."""

LEAST: Final = 10
MOST: Final = 200
_GROWTH: Final = 1.5
"""A portion grows by so much at most: one that was quick by chance is not followed by one that takes too long."""


def portions(
    things: Iterable[T], *, first: int = 40, target_s: float = TARGET_S, timer: Callable[[], float] = time.perf_counter
) -> Iterator[list[T]]:
    """Yield things in portions, each as large as the time that the one before took allows.

    The time is that between handing out a portion and being asked for the next. Each portion costs something of its
    own (statements, the commit) beside what its things cost, so larger ones are cheaper for each thing, and a machine
    twice as fast may have them (measured for postbacks on a busy machine: each of 80 at once costs a quarter less than
    each of 40).
    """
    remaining, size = iter(things), first
    while portion := list(islice(remaining, size)):
        started_s = timer()
        yield portion
        size = _next_size(len(portion), took_s=timer() - started_s, target_s=target_s)


def _next_size(size: int, *, took_s: float, target_s: float) -> int:
    fitting = size * target_s / took_s if took_s > 0 else size * _GROWTH
    return max(LEAST, int(min(MOST, size * _GROWTH, fitting)))
