"""How far the demo is built, in a small file of the data folder: read by pages while it is built, and to go on."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from rapport.flows.demo.planning import Play


@dataclass(frozen=True, slots=True)
class Building:
    """A demo as far as it is built: its play, the days played, the visits written, whether it is done."""

    seed: int
    until: str
    partners: int
    months: int
    entered: int = 0
    """Partners who are in before the first day."""
    visits_upto: str = ""
    """The last day whose visits lie in the lake."""
    writing_upto: str = ""
    """The last day whose visits were being written when this was noted."""
    played: int = 0
    done: bool = False

    @property
    def play(self) -> Play:
        """The play that is built."""
        return Play(self.seed, date.fromisoformat(self.until), self.partners, self.months)

    @property
    def percent(self) -> int:
        """How much is built; partners take a small part of the time."""
        if self.done:
            return 100
        days = self.play.days
        return min(99, 10 * self.entered // max(1, self.partners) + 88 * self.played // days)


def begun(play: Play) -> Building:
    """Return a demo of which nothing is built."""
    return Building(play.seed, play.until.isoformat(), play.partners, play.months)


def building() -> Building | None:
    """Return how far the demo of this data folder is built; None where none was begun."""
    try:
        known: dict[str, Any] = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Building(**known)


def note(state: Building) -> None:
    """Note how far it is, whole or not at all."""
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(asdict(state)), encoding="utf-8")
    draft.replace(_file())


def _file() -> Path:
    folder: Path = settings.DATA_FOLDER
    return folder / "demo.json"
