"""`rapport upgrade`: after a new version of the program was installed, the tables follow it, or stay as they were."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import err, say
from rapport.config.errors import Stop
from rapport.config.installation import alone, locked
from rapport.kit.clock import now

# What the new version cannot work without. Other findings may be older than the upgrade, and going back mends none.
GATES = frozenset({"folders", "database", "tables", "guards of the books"})

if TYPE_CHECKING:
    from rapport.flows.backup.keeping import Kept


def upgrade(data: DataFolder = None) -> None:
    """Follow a new version of the program: back up, bring the tables up to date, look; on failure, go back."""
    chosen, began_s = choose(data=data), time.monotonic()
    with locked(chosen.data), alone(chosen.data):
        load_django()
        kept = _backed_up()
        say(f"Backup: {kept.path}")
        applied = _brought_up_to_date(kept.path)
    say(f"{applied} migrations applied in {time.monotonic() - began_s:.0f} seconds, the installation is in order.")
    say("Start Rapport again; `rapport doctor` looks at every row.")


def _backed_up() -> "Kept":
    # Django is awake only now.
    from rapport.flows.backup.stillness import AlreadyRuns  # noqa: PLC0415 - see above
    from rapport.flows.backup.taking import NotEnoughRoom, take_backup  # noqa: PLC0415 - see above

    try:
        with err.status("Taking a backup"):
            return take_backup(at=now())
    except (AlreadyRuns, NotEnoughRoom, OSError) as problem:
        raise Stop(f"Nothing was changed, because no backup could be taken: {problem}") from problem


def _brought_up_to_date(archive: Path) -> int:
    """Apply and look; whatever goes wrong on the way, the tables end as they were."""
    # Django is awake only now.
    from rapport.config.health import system_checks  # noqa: PLC0415 - see above
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above

    try:
        applied = bring_up_to_date(console=err)
        problems = [problem for check in system_checks() if check.name in GATES for problem in check.problems]
    except BaseException as problem:
        raise _gone_back(archive, why=str(problem)) from problem
    if problems:
        raise _gone_back(archive, why="; ".join(problems))
    return applied


def _gone_back(archive: Path, *, why: str) -> Stop:
    _go_back(archive)
    return Stop(f"The upgrade failed and was taken back; the tables are as before. Why: {why}")


def _go_back(archive: Path) -> None:
    # Django is awake only now.
    from django.conf import settings  # noqa: PLC0415 - see above

    from rapport.flows.backup.archive import unpack  # noqa: PLC0415 - see above
    from rapport.flows.backup.tables import put_back  # noqa: PLC0415 - see above

    with err.status("Going back"), tempfile.TemporaryDirectory(dir=settings.DATA_FOLDER) as folder:
        manifest = unpack(archive, into=Path(folder))
        put_back(Path(folder) / "tables", migrations=manifest.migrations)
