"""Page of the jobs: what runs, what waits, what failed and may run again, and when the scheduled ones come."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.apps.identity.rights import Capability, can
from rapport.apps.jobs.actions import run_job_again
from rapport.apps.jobs.queries import failed_jobs, job_figures, job_row, running_jobs, schedules
from rapport.doors.access import Request, allow
from rapport.doors.console.answers import done
from rapport.doors.console.frame import program_or_404, program_page
from rapport.kit.clock import now


@require_safe
@allow(Capability.JOB_READ)
def jobs(request: Request, program_id: str) -> HttpResponse:
    """Show the jobs of this installation; they serve all its programs."""
    program, at = program_or_404(request, program_id), now()
    return program_page(
        request,
        "jobs/page.html",
        program=program,
        at=at,
        figures=job_figures(at=at),
        running=running_jobs(),
        failed=failed_jobs(),
        schedules=schedules(),
        may_run=can(request.actor, Capability.JOB_RUN, program),
    )


@require_POST
@allow(Capability.JOB_RUN)
def again(request: Request, program_id: str, job_id: str) -> HttpResponse:
    """Run a failed job once more."""
    program = program_or_404(request, program_id)
    if job_row(job_id) is None:
        raise Http404
    run_job_again(by=request.actor, at=now(), job_id=job_id)
    return done(request, _("The job runs again."), name="jobs", at=(program.id,))
