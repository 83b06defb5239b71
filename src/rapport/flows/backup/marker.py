"""Remembers that an installation was brought back from a backup, and when: what waits in it waits since then."""

import json
from datetime import datetime
from pathlib import Path

from django.conf import settings

MARKER = "restored.json"


def note_restored(data: Path, *, at: datetime) -> None:
    """Write the moment down."""
    (data / MARKER).write_text(json.dumps({"at": at.isoformat()}) + "\n")


def restored_at() -> datetime | None:
    """Return when this installation was brought back from a backup, if it was."""
    try:
        return datetime.fromisoformat(json.loads((settings.DATA_FOLDER / MARKER).read_text())["at"])
    except (OSError, ValueError, KeyError):
        return None
