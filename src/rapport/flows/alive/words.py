"""Say what an outage is: its heading, a sentence with its figures, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.outages.models import Outage, OutageKind

_SHARE = ("with", "all", "before", "all_before")


@dataclass(frozen=True, slots=True)
class OutageWords:
    """An outage for people; `advice` is empty where nothing can be done but to wait."""

    heading: str
    sentence: str
    advice: str = ""


def outage_words(outage: Outage) -> OutageWords:
    """Say what is, or was, out of order."""
    return OutageWords(outage.get_kind_display(), _sentence(outage), _advice(OutageKind(outage.kind)))


def _sentence(outage: Outage) -> str:
    figures, kind = outage.figures, OutageKind(outage.kind)
    if kind in {OutageKind.TRIAL, OutageKind.DESTINATION, OutageKind.NETWORKS}:
        return str(figures.get("problem", ""))
    if kind is OutageKind.UNRECORDED:
        clicks = int(str(figures.get("clicks", 0)))
        return ngettext(
            "%(n)s visitor was led on without a record of the click.",
            "%(n)s visitors were led on without a record of the click.",
            clicks,
        ) % {"n": clicks}
    return _plain(kind) % _given(figures, "source", "seen", "minutes", "least", "seconds", *_SHARE)


def _plain(kind: OutageKind) -> str:
    """Return the sentence of a kind, with gaps for its figures."""
    waits = _("The oldest waits since %(seconds)s seconds.")
    return {
        OutageKind.SILENT: _("Nobody answers at the tracking address: links lead nowhere, postbacks are not taken."),
        OutageKind.JOURNAL: _(
            "The disk takes nothing from the edge: visitors are led on, postbacks asked to come again."
        ),
        OutageKind.BOOK: _("The newest link book cannot be read; links lead on by the last good one."),
        OutageKind.LAKE: waits,
        OutageKind.WORKER: waits,
        OutageKind.ORDERS: _(
            "%(source)s: %(seen)s orders in %(minutes)s minutes. At this hour of the week at least %(least)s are usual."
        ),
        OutageKind.CLICK_IDS: _(
            "%(source)s: %(with)s of %(all)s orders named a click. In the weeks before it were %(before)s of "
            "%(all_before)s."
        ),
    }[kind]


def _given(figures: dict[str, object], *names: str) -> dict[str, object]:
    return {name: figures.get(name, "") for name in names}


def _advice(kind: OutageKind) -> str:
    return {
        OutageKind.SILENT: _("Look whether the edge runs: `rapport edge`, or the service of that name."),
        OutageKind.JOURNAL: _("Make room on the disk of the data folder, or see why it cannot be written."),
        OutageKind.UNRECORDED: _("Make room on the disk of the data folder, or see why it cannot be written."),
        OutageKind.BOOK: _("The next change of a link publishes a new one; `rapport doctor` says more."),
        OutageKind.LAKE: _("Look whether a worker runs, and at the page of failed jobs."),
        OutageKind.NETWORKS: _(
            "Mend the table in the folder networks; clicks that came meanwhile were read without it."
        ),
        OutageKind.WORKER: _("Look whether a worker runs, and at the page of failed jobs."),
        OutageKind.ORDERS: _("Look whether the shop still sends its orders. When it does, repair what was missed."),
        OutageKind.CLICK_IDS: _("Look whether the shop still keeps the click id with the order."),
        OutageKind.DESTINATION: _("Change the link's address, or the redirect at the shop."),
        OutageKind.TRIAL: _("Send a test yourself: it says at which door it stops."),
    }[kind]
