"""The places of a program in the side of every page: what each is called, who may go there, what waits there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.apps.identity.rights import Capability
from rapport.apps.programs.models import Program, ProgramState
from rapport.doors.ui.shell import Group, Place
from rapport.flows.waiting import Counts

May = Callable[[Capability], bool]


@dataclass(frozen=True, slots=True)
class Named:
    """A place before it is known for which program.

    `route` is its address, in `console:` unless it names another; `waits` is a field of Counts.
    """

    label: Promise
    route: str
    icon: str
    capability: Capability
    waits: str = ""


_PUBLIC_PAGE = "public:program"

PLACES: tuple[tuple[Promise, tuple[Named, ...]], ...] = (
    (
        _("Work"),
        (
            Named(_("Today"), "today", "inbox", Capability.PROGRAM_READ, "everything"),
            Named(_("Applications"), "applications", "user-plus", Capability.APPLICATION_READ, "applications"),
            Named(_("Conversions"), "conversions", "receipt", Capability.CONVERSION_READ, "conversions"),
            Named(_("Commissions"), "commissions", "scale", Capability.COMMISSION_READ, "commissions"),
        ),
    ),
    (
        _("Partners"),
        (
            Named(_("Partners"), "partners", "users", Capability.PARTNER_READ),
            Named(_("Invitations"), "invitations", "send", Capability.PARTNER_READ),
            Named(_("Links and codes"), "links", "link", Capability.LINK_READ),
            Named(_("Clicks"), "clicks", "mouse-pointer-click", Capability.LINK_READ),
        ),
    ),
    (
        _("Money"),
        (
            Named(_("Payouts"), "payouts", "banknote", Capability.PAYOUT_READ, "payouts"),
            Named(_("Taxes"), "taxes", "receipt", Capability.PAYOUT_WRITE),
            Named(_("Ledger"), "ledger", "wallet", Capability.LEDGER_READ),
        ),
    ),
    (
        _("Program"),
        (
            Named(_("Terms"), "program:terms", "file-sliders", Capability.PROGRAM_READ),
            Named(_("Shops"), "shops", "shopping-bag", Capability.CONVERSION_READ, "shops"),
            Named(_("Integration"), "program:integration", "plug", Capability.PROGRAM_WRITE),
            Named(_("Is tracking alive?"), "alive", "list-checks", Capability.CONVERSION_READ),
            Named(_("Import"), "imports", "upload", Capability.CONVERSION_REPORT),
            Named(_("Tracking domains"), "program:domains", "external-link", Capability.PROGRAM_READ),
            Named(_("Program settings"), "program:settings", "settings", Capability.PROGRAM_READ),
            Named(_("Public page"), _PUBLIC_PAGE, "external-link", Capability.PROGRAM_READ),
        ),
    ),
    (
        _("On record"),
        (
            Named(_("Receipts"), "receipts", "file-text", Capability.CONVERSION_READ, "receipts"),
            Named(_("Jobs"), "jobs", "list-checks", Capability.JOB_READ),
            Named(_("Health"), "health", "shield", Capability.LEDGER_READ),
        ),
    ),
)


WAITING = {
    "applications": Capability.APPLICATION_READ,
    "conversions": Capability.CONVERSION_READ,
    "receipts": Capability.CONVERSION_READ,
    "commissions": Capability.COMMISSION_READ,
    "payouts": Capability.PAYOUT_READ,
    "shops": Capability.CONVERSION_READ,
}
"""The counts of what waits, each with who may see it; Today shows them together."""


def groups_of(program: Program, *, counts: Counts, may: May) -> list[Group]:
    """Return the groups of places that somebody may go to, with what waits in each."""
    waiting = {name: getattr(counts, name) for name, capability in WAITING.items() if may(capability)}
    waiting["everything"] = sum(waiting.values())
    groups = [
        Group(
            label,
            tuple(
                _placed(named, program, waiting)
                for named in places
                if may(named.capability) and _is_there(named, program)
            ),
        )
        for label, places in PLACES
    ]
    return [*(group for group in groups if group.items), *_workspace(program, may=may)]


def _is_there(named: Named, program: Program) -> bool:
    """Say whether the place exists yet: a draft has no public page."""
    return named.route != _PUBLIC_PAGE or program.state != ProgramState.DRAFT


def _placed(named: Named, program: Program, waiting: Mapping[str, int]) -> Place:
    route = named.route if ":" in named.route else f"console:{named.route}"
    key = program.slug if named.route == _PUBLIC_PAGE else program.id
    return Place(named.label, reverse(route, args=[key]), icon=named.icon, count=waiting.get(named.waits) or None)


def _workspace(program: Program, *, may: May) -> list[Group]:
    """Return the way to what is not of one program: settings of the workspace, another program."""
    places = []
    if may(Capability.TEAM_READ):
        team = reverse("settings:team", args=[program.workspace_id])
        places.append(Place(_("Team and keys"), team, icon="users"))
    if may(Capability.PROGRAM_WRITE):
        another = reverse("program:create", args=[program.workspace_id])
        places.append(Place(_("New program"), another, icon="plus"))
    return [Group(_("Workspace"), tuple(places))] if places else []
