"""The route table: for every address of the project, what each caller gets. Without a row the build is red.

Adding an address is one line in `rows/<door>.py`:

    Row("settings:team", "GET", team("owner", "manager"), at=organisation),

* the name is the one that `reverse()` takes; the method has a row of its own for each method that the view takes
  (a method without a row must be answered with 405);
* the expectation is written here by hand and never read from the code: `team(…)`, `portal()`, `everybody()`,
  `signed_in()`, `by_key(…)`; `ok=` is the answer to those who may (302 for a button, 422 for an empty form);
* `at=` makes the objects that the address names: our own, foreign ones, a missing one. Write a new maker beside the
  rows that need it: `Cast -> Addressed`. An address without an object has none.

Callers: anonymous · owner manager sales finance (team of ours) · partner (of ours) · a stranger for each role (the same
role in another workspace, or of another partner firm) · disabled (was an owner). Own objects are asked for by all,
foreign and missing ones by ours. Every POST of a page is also sent without the CSRF token, which must be 403.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from tests.make.identity import Cast

TEAM = ("owner", "manager", "sales", "finance")
PEOPLE = (*TEAM, "partner")
NOBODY = ("anonymous", "disabled")
KEYS = ("key:conversions:write", "key:links:write", "key:terms:write", "key:read")

Answers = Mapping[str, int]
Kwargs = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """Statuses by caller: on our own object, on foreign and missing ones, and for strangers on ours."""

    own: Answers
    elsewhere: Answers
    strangers: Answers


@dataclass(frozen=True, slots=True)
class Addressed:
    """What fills the gaps of an address: our own object, foreign ones, one that does not exist."""

    own: Kwargs
    elsewhere: tuple[Kwargs, ...]


Maker = Callable[[Cast], Addressed]


@dataclass(frozen=True, slots=True)
class Row:
    """One address and method. `data` is posted as a form, `json` as JSON; `csrf=False` where no session counts."""

    name: str
    method: str
    expected: Expected
    at: Maker | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, object] | None = None
    csrf: bool = True


def team(*roles: str, ok: int = 200) -> Expected:
    """Only these roles of the team; the others are told that their role does not include it."""
    refused = dict.fromkeys(PEOPLE, 403) | dict.fromkeys(NOBODY, 302)
    return Expected(
        own=refused | dict.fromkeys(roles, ok),
        elsewhere=refused | dict.fromkeys(roles, 404),
        strangers=dict.fromkeys(PEOPLE, 403) | dict.fromkeys(roles, 404),
    )


def portal(*, ok: int = 200) -> Expected:
    """The partner whose it is. Owners and managers have a portal too, that of their own organisation: 404 here."""
    refused = dict.fromkeys(PEOPLE, 403) | dict.fromkeys(NOBODY, 302)
    holders = dict.fromkeys(("owner", "manager", "partner"), 404)
    return Expected(own=refused | holders | {"partner": ok}, elsewhere=refused | holders, strangers=refused | holders)


def everybody(*, ok: int = 200, elsewhere: int = 404) -> Expected:
    """Whoever comes, signed in or not."""
    same = dict.fromkeys((*PEOPLE, *NOBODY), ok)
    return Expected(own=same, elsewhere=dict.fromkeys(same, elsewhere), strangers=same)


def signed_in(*, ok: int = 200) -> Expected:
    """Whoever has signed in."""
    same = dict.fromkeys(PEOPLE, ok) | dict.fromkeys(NOBODY, 302)
    return Expected(own=same, elsewhere=same, strangers=same)


def by_key(*scopes: str, ok: int = 200) -> Expected:
    """Keys with one of these scopes; a session opens nothing here."""
    nobody = dict.fromkeys((*PEOPLE, *NOBODY), 401) | dict.fromkeys(KEYS, 403)
    allowed = {f"key:{scope}": ok for scope in scopes}
    return Expected(
        own=nobody | allowed,
        elsewhere=nobody | dict.fromkeys(allowed, 404),
        strangers=nobody | dict.fromkeys(allowed, 404),
    )


def all_rows() -> tuple[Row, ...]:
    """Return the rows of all doors."""
    found = sorted(Path(__file__).with_name("rows").glob("[a-z]*.py"))
    return tuple(row for path in found for row in import_module(f"tests.doors.routes.rows.{path.stem}").ROWS)
