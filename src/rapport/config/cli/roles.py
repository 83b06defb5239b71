"""The roles of an installation, each alone in the foreground: pages, tracking, jobs."""

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rapport
from rapport.config.apart import run_seldom_work_apart
from rapport.config.cli.options import DataFolder, Port, choose, load_django
from rapport.config.cli.terminal import say
from rapport.config.doors import inherited_doors, is_listening_process, open_doors
from rapport.config.env import Environment, variable
from rapport.config.errors import Stop
from rapport.config.guardian import SUPERVISOR_VARIABLE, is_supervised, watch_supervisor
from rapport.config.installation import present
from rapport.config.supervisor import PROGRAM, Supervisor
from rapport.kit.collector import spare

if TYPE_CHECKING:
    from rapport.apps.jobs.worker import Worker

# Requests taken in beyond those being answered; more wait in the kernel, and a proxy sees that we are slow.
WAITING_REQUESTS = 64
STOP_WITHIN_S = 8


def web(data: DataFolder = None, port: Port = None) -> None:
    """Serve the pages and the API."""
    # The server is heavy and only this role needs it.
    from granian.constants import Interfaces  # noqa: PLC0415 - see above
    from granian.log import LogLevels  # noqa: PLC0415 - see above
    from granian.server import Server  # noqa: PLC0415 - see above

    chosen = choose(data=data, port=port)
    watch_supervisor()
    server = Server(
        "rapport.config.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        blocking_threads=chosen.web_threads,
        backpressure=chosen.web_threads + WAITING_REQUESTS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        log_level=LogLevels.warning,
    )
    with present(chosen.data):
        server.serve()


def edge(data: DataFolder = None, port: Port = None) -> None:
    """Answer clicks and postbacks: redirect, record, acknowledge. Needs the data folder and no database."""
    # Roles that do not track must not carry its weight.
    from rapport.config.tracking import become  # noqa: PLC0415 - see above
    from rapport.edge import EdgeSettings  # noqa: PLC0415 - see above
    from rapport.wire.foreign_names import read_names  # noqa: PLC0415 - see above

    chosen = choose(data=data, edge_port=port)
    doors = inherited_doors()
    if doors is None:
        _keep_edge(chosen)
        return
    settings = EdgeSettings(
        data=chosen.data,
        host=chosen.host,
        port=chosen.edge_port,
        metrics_port=chosen.metrics_port,
        trusted_proxies=tuple(chosen.trusted_proxies),
        own_hosts=chosen.edge_hosts,
        assets=Path(rapport.__file__).parent / "static" / "dist",
        secure_cookies=chosen.edge_address.startswith("https://"),
        foreign_names=read_names(chosen.edge_names),
        sockets=doors,
    )
    become(settings)


def _keep_edge(chosen: Environment) -> None:
    """Hold the doors and keep the processes behind them alive; SIGUSR1 renews them, SIGTERM stops them."""
    watch_supervisor()
    supervisor = Supervisor(say=say, environment={variable("edge_port"): str(chosen.edge_port)}, apart=False)
    supervisor.listen_to_signals()
    try:
        start_edge(supervisor, chosen)
        supervisor.run()
    except OSError as error:
        raise Stop(f"The edge cannot listen: {error.strerror}.") from error
    finally:
        supervisor.stop()


def start_edge(supervisor: Supervisor, chosen: Environment) -> None:
    """Open the doors and start the processes behind them. Raises OSError where a port is taken."""
    crew = chosen.edge_processes or len(os.sched_getaffinity(0))
    doors = open_doors(chosen.host, port=chosen.edge_port, metrics_port=chosen.metrics_port, processes=crew)
    for number, pair in enumerate(doors, start=1):
        supervisor.start("edge", name="edge" if number == 1 else f"edge {number}", doors=pair)
    is_ready = is_listening_process(chosen.data / "edges")
    supervisor.at_renewal = lambda: supervisor.renew("edge", is_ready=is_ready)


def worker(data: DataFolder = None) -> None:
    """Run jobs as they fall due and start those that have a schedule."""
    chosen = choose(data=data)
    supervised = is_supervised()
    watch_supervisor()
    load_django()
    run_seldom_work_apart()
    with present(chosen.data):
        worker, all_ended = _work(chosen)
    if worker.is_outgrown and all_ended:
        _begin_anew(supervised=supervised)
    if not all_ended:
        # Threads of jobs that were handed back cannot be stopped otherwise; another worker runs them again.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _work(chosen: Environment) -> tuple["Worker", bool]:
    # Models can be imported only after Django is awake.
    from rapport.apps.jobs.worker import Worker  # noqa: PLC0415 - see above
    from rapport.config.jobs import SCHEDULES  # noqa: PLC0415 - see above

    worker = Worker(
        folder=workers_folder(chosen.data),
        places=chosen.worker_threads,
        schedules=SCHEDULES,
        watched=(chosen.data / "journal",),
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stopping.set())
    spare()
    return worker, worker.run()


def _begin_anew(*, supervised: bool) -> None:
    """Become a fresh worker in the same process: whoever watches it sees no change, and the memory is given back."""
    if supervised:
        os.environ[SUPERVISOR_VARIABLE] = str(os.getppid())
    os.execv(sys.executable, [*PROGRAM, "worker"])  # noqa: S606 - our own program


def workers_folder(data: Path) -> Path:
    """Return where each worker shows that it is alive."""
    return data / "workers"
