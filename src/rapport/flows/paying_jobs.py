"""What the worker does for payouts, in short steps; each goes on where it stopped when it is run again."""

from rapport.apps.jobs.retry import job
from rapport.apps.payouts.queries import any_call_to_look_at
from rapport.apps.record.actors import Actor
from rapport.flows import calling, invoicing, paying
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


@job(retries=10, key="carry-calls:{run_id}", queue="long")
def carry_calls(run_id: str) -> None:
    """Send the calls of a run; one that was not answered is tried again under the same name."""
    calling.carry_calls(run_id, clock=now)


@job(retries=3, key="look-at-call:{name}", queue="long")
def look_at_call(name: str) -> None:
    """Ask a provider what became of one call."""
    calling.look_at_call(name, clock=now)


@job(retries=3, queue="long")
def look_at_calls() -> None:
    """Ask providers what became of the calls whose time has come."""
    calling.look_at_calls(clock=now)


def calls_wait() -> bool:
    """Say whether there is a call to be looked at."""
    return any_call_to_look_at(at=now())
