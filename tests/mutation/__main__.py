"""Changes the rules, the books and the payouts in thousands of small ways, and counts how many the tests notice.

Run as `python -m tests.mutation`; begun again after an interruption, it goes on where it was.
"""

import argparse
import sys

from tests.mutation.rooms import ROOMS, Room
from tests.mutation.verdicts import CONTROL, HEADING, Score, exit_codes, sample, score
from tests.mutation.workshop import ROOT, Workshop

WHOLE = 100
WORKSHOPS = ROOT / "build" / "mutation"


def main() -> int:
    """Try each room that was asked for and print the table; return 1 when one falls short."""
    asked = _arguments()
    rooms = [room for room in ROOMS if not asked.rooms or room.name in asked.rooms]
    scores = [_tried(room, percent=asked.sample, workers=asked.workers, keep=asked.keep) for room in rooms]
    print(HEADING)
    for each in scores:
        print(each)
    return 0 if all(each.passes for each in scores) else 1


def _tried(room: Room, *, percent: int, workers: int, keep: bool) -> Score:
    """Try the mutants of a sample that have no verdict yet."""
    workshop = Workshop(room=room, folder=WORKSHOPS / room.name)
    workshop.open(keep=keep)
    workshop.generate()
    codes = exit_codes(workshop.mutants)
    every = {name: code for mutants in codes.values() for name, code in mutants.items()}
    chosen = sample(codes, percent=percent) | {name for name in every if name.endswith(CONTROL)}
    untried = {name for name in chosen if every[name] is None}
    print(f"{room.name}: {len(untried)} of {len(chosen)} to try; {workshop.log} tells how far it is", flush=True)
    if untried:
        workshop.try_out(untried if percent < WHOLE else (), workers=workers)
    return score(room.name, exit_codes(workshop.mutants), percent=percent)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("rooms", nargs="*", choices=[*(room.name for room in ROOMS), []], help="all unless given")
    parser.add_argument(
        "--sample", type=int, default=WHOLE, metavar="PERCENT", help="try so many of each file's mutants"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="try so many at once")
    parser.add_argument("--keep", action="store_true", help="after a change, try again only what was not killed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
