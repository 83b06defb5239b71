"""Page of the installation's health: what the doctor last looked at, every problem leading to the thing."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability
from rapport.apps.jobs.queries import running_jobs
from rapport.apps.programs.models import Program
from rapport.apps.record.models import Examination
from rapport.apps.record.queries import latest_examination
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.doctor.places import ids_in, is_alone, keys_of
from rapport.flows.doctor.tasks import examine
from rapport.kit.clock import now

EXAMINING = "rapport.flows.doctor.tasks.examine"

_ROUTES = {
    "com": "commission",
    "cnv": "conversion",
    "agr": "partner",
    "pay": "payout",
    "run": "payout-run",
    "prg": "ledger",
}
"""By the beginning of an id: which page tells of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem as the page says it: with the page of the thing, where it has one."""

    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that was looked at, with the problems that concern this workspace."""

    name: str
    rows: int
    findings: tuple[Finding, ...]
    elsewhere: int


@require_safe
@allow(Capability.LEDGER_READ)
def health(request: Request, program_id: str) -> HttpResponse:
    """Show the last examination of this installation."""
    program = program_or_404(request, program_id)
    last = latest_examination()
    return program_page(
        request,
        "health/page.html",
        program=program,
        at=now(),
        last=last,
        checks=_rows(last, program) if last else [],
        running=next((row for row in running_jobs() if row.name == EXAMINING), None),
    )


@require_POST
@allow(Capability.LEDGER_READ)
def run(request: Request, program_id: str) -> HttpResponse:
    """Let the doctor look at everything now."""
    program = program_or_404(request, program_id)
    examine.enqueue()
    return done(request, _("The doctor looks at everything; the result appears here."), name="health", at=(program.id,))


def _rows(last: Examination, program: Program) -> list[CheckRow]:
    """Return the checks, those with problems first; what concerns other workspaces is counted only."""
    rows = [_row(check, program) for check in last.checks]
    return sorted(rows, key=lambda row: not (row.findings or row.elsewhere))


def _row(check: dict[str, Any], program: Program) -> CheckRow:
    alone = is_alone(program.workspace_id)
    findings = []
    for sentence in check["problems"]:
        ids = ids_in(sentence)
        urls = [url for one in ids if (url := _page_of(one, program.workspace_id))]
        if urls or alone or not ids:
            findings.append(Finding(sentence, urls[0] if urls else ""))
    elsewhere = len(check["problems"]) - len(findings)
    return CheckRow(check["name"], check["rows"], tuple(findings), elsewhere)


def _page_of(public_id: str, workspace_id: str) -> str:
    keys = keys_of(public_id, workspace_id=workspace_id)
    return reverse(f"console:{_ROUTES[public_id[:3]]}", args=keys) if keys else ""
