"""Python's collector of garbage, told to look seldom: what an order or a click leaves behind is freed without it."""

import gc
from typing import Final

SELDOM: Final = (10_000, 10, 10)


def spare(thresholds: tuple[int, int, int] = SELDOM) -> None:
    """Let the collector pass over everything there is by now, and look after so many new objects only.

    Hundreds of thousands of objects live as long as a process. A portion of postbacks makes ten thousand more that
    all go when it is booked; looking through them meanwhile took a tenth of its time (measured).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds)
