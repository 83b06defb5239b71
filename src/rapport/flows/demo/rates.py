"""What currencies were worth while the demo's story went on: invented, once a week."""

from datetime import timedelta
from decimal import Decimal

from rapport.apps.rates.actions import keep_rates
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.models import RateSource
from rapport.apps.record.actors import Actor
from rapport.flows.demo.planning import Play

_START = {"USD": Decimal("1.0834"), "JPY": Decimal("163.25"), "GBP": Decimal("0.8561")}
_WAVE = (0, 3, 5, 4, -1, -4, -6, -3, 2)
_EVERY = timedelta(days=7)


def tell_rates(play: Play, *, workspace_id: str) -> None:
    """Keep the rates of every week; a demo fetches nothing from anywhere."""
    lines, day, number = [], play.first_on - _EVERY, 0
    while day <= play.until:
        share = 1 + Decimal(_WAVE[number % len(_WAVE)]) / 1000
        lines += [Listed("EUR", quote, day, f"{(rate * share).normalize():f}") for quote, rate in _START.items()]
        day, number = day + _EVERY, number + 1
    by = Actor.system("demo")
    keep_rates(lines, workspace_id=workspace_id, source=RateSource.MANUAL, by=by, at=play.starts_at, trusted=True)
