"""When fewer orders than usual are an alarm: a band from the same hours of the weeks before, exact for small numbers.

The orders of a window are held against those of the same window one, two, three and four weeks earlier. If nothing
changed, each of all these orders fell into the newest window with the chance 1 / (weeks + 1), whatever the true rate
is; so the chance of seeing as few as were seen is a binomial sum, exact for three orders as for three thousand. No rate
is estimated that could itself be wrong.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import comb

DOUBT = Fraction(1, 100_000)
"""How unlikely it must be that nothing is wrong: looked at every five minutes, about one false alarm in a year."""

WEEKS = 4
WINDOWS_MIN = (15, 20, 25, 30, 60, 120, 360, 1_440, 4_320, 10_080)
"""Minutes that are looked back, the shortest first; a small shop is judged by a longer window."""


def chance_of_at_most(seen: int, *, trials: int, weeks: int) -> Fraction:
    """Return how likely at most `seen` of `trials` orders fall into the newest of `weeks` + 1 equal windows."""
    ways = total = weeks**trials  # those with none in the newest; each order has as many ways as there are windows
    for k in range(min(seen, trials)):
        ways = ways * (trials - k) // ((k + 1) * weeks)
        total += ways
    return Fraction(total, (weeks + 1) ** trials)


def are_too_few(seen: int, before: Sequence[int], *, doubt: Fraction = DOUBT) -> bool:
    """Say whether so few orders are an alarm, given those of the same window in the weeks before.

    Both must hold: as few are too unlikely, and they are less than half of the middle week. The second keeps a busy
    shop, where each small drop is unlikely, from crying wolf at every holiday.
    """
    if not before or 2 * seen >= _middle(before):
        return False
    return chance_of_at_most(seen, trials=seen + sum(before), weeks=len(before)) < doubt


def least_expected(before: Sequence[int], *, doubt: Fraction = DOUBT) -> int:
    """Return the fewest orders that are no alarm: the lower edge of the band, 0 where even none says nothing."""
    low, high = 0, max(before, default=0) + 1
    while low < high:  # too few stays too few below it, so the edge is found by halving
        middle = (low + high) // 2
        low, high = (middle + 1, high) if are_too_few(middle, before, doubt=doubt) else (low, middle)
    return low


def has_fallen(now: tuple[int, int], before: tuple[int, int], *, doubt: Fraction = DOUBT) -> bool:
    """Say whether a share fell: each pair is (with, all), such as orders with a click id among all.

    If nothing changed, the orders with a click id lie among all as drawn from one urn; the chance that so few of them
    fell into the newest ones is hypergeometric, exact for small numbers too. Half of the former share is no alarm.
    """
    with_now, all_now = now
    with_before, all_before = before
    if not all_now or not all_before or 2 * with_now * all_before >= with_before * all_now:
        return False
    marked, others = with_now + with_before, all_now + all_before - with_now - with_before
    ways = sum(comb(marked, k) * comb(others, all_now - k) for k in range(with_now + 1))
    return Fraction(ways, comb(marked + others, all_now)) < doubt


def _middle(numbers: Sequence[int]) -> Fraction:
    """Return the median."""
    ordered, half = sorted(numbers), len(numbers) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)
