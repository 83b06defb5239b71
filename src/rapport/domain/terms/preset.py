"""What a preset is, and the pieces of its document."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A document of terms with a name and a summary; its amounts are whole, so that they fit every currency.

    `by_trade` when it is what a trade usually promises, and not a way of promising.
    """

    key: str
    name: str
    summary: str
    document: Mapping[str, object]
    by_trade: bool = False


def percent(kind: str, rate: str, /, *, name: str = "", **more: object) -> dict[str, object]:
    """Return a rule that pays a percentage; `more` are its conditions."""
    return {"name": name or kind, "when": {"kind": kind, **more}, "pay": {"percent": rate}}


def flat(kind: str, pays: str, /, *, name: str = "", **more: object) -> dict[str, object]:
    """Return a rule that pays a fixed amount; `more` are its conditions."""
    return {"name": name or kind, "when": {"kind": kind, **more}, "pay": {"flat": pays}}


def document_of(
    rules: list[dict[str, object]],
    *,
    click_window_days: int | str,
    repeat_purchases: bool = False,
    hold_days: int = 30,
    hold_by_kind: Mapping[str, int] | None = None,
) -> dict[str, object]:
    """Return a whole document around some rules."""
    return {
        "language": 1,
        "rules": rules,
        "basis": {"tax": "excluded", "shipping": "excluded", "discount": "deducted"},
        "attribution": {
            "click_window_days": click_window_days,
            "repeat_purchases": repeat_purchases,
            "coupon": "before_click",
        },
        "hold": {"days": hold_days, "by_kind": dict(hold_by_kind or {})},
        "reversal": {"window_days": 180},
        "payout": {"threshold": "50", "calendar": "monthly", "day": 15},
        "notice": {"days": 30},
    }
