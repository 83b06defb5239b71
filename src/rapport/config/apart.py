"""One piece of a worker's work in a process of its own, which gives back whatever that loaded by ending.

A worker starts `python -m rapport.config.apart WORK`; it ends with the worker too, however that ends.
"""

import os
import subprocess
import sys

from rapport.config.cli.options import choose, load_django
from rapport.config.guardian import SUPERVISOR_VARIABLE, watch_supervisor
from rapport.config.installation import present


def run_seldom_work_apart() -> None:
    """Let this process, whose Django is awake, have work that needs the lake done by others while it comes seldom."""
    from rapport.apps.jobs.apart import seldom  # noqa: PLC0415 - models can be imported only now

    seldom.run_apart_by(_run)


def _run(work: str) -> None:
    environment = {**os.environ, SUPERVISOR_VARIABLE: str(os.getpid())}
    subprocess.run([sys.executable, "-m", __name__, work], env=environment, check=True)  # noqa: S603 - our own program


def _do(work: str) -> None:
    chosen = choose(data=None)
    watch_supervisor()
    load_django()
    from django.utils.module_loading import import_string  # noqa: PLC0415 - see above

    with present(chosen.data):
        import_string(work)()


if __name__ == "__main__":
    _do(sys.argv[1])
