"""What is committed speaks of the product alone: no machine's paths, no download hosts, nothing about the making."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house.checks.source import Finding

FORBIDDEN = {
    "a path of one machine": re.compile(
        r"(?<![\w.])(/work/(main|shared)|/home/(?!rapport\b)[a-z]\w+/|/root/|/Users/\w+/|/tmp/brief|/opt/(pypi|wheels))"
    ),
    "a host that packages are downloaded from": re.compile(
        r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.(org|com)|yarnpkg\.com|npmmirror\.com|index\.crates\.io"
        r"|proxy\.golang\.org|deb\.debian\.org)\b|--(extra-)?index-url\b(?!\s*$)",
        re.MULTILINE,
    ),
    "a word about how it was made": re.compile(
        r"co-authored-by|\b(generated|written) (by|with) (an? )?(ai|assistant|language model|llm)\b"
        r"|\bas an ai\b|\blanguage model\b|\bthe brief\b|\bdesign papers?\b|\bmy colleagues?\b"
        r"|\b(house|domain|ecosystem|trust|field|how-code-reads)\.md\b",
        re.IGNORECASE,
    ),
}

# Locks, and our own lists of what is forbidden.
EXEMPT = {
    Path("tests/house/checks/repository.py"): "names what it forbids",
    Path("tests/house/test_checks_catch_breaks.py"): "writes what is forbidden into copies",
}


def tracked_files(root: Path) -> list[Path]:
    """Return what git keeps, relative to the root, as it lies on the disk now."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    return [Path(name) for name in listing.stdout.split("\0") if name and (root / name).is_file()]


def leaks(root: Path, files: Iterable[Path]) -> Iterator[Finding]:
    """Yield lines that say where or how the work was done."""
    for path in files:
        if path in EXEMPT:
            continue
        try:
            text = (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            # Pictures and fonts.
            continue
        for what, pattern in FORBIDDEN.items():
            for match in pattern.finditer(text):
                yield Finding(path, text.count("\n", 0, match.start()) + 1, f"{what}: {match.group()!r}")


def main() -> int:
    """Print what leaks from this repository; return 1 when something does."""
    root = Path.cwd()
    found = sorted(map(str, leaks(root, tracked_files(root))))
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
