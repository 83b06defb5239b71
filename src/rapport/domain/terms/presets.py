"""Terms to start from: documents that a merchant takes over as they are or changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from rapport.domain.terms.speech import ENGLISH, Speech


@dataclass(frozen=True, slots=True)
class Preset:
    """A document of terms with a name and a summary; its amounts are whole, so that they fit every currency."""

    key: str
    name: str
    summary: str
    document: Mapping[str, object]


def presets(*, speech: Speech = ENGLISH) -> tuple[Preset, ...]:
    """Return the presets, the classic first."""
    return (
        Preset(
            key="crazyforbargains",
            name=speech.gettext("CrazyForBargains: a shop with loyal partners"),
            summary=speech.gettext("12 percent of every sale for a year after the click, repeat purchases included."),
            document=_document([_percent("sale", "12")], click_window_days=365, repeat_purchases=True),
        ),
        Preset(
            key="generous-digital",
            name=speech.gettext("Generous: digital goods"),
            summary=speech.gettext("40 percent of every sale: a copy costs nothing, a customer does."),
            document=_document([_percent("sale", "40")], click_window_days=90, repeat_purchases=True),
        ),
        Preset(
            key="lead-and-sale",
            name=speech.gettext("Leads and sales"),
            summary=speech.gettext("A fixed amount for every lead, and a share of the sale that may follow."),
            document=_document(
                [_flat("lead", "5"), _percent("sale", "8")], click_window_days=60, hold_by_kind={"lead": 10}
            ),
        ),
        Preset(
            key="software-subscription",
            name=speech.gettext("Software by subscription"),
            summary=speech.gettext("20 percent of the first payment and of every rebill for a year."),
            document=_document(
                [_percent("sale", "20"), _percent("rebill", "20")], click_window_days=365, hold_by_kind={"rebill": 15}
            ),
        ),
        Preset(
            key="careful-start",
            name=speech.gettext("A careful start"),
            summary=speech.gettext("5 percent of the first sale within a month of the click."),
            document=_document([_percent("sale", "5")], click_window_days=30),
        ),
    )


def _percent(kind: str, percent: str) -> dict[str, object]:
    return {"name": kind, "when": {"kind": kind}, "pay": {"percent": percent}}


def _flat(kind: str, amount: str) -> dict[str, object]:
    return {"name": kind, "when": {"kind": kind}, "pay": {"flat": amount}}


def _document(
    rules: list[dict[str, object]],
    *,
    click_window_days: int,
    repeat_purchases: bool = False,
    hold_by_kind: Mapping[str, int] | None = None,
) -> dict[str, object]:
    return {
        "language": 1,
        "rules": rules,
        "basis": {"tax": "excluded", "shipping": "excluded", "discount": "deducted"},
        "attribution": {
            "click_window_days": click_window_days,
            "repeat_purchases": repeat_purchases,
            "coupon": "before_click",
        },
        "hold": {"days": 30, "by_kind": dict(hold_by_kind or {})},
        "reversal": {"window_days": 180},
        "payout": {"threshold": "50", "calendar": "monthly", "day": 15},
        "notice": {"days": 30},
    }
