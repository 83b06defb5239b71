"""The one place that reads the clock for business; doors and tasks call it and pass the moment on."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(tz=UTC)


def to_ms(moment: datetime) -> int:
    """Return whole milliseconds since 1970, exact (a float of seconds would lose the last digits)."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(moment_ms: int) -> datetime:
    """Return the UTC moment of whole milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=moment_ms)
