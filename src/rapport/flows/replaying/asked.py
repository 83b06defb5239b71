"""What somebody asks a replay: which terms, over which days, for whom."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rapport.apps.programs.models import Program
from rapport.domain.terms import Terms, digest

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Asked:
    """Terms to try over whole days of the program's zone, the last one included.

    `partners` are agreements; none means all of them. Agreements with terms of their own keep these unless `own_too`.
    """

    program: Program
    terms: Terms
    first_on: date
    last_on: date
    partners: tuple[str, ...] = ()
    own_too: bool = False

    @property
    def from_at(self) -> datetime:
        """Return the first moment."""
        return _midnight(self.first_on, self.program.zone)

    @property
    def until_at(self) -> datetime:
        """Return the first moment after it."""
        return _midnight(self.last_on + timedelta(days=1), self.program.zone)

    @property
    def digest(self) -> str:
        """Return the digest of the terms."""
        return digest(self.terms)


def last_year(program: Program, *, at: datetime) -> tuple[date, date]:
    """Return the first and the last of the 365 whole days before a moment, in the program's zone."""
    today = at.astimezone(ZoneInfo(program.zone)).date()
    return today - YEAR, today - timedelta(days=1)


def _midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time.min, tzinfo=ZoneInfo(zone))
