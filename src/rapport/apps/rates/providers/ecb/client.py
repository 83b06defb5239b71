"""Ask the European Central Bank for its list: one request, one answer, nothing written; never inside a transaction."""

from rapport.apps.rates.errors import BankSilent
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.providers.ecb.reader import read_ecb
from rapport.kit.outgoing import Limits, NotReached, Outgoing

_LIMITS = Limits(seconds=30.0, most_bytes=20_000_000)


def fetch_ecb(*, url: str, way_out: Outgoing) -> list[Listed]:
    """Return the rates of the bank's own list; raises `BankSilent` when it does not answer."""
    try:
        return read_ecb(way_out.fetch("GET", url, limits=_LIMITS).content)
    except NotReached as nothing:
        raise BankSilent from nothing
