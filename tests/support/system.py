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


ROOT = Path(__file__).resolve().parents[2]
NODE_LIST = Path(__file__).with_name("node")
NODE_FOLDER = ROOT / "build" / "node"


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


def has_node() -> bool:
    """Say whether Node and its package manager are installed, for the official packages of shops."""
    return shutil.which("node") is not None and shutil.which("npm") is not None


def has_php() -> bool:
    """Say whether PHP is installed, which runs the plug-in for WooCommerce."""
    return shutil.which("php") is not None


def has_node_packages() -> bool:
    """Say whether the packages that judge our signatures are there as their list has them."""
    kept = NODE_FOLDER / "package-lock.json"
    wanted = (NODE_LIST / "package-lock.json").read_bytes()
    return (NODE_FOLDER / "node_modules").is_dir() and kept.is_file() and kept.read_bytes() == wanted


def has_caddy() -> bool:
    """Say whether Caddy is installed, the proxy that a public address stands behind."""
    return shutil.which("caddy") is not None


def has_pebble() -> bool:
    """Say whether Pebble is installed, a certificate authority for tests."""
    return shutil.which("pebble") is not None


def has_dovecot() -> bool:
    """Say whether Dovecot is installed, a real server of mailboxes."""
    return Path("/usr/sbin/dovecot").exists() and Path("/usr/lib/dovecot/imap").exists()


def has_systemd() -> bool:
    """Say whether systemd's own checker of units is installed; nothing is started by it."""
    return shutil.which("systemd-analyze") is not None


def has_compiler() -> bool:
    """Say whether a C compiler is installed, for the machine whose power a drill may cut."""
    return shutil.which("cc") is not None


PROGRAMS = (
    Program(name="PostgreSQL server", packages=("postgresql",), is_there=has_postgresql),
    # Without fonts every letter is the same box, and pictures of pages show nothing.
    Program(name="Chromium", packages=("chromium", "fonts-liberation"), is_there=has_chromium),
    Program(name="Caddy", packages=("caddy",), is_there=has_caddy),
    Program(name="Pebble", packages=("pebble",), is_there=has_pebble),
    Program(name="systemd", packages=("systemd",), is_there=has_systemd),
    Program(name="Dovecot", packages=("dovecot-imapd",), is_there=has_dovecot),
    Program(name="curl", packages=("curl",), is_there=has_curl),
    Program(name="Node", packages=("nodejs", "npm"), is_there=has_node),
    Program(name="C compiler", packages=("gcc", "libc6-dev"), is_there=has_compiler),
    Program(name="PHP", packages=("php-cli",), is_there=has_php),
)


def main() -> int:
    """Install what is missing; return 1, with a sentence, when that cannot be done."""
    missing = [program for program in PROGRAMS if not program.is_there()]
    if not missing:
        return _with_node_packages()
    print("Installing", ", ".join(program.name for program in missing), "for the tests", file=sys.stderr)
    try:
        _install([package for program in missing for package in program.packages])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"could not install: {error}", file=sys.stderr)
    still_missing = [program for program in missing if not program.is_there()]
    for program in still_missing:
        print(f"{program.name} is missing: install {' '.join(program.packages)}, then try again", file=sys.stderr)
    return 1 if still_missing else _with_node_packages()


def _with_node_packages() -> int:
    """Install the packages that judge our signatures, where they are missing or others than listed."""
    if has_node_packages():
        return 0
    NODE_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NODE_LIST / name, NODE_FOLDER / name)
    arguments = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        subprocess.run(arguments, cwd=NODE_FOLDER, check=True, stdout=sys.stderr, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"could not install the packages of Node: {error}", file=sys.stderr)
        shutil.rmtree(NODE_FOLDER / "node_modules", ignore_errors=True)
        return 1
    return 0


def _install(packages: list[str]) -> None:
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run([*as_root, "apt-get", "--quiet", *arguments], check=True, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
