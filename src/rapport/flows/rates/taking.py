"""Take in lists of rates for every workspace, from a file or from the bank itself."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from rapport.apps.delivery.outgoing import outgoing
from rapport.apps.programs.queries import all_programs
from rapport.apps.rates.actions import Kept, keep_rates
from rapport.apps.rates.inputs import Listed, RateInput, checked_rate
from rapport.apps.rates.models import RateSource
from rapport.apps.rates.providers.ecb.client import fetch_ecb
from rapport.apps.rates.providers.ecb.reader import read_ecb
from rapport.apps.record.actors import Actor

SINCE = timedelta(days=730)
"""How far back the page takes the rates of a file; the command line takes all of it."""


def workspaces() -> list[str]:
    """Return the workspaces that run programs."""
    return sorted({program.workspace_id for program in all_programs()})


def take_file(
    content: bytes,
    *,
    workspace_ids: Collection[str],
    by: Actor,
    at: datetime,
    since: date | None = None,
    trusted: bool = False,
) -> Kept:
    """Take in a file of the European Central Bank; raises `NoRates` when it is none."""
    lines = [line for line in read_ecb(content) if since is None or line.day >= since]
    return _keep(lines, workspace_ids, by=by, at=at, trusted=trusted)


def fetch_rates(*, by: Actor, at: datetime) -> Kept:
    """Fetch the bank's list for every workspace; asked outside of any transaction. Raises `BankSilent`."""
    lines = fetch_ecb(url=settings.RATES_URL, way_out=outgoing())
    return _keep(lines, workspaces(), by=by, at=at, trusted=False)


def set_rate(given: RateInput, *, workspace_id: str, by: Actor, at: datetime) -> Kept:
    """Keep a rate that a person wrote."""
    line = checked_rate(given, today=at.date())
    return keep_rates([line], workspace_id=workspace_id, source=RateSource.MANUAL, by=by, at=at)


def _keep(lines: Sequence[Listed], workspace_ids: Collection[str], *, by: Actor, at: datetime, trusted: bool) -> Kept:
    kept = Kept()
    for workspace_id in sorted(workspace_ids):
        kept += keep_rates(lines, workspace_id=workspace_id, source=RateSource.ECB, by=by, at=at, trusted=trusted)
    return kept
