"""`rapport alive` and `rapport repair`: whether tracking works, and taking in what was missed."""

import time
from typing import Annotated

import typer

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import complain, say
from rapport.config.errors import Stop
from rapport.config.installation import serving_ports

OutageId = Annotated[str, typer.Argument(help="Id of an outage; without it, all that wait for repair.")]
TryDoors = Annotated[bool, typer.Option("--try", help="Send a test click and a test order of every open program.")]
ARRIVES_WITHIN_S = 60


def alive(data: DataFolder = None, *, try_doors: TryDoors = False) -> None:
    """Say what of tracking is out of order; with --try, go through the real doors first."""
    chosen = choose(data=data)
    choose(data=data, **serving_ports(chosen.data))
    load_django()
    # Django is awake only now.
    from rapport.apps.outages.queries import open_outages  # noqa: PLC0415 - see above
    from rapport.flows.alive.health import health_now  # noqa: PLC0415 - see above
    from rapport.flows.alive.words import outage_words  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    well = _tried() if try_doors else True
    for part, word in health_now(at=now()).items():
        say(f"{part:<10} {word}")
        well = well and word == "ok"
    for row in open_outages():
        words = outage_words(row)
        complain(f"{row.id} since {row.began_at:%Y-%m-%d %H:%M} UTC: {words.heading}. {words.sentence}")
        well = False
    if not well:
        raise typer.Exit(1)


def repair(outage: OutageId = "", *, data: DataFolder = None) -> None:
    """Read the shops' orders of an outage's time again and credit what was missed; safe to repeat."""
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.apps.outages.queries import all_outages  # noqa: PLC0415 - see above
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - see above
    from rapport.apps.record.errors import Refusal  # noqa: PLC0415 - see above
    from rapport.flows.alive.repairing import outages_to_repair, repair_outage  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    found = list(all_outages().filter(pk=outage)) if outage else outages_to_repair()
    if outage and not found:
        raise Stop(f"There is no outage {outage}.")
    if not found:
        say("No outage waits for repair.")
    whole = True
    for row in found:
        try:
            done = repair_outage(row, by=Actor.system("command-line"), at=now())
        except Refusal as refusal:
            raise Stop(f"{row.id}: {refusal.sentence}") from refusal
        say(f"{row.id}: {len(done.numbers)} orders taken in.")
        for problem in done.problems:
            complain(problem)
            whole = False
    if not whole:
        raise typer.Exit(1)


def _tried() -> bool:
    """Send a test of every open program and wait until each order is where orders are kept."""
    from rapport.apps.programs.models import ProgramState  # noqa: PLC0415 - Django is awake only now
    from rapport.apps.programs.queries import all_programs  # noqa: PLC0415 - as above
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - as above
    from rapport.flows.alive.trials import NoLink, order_trial, send_trial_through  # noqa: PLC0415 - as above
    from rapport.kit.clock import now  # noqa: PLC0415 - as above

    well, by = True, Actor.system("command-line")
    for program in all_programs().filter(state=ProgramState.OPEN):
        try:
            trial = order_trial(program, by=by, at=now())
        except NoLink as refusal:
            say(f"{program.name}: {refusal.sentence}")
            continue
        send_trial_through(trial, by=by, at=now())
        came = not trial.problem and _arrived(trial.id)
        word = "arrived" if came else "did not arrive"
        say(f"{program.name}: {trial.problem or f'the test order {word}'}")
        well = well and came
    return well


def _arrived(trial_id: str) -> bool:
    from rapport.apps.outages.queries import all_trials  # noqa: PLC0415 - Django is awake only now
    from rapport.flows.alive.trials import note_arrivals  # noqa: PLC0415 - as above
    from rapport.kit.clock import now  # noqa: PLC0415 - as above

    for _second in range(ARRIVES_WITHIN_S):
        note_arrivals(at=now())
        if all_trials().get(pk=trial_id).arrived_at:
            return True
        time.sleep(1)
    return False
