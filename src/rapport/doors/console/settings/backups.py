"""Pages of backups: which are kept, and one more now. The archives hold every secret, so no page hands one out."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rapport.apps.identity.rights import Capability, can
from rapport.apps.jobs.queries import running_jobs
from rapport.doors.access import Request, allow
from rapport.doors.console.settings.frame import settings_page, workspace_or_404
from rapport.flows.backup.keeping import backups as kept_backups
from rapport.flows.backup.tasks import back_up

BACKING_UP = "rapport.flows.backup.tasks.back_up"


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Capability.JOB_READ, post=Capability.JOB_RUN)
def backups(request: Request, organisation_id: str) -> HttpResponse:
    """Show the backups of this installation; take one now."""
    workspace = workspace_or_404(request, organisation_id)
    if request.method == "POST":
        back_up.enqueue()
        messages.success(request, _("A backup is being taken; it appears here when it was read back whole."))
        return redirect("settings:backups", workspace.id)
    return settings_page(
        request,
        "backups.html",
        workspace=workspace,
        kept=kept_backups(settings.BACKUP_FOLDER),
        keep=settings.BACKUPS_KEPT,
        nightly=settings.BACKUP_NIGHTLY,
        beside=settings.BACKUP_FOLDER.is_relative_to(settings.DATA_FOLDER),
        missing=settings.SECRETS_IN_VARIABLES,
        running=any(job.name == BACKING_UP for job in running_jobs()),
        may_run=can(request.actor, Capability.JOB_RUN, workspace),
    )
