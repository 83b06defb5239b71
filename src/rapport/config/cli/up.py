"""`rapport up`: a whole installation as one program."""

from typing import Annotated
from urllib.parse import urljoin

import typer

from rapport.config.cli.options import (
    DEMO_FOLDER,
    DataFolder,
    Partners,
    Port,
    Seed,
    Until,
    choose,
    demo_options,
    load_django,
)
from rapport.config.cli.roles import start_edge
from rapport.config.cli.terminal import err, out, say
from rapport.config.doors import is_listening_process
from rapport.config.env import Environment, Origin, origins, variable
from rapport.config.errors import Stop
from rapport.config.guardian import watch_supervisor
from rapport.config.installation import is_listening, locked, with_free_ports, write_run_file
from rapport.config.supervisor import Supervisor

READY_WITHIN_S = 60.0
# Which further ports follow a port that was typed, unless they were chosen themselves.
FOLLOWING = {"edge_port": 1, "metrics_port": 2}

Demo = Annotated[bool, typer.Option("--demo", help="Load the demo program, once, and print its sign-ins.")]


def up(
    data: DataFolder = None,
    port: Port = None,
    *,
    demo: Demo = False,
    partners: Partners = None,
    until: Until = None,
    seed: Seed = None,
) -> None:
    """Serve everything: pages, tracking and jobs. Ctrl-C stops it."""
    told = demo_options(partners=partners, until=until, seed=seed)
    folder = DEMO_FOLDER if demo and data is None else data
    chosen = choose(data=folder, port=port, demo=demo or None, **_following(port), **told)
    with locked(chosen.data):
        _serve(with_free_ports(chosen), with_demo=demo or chosen.demo)


def _following(port: int | None) -> dict[str, int]:
    if port is None:
        return {}
    chosen_apart = {name for name, origin in origins().items() if origin is not Origin.DEFAULT}
    return {name: port + step for name, step in FOLLOWING.items() if name not in chosen_apart}


def _serve(chosen: Environment, *, with_demo: bool) -> None:
    supervisor = Supervisor(say=say, environment=_ports_of(chosen))
    supervisor.listen_to_signals()
    try:
        start_edge(supervisor, chosen)  # needs no tables: no click waits for them
        if _is_first_start(chosen):
            supervisor.start("web")  # nobody knows its address yet: it may wake while the tables are made
        first_owner = supervisor.ask("prepare").strip()
        # While the demo is built, the worker would decide by today's clock about orders of long ago.
        for role in ("web",) if with_demo else ("web", "worker"):
            if role not in supervisor.children:
                supervisor.start(role)
        supervisor.wait_until(lambda: _answers(chosen, supervisor), within_s=READY_WITHIN_S)
        _print_addresses(chosen)
        if with_demo and supervisor.run_once("demo") != 0 and not supervisor.stopping.is_set():
            raise Stop("The demo program could not be loaded; see above.")
        if not supervisor.stopping.is_set():
            if with_demo:
                supervisor.start("worker")
            elif first_owner:
                _print_first_owner(chosen, path=first_owner)
            write_run_file(chosen)
        supervisor.run()
    finally:
        supervisor.stop()
    say("Stopped.")


def _is_first_start(chosen: Environment) -> bool:
    return chosen.database_url is None and not (chosen.data / "rapport.sqlite3").exists()


def prepare(data: DataFolder = None) -> None:
    """Bring the tables up to date; print the path at which the first owner signs up, while there is none."""
    # `rapport up` has this done by a process that ends: it lives long itself, and would carry Django for nothing else.
    choose(data=data)
    watch_supervisor()
    load_django()
    # Models can be imported only after Django is awake.
    from rapport.apps.identity.actions import issue_first_owner_invitation  # noqa: PLC0415 - see above
    from rapport.apps.identity.queries import has_owner  # noqa: PLC0415 - see above
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    bring_up_to_date(console=err)
    if not has_owner():
        say(issue_first_owner_invitation(at=now()))


def _ports_of(chosen: Environment) -> dict[str, str]:
    return {variable(name): str(getattr(chosen, name)) for name in ("port", "edge_port", "metrics_port")}


def _answers(chosen: Environment, supervisor: Supervisor) -> bool:
    edges = [child.process.pid for child in supervisor.children.values() if child.role == "edge"]
    return is_listening(chosen.host, chosen.port) and all(map(is_listening_process(chosen.data / "edges"), edges))


def _print_addresses(chosen: Environment) -> None:
    out.print(f"\n[bold]Rapport serves[/] {chosen.web_address}")
    say(f"Tracking links at {chosen.edge_address}, data in {chosen.data}. Ctrl-C stops.\n")


def _print_first_owner(chosen: Environment, *, path: str) -> None:
    """Let whoever started the program become its owner: an address that works once, printed here and nowhere else."""
    out.print("[bold]Nobody owns this installation yet.[/] Open this address, once, to become its owner:")
    say(f"  {urljoin(chosen.web_address, path)}\n")
