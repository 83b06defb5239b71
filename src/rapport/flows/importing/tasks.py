"""What the worker does for imports; each is safe to run twice."""

from rapport.apps.imports.models import RunState
from rapport.apps.imports.queries import run_of
from rapport.apps.jobs.progress import report_progress
from rapport.apps.jobs.retry import job
from rapport.apps.record.actors import Actor, ActorKind
from rapport.flows.importing import carrying, checking, files, matching
from rapport.kit.clock import now


@job(retries=3, key="import-check:{run_id}", queue="long")
def check_import(run_id: str) -> None:
    """Find out what a file would bring."""
    if run_of(run_id).state == RunState.CHECKING:
        checking.check(run_id, at=now(), progress=_tell)


@job(retries=20, key="import:{run_id}", queue="long")
def carry_out_import(run_id: str) -> None:
    """Take in what a checked file tells."""
    run = run_of(run_id)
    if run.state == RunState.RUNNING:
        by = Actor(ActorKind(run.actor_kind), run.actor_id)
        carrying.carry_out(run_id, by=by, at=now(), progress=_tell)


@job(retries=3, key="match-returns", queue="long")
def match_returns() -> None:
    """Find sales for returns that wait for them."""
    matching.match_waiting(at=now())


@job(retries=3, key="forget-imports")
def forget_import_files() -> None:
    """Remove uploaded files after their time."""
    files.forget_files(at=now())


def _tell(done: int) -> None:
    report_progress(done=done)
