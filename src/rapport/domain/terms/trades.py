"""What single trades usually promise their partners: terms to start from."""

from collections.abc import Mapping

from rapport.domain.terms.preset import Preset, document_of, flat, percent
from rapport.domain.terms.speech import Speech

_PROGRESS: Mapping[str, object] = {
    "name": "progress",
    "rule": "sale",
    "by": "count",
    "over": "year",
    "way": "marginal",
    "steps": [{"from": 4, "percent": "3"}],
}
"""A scale that motivates an agent: the fourth buyer of a year and those after it are worth more."""


def trades(speech: Speech) -> tuple[Preset, ...]:
    """Return a preset for each trade."""
    return (*_goods(speech), *_services(speech), *_signed(speech))


def _goods(speech: Speech) -> tuple[Preset, ...]:
    new, back = percent("sale", "10", name="new", customer="new"), percent("sale", "5", name="back")
    return (
        Preset(
            key="retail",
            name=speech.gettext("Retail"),
            summary=speech.gettext("10 percent of what new customers buy, 5 percent of all else."),
            document=document_of([new, back], click_window_days=30, repeat_purchases=True),
            by_trade=True,
        ),
        Preset(
            key="sleepwear",
            name=speech.gettext("Sleepwear and other e-commerce"),
            summary=speech.gettext("12 percent of every sale for a year, repeat purchases included."),
            document=document_of([percent("sale", "12")], click_window_days=365, repeat_purchases=True),
            by_trade=True,
        ),
        Preset(
            key="publishing",
            name=speech.gettext("Publishing"),
            summary=speech.gettext("30 percent of a subscription's first payment, 10 percent of the rest of its year."),
            document=document_of(
                [percent("sale", "30"), percent("rebill", "10") | {"recurring": {"months": 12}}], click_window_days=60
            ),
            by_trade=True,
        ),
        Preset(
            key="gaming",
            name=speech.gettext("Gaming"),
            summary=speech.gettext("2 for every player who signs up, 25 percent of what they buy."),
            document=document_of(
                [flat("sign-up", "2"), percent("sale", "25")], click_window_days=30, repeat_purchases=True
            ),
            by_trade=True,
        ),
    )


def _services(speech: Speech) -> tuple[Preset, ...]:
    return (
        Preset(
            key="travel",
            name=speech.gettext("Travel"),
            summary=speech.gettext("4 percent of a booking, at most 60; it waits until the journey is over."),
            document=document_of(
                [percent("sale", "4") | {"at_most": "60"}],
                click_window_days=30,
                repeat_purchases=True,
                hold_days=120,
            ),
            by_trade=True,
        ),
        Preset(
            key="education",
            name=speech.gettext("Education"),
            summary=speech.gettext("10 for everybody who asks for a course, 20 percent of what they book."),
            document=document_of(
                [flat("lead", "10"), percent("sale", "20")], click_window_days=90, hold_by_kind={"lead": 14}
            ),
            by_trade=True,
        ),
        Preset(
            key="web-hosting",
            name=speech.gettext("Web hosting"),
            summary=speech.gettext("60 for a plan of 100 or more, 30 for a smaller one."),
            document=document_of(
                [flat("sale", "60", name="large", amount={"from": "100"}), flat("sale", "30", name="small")],
                click_window_days=60,
                hold_days=45,
            ),
            by_trade=True,
        ),
        Preset(
            key="lead-generation",
            name=speech.gettext("Lead generation"),
            summary=speech.gettext("15 for every lead that can be reached and wants what is offered."),
            document=document_of([flat("lead", "15")], click_window_days=30, hold_by_kind={"lead": 14}),
            by_trade=True,
        ),
        Preset(
            key="gambling",
            name=speech.gettext("Gambling"),
            summary=speech.gettext("50 for a player's first deposit, 25 percent of what the house keeps, for ever."),
            document=document_of(
                [flat("deposit", "50"), percent("rebill", "25") | {"recurring": {}}], click_window_days=30, hold_days=45
            ),
            by_trade=True,
        ),
    )


def _signed(speech: Speech) -> tuple[Preset, ...]:
    return (
        Preset(
            key="personal-finance",
            name=speech.gettext("Personal finance"),
            summary=speech.gettext("25 for an application, 80 for an account that is opened."),
            document=document_of(
                [flat("lead", "25"), flat("account", "80")],
                click_window_days=30,
                hold_days=60,
                hold_by_kind={"lead": 30},
            ),
            by_trade=True,
        ),
        Preset(
            key="telecommunications",
            name=speech.gettext("Telecommunications"),
            summary=speech.gettext("60 for a contract of a new customer, 20 for one that is prolonged."),
            document=document_of(
                [flat("sale", "60", name="new", customer="new"), flat("sale", "20", name="prolonged")],
                click_window_days=30,
                repeat_purchases=True,
                hold_days=45,
            ),
            by_trade=True,
        ),
        Preset(
            key="real-estate",
            name=speech.gettext("Real estate: developer and agents"),
            summary=speech.gettext(
                "2.5 percent for a buyer who was brought, 3 from a year's fourth on, 100 for each who comes to look."
            ),
            document=document_of(
                [flat("visit", "100"), percent("sale", "2.5")],
                click_window_days="lifetime",
                hold_days=60,
                hold_by_kind={"visit": 14},
            )
            | {"tiers": [_PROGRESS]},
            by_trade=True,
        ),
    )
