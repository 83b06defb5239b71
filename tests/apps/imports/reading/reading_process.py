"""Sorts one file into orders and prints its lines, those refused, and its peak in KiB: `reading_process FILE`."""

import re
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    from rapport.apps.conversions.reading import Frame
    from rapport.apps.imports.reading.layout import guess_layout
    from rapport.apps.imports.reading.lines import LineReader
    from rapport.apps.imports.reading.orders import OrderReader
    from rapport.apps.imports.reading.tables import open_table
    from rapport.apps.imports.reading.working import WorkingFile, build_working_file
    from tests.make.identity import NOON

    path = Path(sys.argv[1])
    table = open_table(path)
    layout = guess_layout("orders", table.header, [], zone="UTC")
    reader = OrderReader(layout=layout, frame=Frame("prg_1", "EUR", frozenset({"sale"})), received_at=NOON)
    lines = LineReader(layout, table.header, currency="EUR")
    working = path.with_suffix(".sqlite3")
    build_working_file(working, map(lines.read, table.rows()), reader=reader)
    work = WorkingFile(working, reader=reader)
    # Not `getrusage`: that remembers how large the process was that started this one.
    (peak_kib,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    print(work.figures().lines, work.figures().refused, peak_kib)  # noqa: T201 - the test reads it
