"""Names the rooms whose code is changed on purpose, and the tests that have to notice."""

from dataclasses import dataclass

NEEDED_PERCENT = 85


@dataclass(frozen=True, slots=True)
class Room:
    """A folder under `src/rapport` and the tests that belong to it: its mirror, and the stories told through it."""

    name: str
    folder: str
    tests: tuple[str, ...]


ROOMS = (
    Room("domain", "domain", tests=("tests/domain",)),
    Room("ledger", "apps/ledger", tests=("tests/apps/ledger",)),
    Room(
        "payouts",
        "apps/payouts",
        tests=("tests/apps/payouts", "tests/flows/test_paying.py"),
    ),
)
