"""Gives each room a folder under `build/`, where mutmut changes a copy of the code and tries the tests on it.

mutmut reads one configuration and works in one folder, `mutants`, where it is started. A folder for each room lets
each be tried by its own tests alone, and keeps the changed copies out of sight of all that reads the source tree.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from mutmut.stats import status_by_exit_code

from tests.mutation.rooms import Room
from tests.mutation.verdicts import exit_codes

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("src", "tests", "docs")
SECTION = "[tool.mutmut]\n"
SELECTED = "not drill and not browser"


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder in which the mutants of a room are made and tried."""

    room: Room
    folder: Path

    @property
    def mutants(self) -> Path:
        """Where mutmut keeps the changed copy and its verdicts."""
        return self.folder / "mutants"

    @property
    def log(self) -> Path:
        """What mutmut says."""
        return self.folder / "run.log"

    def open(self, *, keep: bool) -> None:
        """Prepare the folder; verdicts on other code or by other tests go, or with `keep` those that were no kill."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made_from = self.folder / "made-from"
        present = fingerprint()
        if not made_from.exists() or made_from.read_text(encoding="utf-8") != present:
            self._forget(keep=keep)
        made_from.write_text(present, encoding="utf-8")
        for name in LINKED:
            link = self.folder / name
            link.unlink(missing_ok=True)
            link.symlink_to(ROOT / name)
        (self.folder / "pyproject.toml").write_text(self._configuration(), encoding="utf-8")

    def generate(self) -> None:
        """Write the mutants."""
        self._start(sys.executable, "-m", "tests.mutation.generate")

    def try_out(self, names: Collection[str], *, workers: int) -> None:
        """Run the tests on these mutants, on all without a verdict if none is named; each verdict is kept at once."""
        mutmut = str(Path(sys.executable).with_name("mutmut"))
        self._start(mutmut, "run", "--max-children", str(workers), *sorted(names))

    def _start(self, *command: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            done = subprocess.run(command, cwd=self.folder, stdout=log, stderr=log, check=False)
        if done.returncode:
            raise SystemExit(f"{command[0]} failed for {self.room.name}; the end of {self.log} says why")

    def _configuration(self) -> str:
        """Return the project's settings with what is this room's alone."""
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        own = (
            f"only_mutate = {json.dumps([f'src/rapport/{self.room.folder}/*'])}\n"
            f"pytest_add_cli_args_test_selection = {json.dumps([*self.room.tests, '-m', SELECTED])}\n"
        )
        return text.replace(SECTION, SECTION + own)

    def _forget(self, *, keep: bool) -> None:
        if not keep:
            shutil.rmtree(self.mutants, ignore_errors=True)
            return
        for meta in exit_codes(self.mutants):
            path = self.mutants / meta
            kept = json.loads(path.read_text(encoding="utf-8"))
            for name, code in kept["exit_code_by_key"].items():
                kept["exit_code_by_key"][name] = code if status_by_exit_code[code] == "killed" else None
            path.write_text(json.dumps(kept), encoding="utf-8")


def fingerprint() -> str:
    """Return a digest of everything that a verdict hangs on: the code, the tests and the settings."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes())
    for folder in ("src", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
