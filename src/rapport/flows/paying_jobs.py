"""What the worker does for payouts, in short steps; each goes on where it stopped when it is run again."""

from rapport.apps.jobs.retry import job
from rapport.apps.record.actors import Actor
from rapport.flows import invoicing, paying
from rapport.kit.clock import now


@job(retries=5, key="fill-run:{run_id}", queue="long")
def fill_run(run_id: str) -> None:
    """Look at every partner of a program for a draft."""
    paying.fill_run(run_id, clock=now)


@job(retries=5, key="release-run:{run_id}", queue="long")
def release_run(run_id: str) -> None:
    """Give back what an abandoned run holds."""
    paying.release_run(run_id, by=Actor.system("abandoned-run"), clock=now)


@job(retries=5, key="send-run:{run_id}", queue="long")
def send_run(run_id: str) -> None:
    """Note as sent what stands in the files of a run."""
    paying.send_run(run_id, clock=now)


@job(retries=3, key="invoices")
def issue_invoices() -> None:
    """Bill the payouts that arrived, and take back the papers of those that came back."""
    invoicing.issue_waiting(at=now())
