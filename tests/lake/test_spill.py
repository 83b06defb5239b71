"""What DuckDB spills lies in a folder for each connection, and goes."""

import os
from pathlib import Path

import duckdb

from rapport.lake.spill import own_spill, sweep_spills

TWO_DAYS_AGO = -172_800
MADE = "CREATE TEMP TABLE told AS SELECT i, md5(CAST(i + $1 AS VARCHAR)) AS t FROM range(500000) numbers (i)"


def aged(folder: Path) -> Path:
    folder.mkdir()
    (folder / "duckdb_temp_storage_DEFAULT-0.tmp").write_bytes(b"spilt")
    then = folder.stat().st_mtime + TWO_DAYS_AGO
    os.utime(folder, (then, then))
    return folder


def test_two_that_spill_at_once_keep_their_own(tmp_path: Path) -> None:
    both = [
        duckdb.connect(config={"memory_limit": "20MB", "threads": "1", "temp_directory": own_spill(tmp_path)})
        for _ in range(2)
    ]
    for salt, one in enumerate(both):
        one.execute(MADE, [salt])

    assert len(list(tmp_path.iterdir())) == 2
    for salt, one in enumerate(both):
        right = one.execute("SELECT count(*) FROM told WHERE t = md5(CAST(i + $1 AS VARCHAR))", [salt]).fetchall()
        assert right == [(500_000,)]
        one.close()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_a_day_later_and_nothing_else(tmp_path: Path) -> None:
    nobody = 2**22 + 1  # more than any process is numbered
    gone, before_numbers = aged(tmp_path / f"spill-{nobody}-ab"), aged(tmp_path / "spill")
    lives = aged(tmp_path / f"spill-{os.getpid()}-ab")
    young = tmp_path / f"spill-{nobody}-cd"
    young.mkdir()

    sweep_spills(tmp_path)

    assert not gone.exists()
    assert not before_numbers.exists()
    assert lives.exists()
    assert young.exists()
