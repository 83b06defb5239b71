"""Bringing an installation back: its files, then its settings, then its tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from rapport.config.cli.options import choose, load_django
from rapport.config.cli.terminal import err
from rapport.config.errors import Stop
from rapport.kit.clock import now

if TYPE_CHECKING:
    from rapport.flows.backup.archive import Manifest


def bring_back(file: Path, *, data: Path) -> "Manifest":
    """Restore an archive; raises Stop with the reason, and leaves nothing half done in the folder."""
    # These need Django's packages, though not Django awake.
    from rapport.flows.backup.archive import BadArchive  # noqa: PLC0415 - see above
    from rapport.flows.backup.files import empty, unpack_files  # noqa: PLC0415 - see above
    from rapport.flows.backup.refusals import CannotRestore  # noqa: PLC0415 - see above

    try:
        with err.status("Unpacking"):
            manifest = unpack_files(file, data=data)
    except BadArchive as problem:
        raise Stop(f"{file} is of no use. {problem}") from problem
    except CannotRestore as refusal:
        raise Stop(str(refusal)) from refusal
    try:
        with err.status("Filling the tables"):
            _fill_tables(manifest, data=data)
    except CannotRestore as refusal:
        empty(data)
        raise Stop(str(refusal)) from refusal
    except Stop:
        empty(data)
        raise
    return manifest


def _fill_tables(manifest: "Manifest", *, data: Path) -> None:
    choose(data=data)
    load_django()
    # Django is awake only now.
    from rapport.config.tables import bring_up_to_date  # noqa: PLC0415 - see above
    from rapport.flows.backup.restoring import bring_tables_back, catch_up  # noqa: PLC0415 - see above

    bring_tables_back(manifest, data=data)
    bring_up_to_date(console=err)
    catch_up(data, at=now())
