"""A machine whose power and clock a drill commands: a shim of C before the library of a real process.

Wrapping `os.fsync` in Python would miss what libraries sync, and would judge Python's own opinion of what it did; the
shim sees what every part of the process asks of the kernel.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("machine.c")


@dataclass
class Machine:
    """The machine of one data folder: what it promised to keep, and what its clock says."""

    folder: Path
    lies: bool = False
    platter: Path | None = None
    _library: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self._library = self.folder / "machine.so"
        command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(self._library), str(SOURCE), "-ldl"]
        subprocess.run(command, check=True)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a process that runs on this machine."""
        return {
            "LD_PRELOAD": str(self._library),
            "DRILL_SYNCS": str(self.folder / "syncs"),
            "DRILL_CLOCK": str(self.folder / "clock"),
            "DRILL_FORGETS": "1" if self.lies else "0",
            **({"DRILL_PLATTER": str(self.platter)} if self.platter else {}),
        }

    def step_clock(self, seconds: int) -> None:
        """Move the wall clock of every process on this machine, against the true one."""
        new = self.folder / "clock.new"
        new.write_text(str(seconds))
        new.rename(self.folder / "clock")

    def lose_power(self, folder: Path) -> None:
        """Leave of a folder what was promised: the names of its last sync, each file up to the length of its own."""
        lengths, names = self._promised(folder)
        there = {path.stat().st_ino: path for path in folder.iterdir()}
        kept = folder.with_name(f"{folder.name}.kept")
        kept.mkdir(mode=0o700)
        for name, inode in names.items():
            if inode in there:  # what was removed since may come back or not; a removed file was no longer needed
                os.truncate(there[inode], min(lengths.get(inode, 0), there[inode].stat().st_size))
                os.link(there[inode], kept / name)
        shutil.rmtree(folder)
        kept.rename(folder)
        # The next life of the folder has another inode, and the files in it keep theirs and what they were promised.
        with (self.folder / "syncs").open("a") as notes:
            notes.write(f"D {folder.stat().st_ino}\n")
            notes.writelines(f"N {path.stat().st_ino} {path.name}\n" for path in folder.iterdir())
            notes.write("E\n")

    def _promised(self, folder: Path) -> tuple[dict[int, int], dict[str, int]]:
        """Return the synced length of each file, and the names that the folder's last sync held, both by inode."""
        lengths: dict[int, int] = {}
        names: dict[str, int] = {}
        wanted, inside = folder.stat().st_ino, 0
        notes = self.folder / "syncs"
        for line in notes.read_text().splitlines() if notes.exists() else ():
            kind, number, name = [*line.split(" ", 2), "", ""][:3]
            if kind == "F":
                lengths[int(number)] = int(name)
            elif kind == "D":
                inside = int(number)
                names = {} if inside == wanted else names
            elif kind == "N" and inside == wanted and name not in {".", ".."}:
                names[name] = int(number)
        return lengths, names
