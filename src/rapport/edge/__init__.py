"""The fast process: follows links, writes clicks and postbacks into the journal, needs a disk and nothing else."""

from rapport.edge.server import run
from rapport.edge.settings import EdgeSettings

__all__ = ["EdgeSettings", "run"]
