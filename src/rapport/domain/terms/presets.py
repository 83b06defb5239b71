"""Terms to start from: documents that a merchant takes over as they are or changes."""

from rapport.domain.terms.preset import Preset, document_of, flat, percent
from rapport.domain.terms.speech import ENGLISH, Speech
from rapport.domain.terms.trades import trades


def presets(*, speech: Speech = ENGLISH) -> tuple[Preset, ...]:
    """Return the presets, the classic first, those of single trades last."""
    return (*_ways(speech), *trades(speech))


def _ways(speech: Speech) -> tuple[Preset, ...]:
    return (
        Preset(
            key="crazyforbargains",
            name=speech.gettext("CrazyForBargains: a shop with loyal partners"),
            summary=speech.gettext("12 percent of every sale for a year after the click, repeat purchases included."),
            document=document_of([percent("sale", "12")], click_window_days=365, repeat_purchases=True),
        ),
        Preset(
            key="generous-digital",
            name=speech.gettext("Generous: digital goods"),
            summary=speech.gettext("40 percent of every sale: a copy costs nothing, a customer does."),
            document=document_of([percent("sale", "40")], click_window_days=90, repeat_purchases=True),
        ),
        Preset(
            key="lead-and-sale",
            name=speech.gettext("Leads and sales"),
            summary=speech.gettext("A fixed amount for every lead, and a share of the sale that may follow."),
            document=document_of(
                [flat("lead", "5"), percent("sale", "8")], click_window_days=60, hold_by_kind={"lead": 10}
            ),
        ),
        Preset(
            key="software-subscription",
            name=speech.gettext("Software by subscription"),
            summary=speech.gettext("20 percent of the first payment and of every rebill for a year."),
            document=document_of(
                [percent("sale", "20"), percent("rebill", "20")], click_window_days=365, hold_by_kind={"rebill": 15}
            ),
        ),
        Preset(
            key="careful-start",
            name=speech.gettext("A careful start"),
            summary=speech.gettext("5 percent of the first sale within a month of the click."),
            document=document_of([percent("sale", "5")], click_window_days=30),
        ),
    )
