"""Keep on each conversion what its reports, corrections and decisions come to: a cache for lists and filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapport.apps.conversions.models import Conversion, ConversionState
from rapport.apps.record.write import update_rows
from rapport.domain.amounts import Left, left_of
from rapport.domain.credit import HoldReason
from rapport.domain.judgement import Decision, Outcome
from rapport.domain.story import ReportedConversion

_CACHED = (
    "state",
    "total_minor",
    "tax_minor",
    "shipping_minor",
    "discount_minor",
    "remaining_minor",
    "in_conflict",
    "over_corrected",
)


_CONFLICTS = frozenset({HoldReason.CONFLICT, HoldReason.OTHER_CURRENCY})
"""Two amounts, or two currencies: a person has to say which of them is true."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A conversion as a row and as a fact, and what the judge decided about it."""

    row: Conversion
    reported: ReportedConversion
    decision: Decision


def note_effects(judged: Iterable[Judged]) -> None:
    """Write the effective amounts and states that changed, inside the caller's transaction."""
    changed = [one.row for one in judged if _note(one.row, _effects(one))]
    if changed:
        update_rows(changed, _CACHED)


def stale_effects(judged: Judged) -> list[str]:
    """Return the cached fields of a conversion that its judgement would change; there must be none."""
    return [name for name, value in _effects(judged).items() if getattr(judged.row, name) != value]


def _note(conversion: Conversion, effects: Mapping[str, object]) -> bool:
    before = {name: getattr(conversion, name) for name in effects}
    for name, value in effects.items():
        setattr(conversion, name, value)
    return before != effects


def _effects(judged: Judged) -> dict[str, object]:
    amounts = judged.decision.amounts
    left = left_of(amounts, judged.reported.corrections, until_ms=None)
    in_conflict = not _CONFLICTS.isdisjoint(judged.decision.holds)
    return {
        "state": _state(judged, left, in_conflict=in_conflict),
        "total_minor": amounts.total_minor,
        "tax_minor": amounts.tax_minor,
        "shipping_minor": amounts.shipping_minor,
        "discount_minor": amounts.discount_minor,
        "remaining_minor": left.total,
        "in_conflict": in_conflict,
        "over_corrected": left.over_corrected,
    }


def _state(judged: Judged, left: Left, *, in_conflict: bool) -> ConversionState:
    if judged.decision.outcome is Outcome.DECLINED:
        return ConversionState.DECLINED
    if in_conflict:
        return ConversionState.HELD
    if judged.reported.awaits_confirmation:
        return ConversionState.REPORTED
    total = judged.decision.amounts.total_minor
    if left.cancelled or (total > 0 and left.total == 0):
        return ConversionState.REVERSED
    return ConversionState.PARTLY_REVERSED if left.total < total else ConversionState.CONFIRMED
