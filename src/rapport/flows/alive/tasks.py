"""What the worker does to know that tracking is alive; each is safe to run twice."""

from contextlib import suppress

from rapport.apps.jobs.retry import job
from rapport.apps.outages.queries import all_outages, all_trials
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import Refusal
from rapport.flows.alive import machine, monitor, repairing, trials
from rapport.kit.clock import now


@job(retries=1, key="watch-machine")
def watch_machine() -> None:
    """Look whether the edge answers and writes, and whether what it wrote is carried on."""
    machine.look_at_machine(at=now())


@job(retries=1, key="watch-tracking", queue="long")
def watch_tracking() -> None:
    """Try the doors and look at what arrives, of every program."""
    monitor.look_around(at=now())


@job(retries=1, key="watch-links", queue="long")
def watch_links() -> None:
    """Look where the links of every program lead."""
    monitor.look_at_links(at=now())


@job(retries=1, key="send-trial:{trial_id}")
def send_trial(trial_id: str) -> None:
    """Send a test click and a test order that somebody asked for."""
    trials.send_trial_through(all_trials().get(pk=trial_id), by=Actor.system("trial"), at=now())


@job(retries=1, key="refund-trial:{trial_id}")
def refund_trial(trial_id: str) -> None:
    """Take a test order back by a test refund."""
    with suppress(Refusal):  # the page shows that no refund went out
        trials.send_refund_through(all_trials().get(pk=trial_id), by=Actor.system("trial"), at=now())


@job(retries=2, key="repair-outage:{outage_id}", queue="long")
def repair_outage(outage_id: str) -> None:
    """Read the shop's orders of an outage's time again."""
    with suppress(Refusal):  # as above: no shop can be asked
        repairing.repair_outage(all_outages().get(pk=outage_id), by=Actor.system("repair"), at=now())
