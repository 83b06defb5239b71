"""Names the rooms whose code is changed on purpose, and the tests that have to notice."""

from dataclasses import dataclass

NEEDED_PERCENT = 85
_PAYING_STORIES = (
    "paying",
    "rails",
    "calling",
    "debts",
    "invoicing",
    "tax_papers",
    "year_end",
    "statements",
    "objecting",
)


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
        tests=(
            "tests/apps/payouts",
            *(f"tests/flows/test_{story}.py" for story in _PAYING_STORIES),
            *(f"tests/doors/console/test_{page}.py" for page in ("paying", "rails", "taxes", "currencies")),
            *(f"tests/doors/portal/test_{page}.py" for page in ("paying", "taxes")),
        ),
    ),
)
