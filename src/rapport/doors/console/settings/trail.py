"""Page of the audit trail: who did what, newest first."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from rapport.apps.identity.queries import actor_names
from rapport.apps.identity.rights import Capability
from rapport.apps.record.models import AuditRow
from rapport.apps.record.queries import trail_of_workspace
from rapport.doors.access import Request, allow
from rapport.doors.console.settings.frame import settings_page, workspace_or_404

SHOWN = 50


@require_safe
@allow(Capability.AUDIT_READ)
def audit(request: Request, organisation_id: str) -> HttpResponse:
    """Show the trail of a workspace, or of one subject in it (`?subject=`), before a row (`?before=`)."""
    workspace = workspace_or_404(request, organisation_id)
    subject, before = request.GET.get("subject", ""), request.GET.get("before", "")
    rows = list(trail_of_workspace(workspace.id, subject=subject, before=before)[: SHOWN + 1])
    shown = rows[:SHOWN]
    names = actor_names({(row.actor_kind, row.actor_id) for row in shown})
    return settings_page(
        request,
        "audit.html",
        workspace=workspace,
        rows=[(row, names.get(row.actor_id, row.actor_id), _details(row)) for row in shown],
        subject=subject,
        before=before,
        older=shown[-1].id if len(rows) > SHOWN else "",
    )


def _details(row: AuditRow) -> list[str]:
    """Return what a row says beside its action, one line each."""
    values: dict[str, object] = row.data
    return [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in values.items()
    ]
