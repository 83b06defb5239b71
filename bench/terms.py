"""How fast terms are: orders judged a second on one core, and a replay of a million and of ten million orders.

    python -m bench.terms [--small]

Runs `bench.decisions` and `bench.replay` one after the other, whose docstrings say what each figure means, and ends
with one line of JSON that holds them all. `--small` leaves the ten million out.
"""

import argparse
import json
import subprocess
import sys
from typing import Any

MILLION = 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--small", action="store_true", help="Leave out the replay of ten million orders.")
    options = parser.parse_args()
    told: dict[str, Any] = {"bench": "terms", "decisions": _measured("bench.decisions")}
    for orders in (MILLION,) if options.small else (MILLION, 10 * MILLION):
        told[f"replay_{orders // MILLION}_million"] = _measured("bench.replay", "--orders", str(orders))
    print(json.dumps(told))


def _measured(module: str, *options: str) -> Any:  # noqa: ANN401 - what a measurement says of itself
    done = subprocess.run([sys.executable, "-m", module, *options], check=True, stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
