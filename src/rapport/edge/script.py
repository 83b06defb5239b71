"""The script for a shop's pages, served under the shop's own name: built by the front end, read once at the start."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from rapport.edge.answers import Answer
from rapport.edge.request import Request

_HEADERS = (
    "content-type: text/javascript; charset=utf-8\r\ncache-control: public, max-age=3600\r\n"
    'etag: "{name}"\r\ncross-origin-resource-policy: cross-origin\r\nvary: accept-encoding\r\n'
)


@dataclass(frozen=True, slots=True)
class Script:
    """The script as it goes out, plain and packed; `name` changes with its content."""

    name: str
    plain: bytes
    packed: bytes

    def answer(self, request: Request) -> Answer:
        """Give the script, or say that the browser has it."""
        headers = _HEADERS.format(name=self.name)
        if request.header(b"if-none-match") == f'"{self.name}"':
            return Answer(304, headers.encode())
        if "gzip" in request.header(b"accept-encoding"):
            return Answer(200, f"{headers}content-encoding: gzip\r\n".encode(), self.packed)
        return Answer(200, headers.encode(), self.plain)


def load(folder: Path) -> Script:
    """Read the script from the folder of built files.

    Raises:
        OSError: it is not there.
        KeyError: its manifest does not name it.
    """
    name = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["t.js"]
    plain = (folder / name).read_bytes()
    return Script(name, plain, gzip.compress(plain, 9, mtime=0))
