"""A supervisor with two children for a test that kills it."""

import sys
from pathlib import Path

from rapport.config.supervisor import Supervisor

CHILD = Path(__file__).with_name("child_process.py")

supervisor = Supervisor(
    say=lambda sentence: print(sentence, flush=True),  # noqa: T201 - the test reads it
    environment={"CHILD_LOG": sys.argv[1]},
    program=(sys.executable, str(CHILD)),
)
supervisor.listen_to_signals()
try:
    supervisor.start("sleeps")
    supervisor.start("sleeps-too")
    supervisor.run()
finally:
    supervisor.stop()
