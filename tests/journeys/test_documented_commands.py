"""Every command that the README and the docs name is run: what is written there works as it stands."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db.models import Count
from django.test import Client

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.actions import add_member
from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import KeyScope
from rapport.apps.payouts.models import Payout, PayoutRun
from rapport.apps.programs.models import Program
from rapport.domain.money import format_amount
from rapport.kit.clock import now
from tests.config.commands import rapport
from tests.make.identity import NOON, PASSWORD, STORY, make_api_key, make_organisation, make_person
from tests.make.payouts import make_method, make_payable
from tests.make.road import make_agreement, make_click_id, make_link, make_program
from tests.support.databases import FreshDatabase
from tests.support.mail import listening
from tests.support.names import naming

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

ORDERS = "order,date,customer,product,quantity,price\n10428,2026-03-19,c-77,Mattress,1,104.22\n"
PARTNERS = "customer,code,partner,from,until\nc-77,,Slow Mornings,2026-01-01,\n"
OUR_PARTNERS = "name,email,codes,old link,balance\nDeal Otter,ben@otter.example,OTTER,?ref=otter,4.00\n"
VALIDATIONS = "order,decision\n10428,approve\n"

# What a reader puts in the place of a word in capitals, or of a file's name.
IN_PLACE = {
    "EMAIL": "anna@example.com",
    "NUMBER": "1",
    "COPY": "{data}",
    "FILE": "{data}/{kind}.csv",
    "orders.csv": "{data}/orders.csv",
    "partners.csv": "{data}/partners.csv",
    "our-partners.csv": "{data}/our-partners.csv",
    "validations.csv": "{data}/validations.csv",
    "eurofxref.xml": "{data}/eurofxref.xml",
}
RATES = ROOT / "tests/apps/rates/files/eurofxref-hist-90d.xml"
FILES = {"bindings": "partners", "partners": "our-partners", "validations": "validations"}
CHOSEN = "quieter green harbours"
# Commands that go on until they are stopped, or take long: other tests start them, in the files named here.
STARTED_BY = {
    "rapport up": "tests/support/server.py",
    "rapport web": "tests/config/test_up.py",
    "rapport edge": "tests/config/test_up.py",
    "rapport worker": "tests/config/test_up.py",
    "rapport alive --try": "tests/journeys/test_tracking_alive.py",
    "rapport rates fetch": "tests/config/test_rates.py",
    "rapport lake erase VISITOR": "tests/config/test_lake.py",
    "rapport lake receipts A-1027": "tests/config/test_lake.py",
    "rapport lake receipts WANTED": "tests/config/test_lake.py",
    "rapport demo": "tests/flows/test_demo.py",
    "rapport setup": "tests/journeys/test_public_address.py",
    "rapport setup --check": "tests/journeys/test_public_address.py",
    "rapport setup --domain … --mail …": "tests/journeys/test_public_address.py",
    "rapport setup --domain …": "tests/journeys/test_public_address.py",
    "rapport upgrade": "tests/config/test_backup_commands.py",
    "rapport restore FILE": "tests/config/test_backup_commands.py",
    "rapport restore FILE --data COPY": "tests/config/test_backup_commands.py",
    "rapport backup check FILE": "tests/config/test_backup_commands.py",
}


def documented(program: str) -> set[str]:
    """Return the commands of a program in the pages: lines of shell blocks, and words set as code."""
    found: set[str] = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL):
            found |= set(_commands(block))
        found |= set(re.findall(r"`([^`\n]+)`", text))
    return {each for each in found if each.split()[:1] == [program] and each != program}


def _commands(block: str) -> Iterator[str]:
    """Yield the commands of a block; one goes on over lines as long as a quote is open or a backslash ends them."""
    command = ""
    for line in block.replace("\\\n", " ").splitlines():
        command = f"{command}\n{line}" if command else line.strip()
        if command.count("'") % 2 == 0:
            yield command
            command = ""


@pytest.mark.parametrize("command", sorted(documented("make")))
def test_every_make_target_exists(command: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(command.split()[1:]) <= targets


def test_what_runs_on_is_started_by_a_test_that_is_there() -> None:
    for command, test in STARTED_BY.items():
        assert command.split()[1] in (ROOT / test).read_text(encoding="utf-8"), command
    assert documented("rapport") >= {"rapport up", "rapport doctor"}


def test_every_other_command_does_what_it_says(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    program = make_program(zone="Europe/London")
    make_agreement(program, name="Slow Mornings")
    make_person(email="anna@example.com", password=PASSWORD)
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "partners.csv").write_text(PARTNERS)
    (tmp_path / "our-partners.csv").write_text(OUR_PARTNERS)
    (tmp_path / "validations.csv").write_text(VALIDATIONS)
    (tmp_path / "eurofxref.xml").write_bytes(RATES.read_bytes())
    # The vault's keys lie in the folder, where a command renews them.
    settings = {
        "RAPPORT_VAULT_KEYS": "",
        "RAPPORT_DATA": str(tmp_path),
        "RAPPORT_DATABASE_URL": fresh_database.url,
        "RAPPORT_MAIL_BOUNCES_URL": f"maildir://{tmp_path}/bounces",
    }
    elsewhere = set(STARTED_BY) | {each for each in documented("rapport") if each.startswith("rapport payouts ")}
    with listening() as mail_server, naming() as names:
        settings["RAPPORT_DNS_SERVER"] = names.address
        for command in sorted(documented("rapport") - elsewhere, key=_place):
            words = typed(command, data=tmp_path)
            done = rapport(*words, typed=f"{CHOSEN}\n{CHOSEN}\n", RAPPORT_SMTP_URL=mail_server.url, **settings)
            assert fine(done), (command, done.stdout, done.stderr)
    assert Conversion.objects.filter(external_id="10428").count() == 1


@pytest.mark.drill(seconds=20)
def test_partners_are_paid_by_the_commands_of_the_manual(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    program = make_program()
    for number in range(5):
        agreement = make_agreement(program, name=f"Partner {number}")
        make_method(agreement.partner.organisation)
        make_payable(program, agreement)
    people = [make_finance(program, email) for email in ("jonas@example.com", "mara@example.com")]
    commands = {each.split()[2]: each for each in documented("rapport") if each.startswith("rapport payouts ")}
    settings = {"RAPPORT_DATA": str(tmp_path), "RAPPORT_DATABASE_URL": fresh_database.url}
    assert set(commands) == set(IN_THEIR_ORDER)
    for name in IN_THEIR_ORDER:
        words = [_in_its_place(word, people, tmp_path, name) for word in shlex.split(commands[name])[1:]]
        more = ("--to", str(tmp_path)) if name == "file" else ()
        done = rapport(*words, *more, typed=f"{PASSWORD}\n", **settings)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert dict(Payout.objects.values_list("state").annotate(Count("id"))) == {
        "settled": 1,
        "failed": 1,
        "returned": 1,
        "sent": 1,
        "cancelled": 4,  # one by name, and those of the run that was abandoned
    }


IN_THEIR_ORDER = (
    *("due", "prepare", "runs", "show", "approve", "cancel", "file", "answer"),
    *("settle", "fail", "return", "unknown", "prepare", "abandon"),
)
OPEN = {"cancel": "reserved", "return": "settled"}
"""In which state a payout is looked for; most commands tell of one that was sent."""


def make_finance(program: Program, email: str) -> str:
    """Let somebody of finance sign in with a password."""
    person = make_person(email=email, password=PASSWORD)
    add_member(organisation_id=program.workspace_id, person_id=person.id, role=Role.FINANCE, by=STORY, at=NOON)
    return email


def _in_its_place(word: str, people: list[str], folder: Path, command: str) -> str:
    """Return what a reader types for a word in capitals, as the tables stand by then."""
    run = PayoutRun.objects.order_by("-id").first()
    payout = Payout.objects.filter(state=OPEN.get(command, "sent"), known=True).order_by("id").first()
    answer = folder / "answer.csv"
    if command == "answer" and payout:
        answer.write_text(f"payout,outcome,reference\n{payout.id},settled,SEPA-1\n")
    known = {"RUN": run.id, "TOTAL": format_amount(run.total)} if run else {}
    known |= {"PAYOUT": payout.id} if payout else {}
    known |= {"EMAIL": people[command == "approve"], "WAY": "iban", "ANSWER": str(answer)}
    return (known | {"REASON": "Wrong account", "REFERENCE": "SEPA-2"}).get(word, word)


def fine(done: subprocess.CompletedProcess[str]) -> bool:
    """Say whether a command did its work; a group alone shows its help, and doctor misses the worker here."""
    said = done.stdout + done.stderr
    return done.returncode == 0 or "Usage:" in said or ("is a worker running?" in said and "1 problem found" in said)


def typed(command: str, *, data: Path) -> list[str]:
    """Return what a reader types, with his own files and names."""
    kind = next((file for name, file in FILES.items() if f"import {name}" in command), "orders")
    return [IN_PLACE.get(word, word).format(data=data, kind=kind) for word in shlex.split(command)[1:]]


def _place(command: str) -> tuple[bool, bool, str]:
    """Make a key before one is revoked, and ask the doctor last."""
    return ("doctor" in command, "revoke" in command, command)


@pytest.mark.usefixtures("db")
def test_the_readme_reports_an_order_with_one_line(client: Client) -> None:
    workspace = make_organisation()
    program = make_program(workspace)
    click_id = make_click_id(make_link(make_agreement(program)), at=now())
    [line] = [command for command in documented("curl") if "/api/v1/conversions" in command]
    address, headers, body = _parts(line)
    headers["Authorization"] = f"Bearer {make_api_key(workspace, KeyScope.CONVERSIONS_WRITE).secret}"
    answer = client.post(
        urlsplit(address).path,
        json.dumps({**json.loads(body), "click_ids": [click_id]}),
        content_type=headers.pop("Content-Type"),
        headers=headers,
    )
    assert answer.status_code == 201, answer.content
    assert Conversion.objects.get().external_id == "10428"
    assert Commission.objects.get().accrued_minor > 0


def _parts(line: str) -> tuple[str, dict[str, str], str]:
    """Return address, headers and body of a curl command."""
    words = shlex.split(line)
    named = list(pairwise(words))
    headers = dict(word.split(": ", 1) for flag, word in named if flag == "-H")
    return (
        next(word for word in words if word.startswith("http")),
        headers,
        next(word for flag, word in named if flag == "-d"),
    )
