"""The files of an import: kept by a random name, looked into, and opened as what they are."""

import csv
import hashlib
import heapq
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.imports.actions import UploadedFile, note_file_removed
from rapport.apps.imports.errors import FileGone, Unreadable
from rapport.apps.imports.models import ImportRun
from rapport.apps.imports.queries import expired_runs
from rapport.apps.imports.reading.layout import Layout, guess_layout
from rapport.apps.imports.reading.lines import LineReader
from rapport.apps.imports.reading.orders import OrderReader
from rapport.apps.imports.reading.tables import Table, open_table
from rapport.apps.imports.reading.working import Progress, WorkingFile, build_working_file
from rapport.flows.offers import Offer
from rapport.kit.ids import random_token

SAMPLED = 1_000
SHOWN = 5
UPLOAD = "upload"
REPORT = "report.csv"
_WORKING = "lines.sqlite3"
_CHUNK = 1 << 20
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

Fate = tuple[int, str, str, str]
"""Line, order, what became of it, why."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a file before anything is chosen: its form, columns, first lines and a guess."""

    described: str
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    guess: Layout

    @property
    def shown(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return each column with a few of its values."""
        first = self.samples[:SHOWN]
        return [(name, tuple(row[place] for row in first)) for place, name in enumerate(self.header)]


def keep_upload(chunks: Iterable[bytes], *, name: str) -> UploadedFile:
    """Keep an uploaded file under a random name; raises `Unreadable` when it is larger than the settings allow."""
    folder = random_token()
    path = settings.IMPORTS_FOLDER / folder / UPLOAD
    path.parent.mkdir(parents=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MOST_BYTES:
                shutil.rmtree(path.parent)
                told = {"most": settings.IMPORT_MOST_BYTES // 1_000_000}
                raise Unreadable(_("The file is larger than %(most)s MB. Use `rapport import` on the server.") % told)
            digest.update(chunk)
            file.write(chunk)
    return UploadedFile(name=name, path="", folder=folder, size_bytes=size, digest=digest.hexdigest())


def forget_upload(file: UploadedFile) -> None:
    """Throw an upload away that no run knows."""
    shutil.rmtree(settings.IMPORTS_FOLDER / file.folder)


def lying_file(path: Path) -> UploadedFile:
    """Describe a file that stays where it lies on this machine."""
    folder = random_token()
    (settings.IMPORTS_FOLDER / folder).mkdir(parents=True, mode=0o700)
    size, digest = path.stat().st_size, digest_of_file(path)
    return UploadedFile(name=path.name, path=str(path.absolute()), folder=folder, size_bytes=size, digest=digest)


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def file_of(run: ImportRun) -> Path:
    """Return where the file of a run lies; raises `FileGone` when it was removed or changed."""
    path = Path(run.path) if run.path else settings.IMPORTS_FOLDER / run.folder / UPLOAD
    if run.file_removed_at or not path.is_file() or path.stat().st_size != run.size_bytes:
        raise FileGone
    return path


def report_path(run: ImportRun) -> Path:
    """Return where the report of a run lies."""
    return Path(settings.IMPORTS_FOLDER) / run.folder / REPORT


def look_into(run: ImportRun) -> Look:
    """Look at the header and the first thousand lines; raises `Unreadable`."""
    table = open_table(file_of(run))
    samples = tuple(row.cells for row in islice(table.rows(), SAMPLED) if not row.problem)
    guess = guess_layout(run.subject, table.header, samples, zone=run.program.zone)
    return Look(table.described, table.header, samples, guess)


@contextmanager
def working_file(run: ImportRun, offer: Offer, *, progress: Progress = lambda _done: None) -> Iterator[WorkingFile]:
    """Open the working file of a run of orders, made now if it is not there whole."""
    layout = Layout.of(run.layout)
    reader = OrderReader(layout=layout, frame=offer.frame, received_at=run.uploaded_at)
    path = settings.IMPORTS_FOLDER / run.folder / _WORKING
    if not path.exists():
        # The data folder may be another than the one in which the import was begun.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        table = open_table(file_of(run))
        lines = LineReader(layout, table.header, currency=offer.program.currency)
        build_working_file(path, map(lines.read, table.rows()), reader=reader, progress=progress)
    work = WorkingFile(path, reader=reader)
    try:
        yield work
    finally:
        work.close()


def forget_working_file(run: ImportRun) -> None:
    """Throw the working file away: it is read anew by another layout, or not needed any more."""
    (settings.IMPORTS_FOLDER / run.folder / _WORKING).unlink(missing_ok=True)


def table_of(run: ImportRun) -> Table:
    """Open the file of a run as a table."""
    return open_table(file_of(run))


def write_report(run: ImportRun, refused: Iterable[Fate], waiting: Iterable[Fate]) -> None:
    """Write every line that does not count, in the order of the file; a spreadsheet must not run a cell."""
    path = report_path(run)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((_("line"), _("order"), _("what became of it"), _("why")))
        for line, *texts in heapq.merge(refused, sorted(waiting)):
            writer.writerow((line, *(_harmless(text) for text in texts)))
    unfinished.replace(path)


def forget_files(*, at: datetime) -> int:
    """Remove the files of imports that are older than the settings say; reports stay."""
    runs = list(expired_runs(before=at - timedelta(days=settings.IMPORT_KEPT_DAYS)))
    for run in runs:
        forget_working_file(run)
        (settings.IMPORTS_FOLDER / run.folder / UPLOAD).unlink(missing_ok=True)
        note_file_removed(run_id=run.id, at=at)
    return len(runs)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text
