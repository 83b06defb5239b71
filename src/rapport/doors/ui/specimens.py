"""Invented merchants, partners and figures for the page of all components."""

from datetime import UTC, datetime
from decimal import Decimal

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.domain.money import Money
from rapport.doors.ui import charts
from rapport.doors.ui.shell import Brand, Group, Person, Place, ProgramChoice

BERLIN = "Europe/Berlin"


class Application(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    mail = forms.EmailField(label=_("E-mail"))
    site = forms.URLField(
        label=_("Where you would show us"),
        help_text=_("Address of your site, shop or channel"),
        error_messages={"required": _("We look at it before we answer, so we need one address")},
        assume_scheme="https",
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[("blog", _("A blog or magazine")), ("shop", _("A shop"))],
    )
    reach = forms.ChoiceField(
        label=_("Readers a month"),
        widget=forms.RadioSelect,
        choices=[("small", _("Up to 10,000")), ("large", _("More"))],
    )
    words = forms.CharField(label=_("About you"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    accepts = forms.BooleanField(label=_("I accept terms v7"))


class SignIn(forms.Form):
    """The narrow form."""

    mail = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)


def refused_application() -> Application:
    """A form that came back with two errors."""
    return Application(
        {"name": "Clara Halm", "mail": "clara@studiohalm", "kind": "blog", "reach": "small", "accepts": "on"}
    )


def eur(minor: int) -> Money:
    """Invented euros."""
    return Money(minor, "EUR")


def brand(url: str) -> Brand:
    """An invented merchant."""
    return Brand("Marlow & Lind", url)


def person() -> Person:
    """An invented manager."""
    return Person("Ines Krüger", note=_("Manager"))


def programs() -> list[ProgramChoice]:
    """Two programs of one workspace."""
    here = reverse("ui:design")
    return [
        ProgramChoice("Marlow & Lind", here, note=_("Partner program · EUR"), current=True),
        ProgramChoice("Nordlicht Betten", here, note="SEK"),
    ]


def groups() -> list[Group]:
    """The side bar of the console."""
    here = reverse("ui:design")
    return [
        Group(
            _("Frames"),
            (
                Place(_("Console"), here, icon="inbox", count=17),
                Place(_("Portal"), reverse("ui:design-portal"), icon="house"),
                Place(_("Public page"), reverse("ui:design-public"), icon="external-link"),
                Place(_("Sign-in"), reverse("ui:design-focus"), icon="key-round"),
            ),
        ),
        Group(
            _("Parts"),
            (
                Place(_("Figures"), f"{here}#figures", icon="banknote"),
                Place(_("Terms"), f"{here}#reading", icon="file-sliders", count="v7"),
                Place(_("Charts"), f"{here}#charts", icon="chart-line"),
            ),
        ),
    ]


def portal_places() -> list[Place]:
    """The four places of a partner."""
    here = reverse("ui:design-portal")
    return [
        Place(_("Home"), here, icon="house"),
        Place(_("Links"), f"{here}#links", icon="link"),
        Place(_("Earnings"), f"{here}#earnings", icon="wallet"),
        Place(_("Cases"), f"{here}#cases", icon="message-square"),
    ]


def public_places() -> list[Place]:
    """Places on a public page."""
    return [Place(_("Terms"), "#terms"), Place(_("Join"), "#apply")]


def sign_in() -> Place:
    """The one action in the head of a public page."""
    return Place(_("Sign in"), reverse("ui:design-focus"))


def public_footer() -> list[Place]:
    """Small print."""
    return [Place(_("Privacy"), "#"), Place(_("Terms as a file"), "#")]


def everything() -> dict[str, object]:
    """Values of the components that want objects and not words."""
    years = (
        charts.Series("2026", tuple(Decimal(value) for value in ("3.1", "3.3", "4.0", "4.6", "4.9"))),
        charts.Series("2025", tuple(Decimal(value) for value in ("2.4", "2.5", "2.9", "3.2", "3.3"))),
    )
    months = ("Jan", "Feb", "Mar", "Apr", "May")
    return {
        "zone": BERLIN,
        "order_at": datetime(2026, 3, 19, 20, 19, 4, tzinfo=UTC),
        "click_at": datetime(2026, 3, 3, 7, 14, 22, tzinfo=UTC),
        "correction_at": datetime(2026, 4, 2, 8, 41, tzinfo=UTC),
        "approved_at": datetime(2026, 5, 3, 22, 0, tzinfo=UTC),
        "payable": eur(489_119),
        "booked": eur(1_251),
        "corrected": eur(-222),
        "yours": eur(1_029),
        "waiting": eur(41_218),
        "basis": eur(8_577),
        "many": [Money(1_287_744, "EUR"), Money(184_200, "JPY"), Money(96_125, "KWD"), Money(-31_895, "USD")],
        "rows": _rows(),
        "together": eur(184_796),
        "tracks": _tracks(),
        "nodes": (
            "done",
            "now",
            "hold",
            "next",
            "paid",
            "paid-next",
            "held",
            "disputed",
            "declined",
            "reversed",
            "aside",
        ),
        "ages": _ages(),
        "states": _states(),
        "lines": charts.lines(labels=months, series=years),
        "bars": charts.bars(labels=months, series=years),
        "clicks": (1_820, 1_640, 1_700, 2_200, 2_550, 3_260, 3_020, 2_420, 2_390, 2_740, 2_910, 2_980),
        "wednesdays": (1_498, 1_560, 1_575, 1_577, 1_599, 1_495, 1_702, 1_549),
        "curl": 'curl -X POST https://rapport.example/api/v1/conversions \\\n  -H "Authorization: Bearer rk_…" \\\n'
        '  -d \'{"kind": "sale", "external_id": "10428", "total": "128.92", "currency": "EUR"}\'',
        "link": "https://go.marlowlind.example/c/7kq2m",
        "swatches": (
            *("canvas", "surface", "sunken", "line", "control", "ink", "ink-2", "ink-3"),
            *("accent", "ok", "warn", "bad", "info"),
            *(f"chart-{number}" for number in range(1, 7)),
        ),
    }


def _rows() -> list[dict[str, object]]:
    return [
        {"name": "Nachtwerk Store", "state": "approved", "passed": 0, "money": eur(87_744), "selected": False},
        {"name": "Linen Index", "state": "held", "passed": 0, "money": eur(68_412), "selected": True},
        {"name": "Slow Mornings", "state": "waiting", "passed": 60, "money": eur(28_640), "selected": False},
    ]


def _tracks() -> list[dict[str, object]]:
    return [
        {"state": "clicked", "passed": 0, "kind": "draft", "word": _("clicked")},
        {"state": "reported", "passed": 0, "kind": "reported", "word": _("reported")},
        {"state": "waiting", "passed": 25, "kind": "waiting", "word": _("waiting, a quarter")},
        {"state": "waiting", "passed": 80, "kind": "waiting", "word": _("waiting, four fifths")},
        {"state": "approved", "passed": 0, "kind": "approved", "word": _("approved")},
        {"state": "paid", "passed": 0, "kind": "paid", "word": _("paid")},
        {"state": "held", "passed": 0, "kind": "held", "word": _("held")},
        {"state": "disputed", "passed": 0, "kind": "disputed", "word": _("disputed")},
        {"state": "declined", "passed": 0, "kind": "declined", "word": _("declined")},
        {"state": "reversed", "passed": 0, "kind": "reversed", "word": _("reversed")},
        {"state": "none", "passed": 0, "kind": "ended", "word": _("nothing yet")},
    ]


def _ages() -> list[tuple[Decimal, int]]:
    hours = (2, 9, 15, 19, 23, 26)
    return [(Decimal(hour) / 24, hour * 3_600) for hour in hours]


def _states() -> list[tuple[str, object]]:
    return [
        ("draft", _("Draft")),
        ("waiting", _("Waiting until 4 May")),
        ("approved", _("Approved")),
        ("paid", _("Paid 15 May")),
        ("verified", _("Verified")),
        ("held", _("Held")),
        ("late", _("Late")),
        ("disputed", _("Disputed")),
        ("declined", _("Declined")),
        ("reversed", _("Reversed")),
        ("ended", _("Ended")),
    ]
