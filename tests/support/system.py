"""The programs outside Python that the tests need: says what is missing, and installs it on Debian.

Run as `python -m tests.support.system` before the tests.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class Missing(RuntimeError):
    """A program that the tests cannot do without is not on this machine."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed; `make test-system` installs it on Debian")


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the Debian packages that bring it."""

    name: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]


def has_postgresql() -> bool:
    """Say whether a PostgreSQL server, not only its client, is installed."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None


def has_curl() -> bool:
    """Say whether curl is installed, with which a journey runs the lines that the demo prints."""
    return shutil.which("curl") is not None


def has_chromium() -> bool:
    """Say whether the system's Chromium is installed."""
    return shutil.which("chromium") is not None


PROGRAMS = (
    Program(name="PostgreSQL server", packages=("postgresql",), is_there=has_postgresql),
    # Without fonts every letter is the same box, and pictures of pages show nothing.
    Program(name="Chromium", packages=("chromium", "fonts-liberation"), is_there=has_chromium),
    Program(name="curl", packages=("curl",), is_there=has_curl),
)


def main() -> int:
    """Install what is missing; return 1, with a sentence, when that cannot be done."""
    missing = [program for program in PROGRAMS if not program.is_there()]
    if not missing:
        return 0
    print("Installing", ", ".join(program.name for program in missing), "for the tests", file=sys.stderr)
    try:
        _install([package for program in missing for package in program.packages])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"could not install: {error}", file=sys.stderr)
    still_missing = [program for program in missing if not program.is_there()]
    for program in still_missing:
        print(f"{program.name} is missing: install {' '.join(program.packages)}, then try again", file=sys.stderr)
    return 1 if still_missing else 0


def _install(packages: list[str]) -> None:
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run([*as_root, "apt-get", "--quiet", *arguments], check=True, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
