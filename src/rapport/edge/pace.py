"""How often one caller may tell of orders from pages: nobody proves anything there, so nobody may write without end."""

from collections import OrderedDict

MINUTE_MS = 60_000
A_MINUTE = 30
_REMEMBERED = 8_000  # a few megabytes at most


class Pace:
    """Counts what each address told in the running minute; the oldest of too many addresses are forgotten."""

    def __init__(self, *, a_minute: int = A_MINUTE) -> None:
        self._a_minute = a_minute
        self._told: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def allows(self, address: str, *, at_ms: int) -> bool:
        """Say whether this address may tell one more, and count it."""
        minute, told = self._told.pop(address, (0, 0))
        told = told + 1 if minute == at_ms // MINUTE_MS else 1
        self._told[address] = (at_ms // MINUTE_MS, told)
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        return told <= self._a_minute
