"""The places of a program in the side of every page: what each is called, who may go there, what waits there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.rights import Capability
from rapport.apps.programs.models import Program
from rapport.doors.ui.shell import Group, Place
from rapport.flows.waiting import Counts

May = Callable[[Capability], bool]


@dataclass(frozen=True, slots=True)
class Named:
    """A place before it is known for which program: `route` is its address in this door, `waits` a field of Counts."""

    label: Promise
    route: str
    icon: str
    capability: Capability
    waits: str = ""


PLACES: tuple[tuple[Promise, tuple[Named, ...]], ...] = (
    (
        _("Work"),
        (
            Named(_("Today"), "today", "inbox", Capability.PROGRAM_READ),
            Named(_("Applications"), "applications", "user-plus", Capability.APPLICATION_READ, "applications"),
            Named(_("Conversions"), "conversions", "receipt", Capability.CONVERSION_READ, "conversions"),
            Named(_("Commissions"), "commissions", "scale", Capability.COMMISSION_READ, "commissions"),
        ),
    ),
    (
        _("Partners"),
        (
            Named(_("Partners"), "partners", "users", Capability.PARTNER_READ),
            Named(_("Links and codes"), "links", "link", Capability.LINK_READ),
            Named(_("Clicks"), "clicks", "mouse-pointer-click", Capability.LINK_READ),
        ),
    ),
    (_("Money"), (Named(_("Ledger"), "ledger", "wallet", Capability.LEDGER_READ),)),
    (
        _("On record"),
        (
            Named(_("Receipts"), "receipts", "file-text", Capability.CONVERSION_READ),
            Named(_("Jobs"), "jobs", "list-checks", Capability.JOB_READ),
        ),
    ),
)


def groups_of(program: Program, *, counts: Counts, may: May) -> list[Group]:
    """Return the groups of places that somebody may go to, with what waits in each."""
    groups = [
        Group(label, tuple(_placed(named, program=program, counts=counts) for named in places if may(named.capability)))
        for label, places in PLACES
    ]
    return [*(group for group in groups if group.items), *_workspace(program, may=may)]


def _placed(named: Named, *, program: Program, counts: Counts) -> Place:
    count = getattr(counts, named.waits) if named.waits else None
    return Place(named.label, reverse(f"console:{named.route}", args=[program.id]), icon=named.icon, count=count or None)


def _workspace(program: Program, *, may: May) -> list[Group]:
    """Return the way to the settings of the workspace, which are not those of one program."""
    if not may(Capability.TEAM_READ):
        return []
    team = Place(_("Team and settings"), reverse("settings:team", args=[program.workspace_id]), icon="settings")
    return [Group(_("Workspace"), (team,))]
