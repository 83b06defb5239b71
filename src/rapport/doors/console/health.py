"""Page of the installation's health: what the doctor last looked at, every problem leading to the thing."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Manager
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.rights import Capability
from rapport.apps.jobs.queries import running_jobs
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import Payout, PayoutRun
from rapport.apps.programs.models import Program
from rapport.apps.record.models import Examination
from rapport.apps.record.queries import latest_examination
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.flows.doctor.tasks import examine
from rapport.kit.clock import now

EXAMINING = "rapport.flows.doctor.tasks.examine"

_PUBLIC_ID = re.compile(r"\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}\b")

_PAGES: dict[str, tuple[str, Manager[Any], str, tuple[str, ...]]] = {
    "com": (
        "commission",
        Commission.objects,
        "agreement__program__workspace_id",
        ("agreement__program_id", "id"),
    ),
    "cnv": ("conversion", Conversion.objects, "program__workspace_id", ("program_id", "id")),
    "agr": ("partner", Agreement.objects, "program__workspace_id", ("program_id", "id")),
    "pay": ("payout", Payout.objects, "run__program__workspace_id", ("run__program_id", "run_id", "id")),
    "run": ("payout-run", PayoutRun.objects, "program__workspace_id", ("program_id", "id")),
    "prg": ("ledger", Program.objects, "workspace_id", ("id",)),
}
"""By the beginning of an id: which page tells of it, where it is found, by what it belongs to a workspace."""


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


def _row(check: dict[str, object], program: Program) -> CheckRow:
    sentences = [str(one) for one in check["problems"]] if isinstance(check["problems"], list) else []
    alone = not Program.objects.exclude(workspace_id=program.workspace_id).exists()
    findings = []
    for sentence in sentences:
        ids = _PUBLIC_ID.findall(sentence)
        urls = [url for one in ids if (url := _page_of(one, program.workspace_id))]
        if urls or alone or not ids:
            findings.append(Finding(sentence, urls[0] if urls else ""))
    rows = check["rows"]
    return CheckRow(
        str(check["name"]), rows if isinstance(rows, int) else 0, tuple(findings), len(sentences) - len(findings)
    )


def _page_of(public_id: str, workspace_id: str) -> str:
    """Return the address of the page about a thing of this workspace; "" where it has none."""
    if public_id[:3] not in _PAGES:
        return ""
    name, rows, owned_by, keys = _PAGES[public_id[:3]]
    at = rows.filter(**{"pk": public_id, owned_by: workspace_id}).values_list(*keys).first()
    return reverse(f"console:{name}", args=at) if at else ""
