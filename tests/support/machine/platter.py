"""The disk of a machine as it would be found after a power cut: of every file and folder what its last sync promised.

What was written since is gone, also where it was written over something older; a name that was given or taken away
since is as it was. A file that was removed without a sync of its folder comes back.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.support.machine import Machine

_SYNC_ALL = """
import os, sys
for root in sys.argv[1:]:
    for folder, _folders, files in os.walk(root, topdown=False):
        for path in (*(os.path.join(folder, name) for name in files), folder):
            handle = os.open(path, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
"""


class Platter:
    """What the disk of a machine holds for certain."""

    def __init__(self, folder: Path, *, lies: bool = False) -> None:
        """Begin with an empty disk; one that `lies` keeps nothing of what it promises."""
        folder.mkdir()
        self._kept = folder / "platter"
        self._honest = Machine(folder / "honest", platter=self._kept)
        self.machine = Machine(folder / "machine", lies=lies, platter=self._kept)

    def take(self, root: Path) -> None:
        """Hold everything that lies in a folder now, and nothing of before: the machine was running for a while."""
        shutil.rmtree(self._kept, ignore_errors=True)
        self._kept.mkdir()
        environment = {**os.environ, **self._honest.variables}
        subprocess.run([sys.executable, "-c", _SYNC_ALL, str(root)], env=environment, check=True)

    def lose_power(self, root: Path, *, names: Collection[str]) -> None:
        """Leave of a folder what is held; only its entries `names` are on this disk, whatever else is there stays."""
        found = root.with_name(f"{root.name}.found")
        found.mkdir(mode=0o700)
        for key, kind, name in self._entries(_key(root)):
            if name in names:
                self._put(found / name, key, kind)
        for path in root.iterdir():
            if path.name not in names:
                path.rename(found / path.name)
        shutil.rmtree(root)
        found.rename(root)

    def _put(self, path: Path, key: str, kind: str) -> None:
        if kind == "f":
            held = self._kept / key
            path.write_bytes(held.read_bytes() if held.exists() else b"")
            path.chmod(0o600)
            return
        path.mkdir(mode=0o700)
        for inner_key, inner_kind, name in self._entries(key):
            self._put(path / name, inner_key, inner_kind)

    def _entries(self, key: str) -> Iterator[tuple[str, str, str]]:
        held = self._kept / f"{key}.names"
        for line in held.read_text().splitlines() if held.exists() else ():
            inner_key, kind, name = line.split(" ", 2)
            yield inner_key, kind, name


def _key(path: Path) -> str:
    """Return the key of a file as the shim writes it: inode and birth, which Python does not tell on Linux."""
    asked = ["stat", "--printf", "%i-%.9W", str(path)]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout
