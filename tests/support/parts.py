"""Runs the parts of `make test` one after another and says how long each took, so that a log tells where time goes.

Run as `python -m tests.support.parts MAKE TARGET…`; the first part that fails is the last.
"""

import subprocess
import sys
import time
from collections.abc import Sequence


def main(make: str, targets: Sequence[str]) -> int:
    """Make each target; return the code of the first that failed, else 0."""
    took: dict[str, float] = {}
    code = 0
    for target in targets:
        sys.stdout.write(f"== {target}\n")
        sys.stdout.flush()
        began = time.monotonic()
        code = subprocess.run([make, "--no-print-directory", target], check=False).returncode
        took[target] = time.monotonic() - began
        if code:
            break
    sys.stdout.write(table(took, failed=code != 0))
    return code


def table(took: dict[str, float], *, failed: bool) -> str:
    """Return the seconds of each part, and of all; after a failure its part is the last line before the sum."""
    names = [*took]
    marks = {names[-1]: "  failed"} if failed else {}
    lines = [f"{name:<26}{seconds:>7.0f} s{marks.get(name, '')}" for name, seconds in took.items()]
    return "\n".join([*lines, f"{'together':<26}{sum(took.values()):>7.0f} s", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
