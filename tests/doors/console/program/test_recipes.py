"""The lines that a shop copies do what they say."""

import base64
import subprocess

from rapport.apps.programs.models import Program
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import PostbackWay
from rapport.doors.console.program.recipes import Recipe, recipes_of
from rapport.edge.request import Request
from rapport.edge.signature import verify
from tests.make.identity import NOON, STORY

# Stands in for the program that would send: it says what it was given, one argument a line.
CURL = 'curl() { printf "%s\\n" "$@"; }\n'


def ran(lines: str) -> list[str]:
    """Run lines as a shop's shell would and return what they would send."""
    return subprocess.run(
        ["/bin/sh", "-c", CURL + lines], check=True, capture_output=True, text=True, timeout=30
    ).stdout.splitlines()


def test_a_postback_signed_by_the_lines_shown_is_believed_by_the_edge(program: Program) -> None:
    issued = issue_postback_secret(program_id=program.id, way=PostbackWay.HMAC, by=STORY, at=NOON)
    recipe = recipes_of(program, issued=issued)["signed"]
    assert isinstance(recipe, Recipe)
    sent = ran(recipe.text)
    headers = {name.lower().encode(): value.encode() for name, _, value in (line.partition(": ") for line in sent)}
    request = Request("POST", "/pb", f"program={program.id}", headers, sent[-1].encode(), "127.0.0.1", keep_alive=True)
    secret = base64.b64decode(issued.shown_once.removeprefix("whsec_"))
    at_ms = int(headers[b"webhook-timestamp"]) * 1_000
    assert verify(request, secrets=[secret], at_ms=at_ms) == headers[b"webhook-id"].decode()
    assert f"/pb?program={program.id}" in sent[2]


def test_a_secret_stands_in_the_lines_of_its_own_way_alone(program: Program) -> None:
    issued = issue_postback_secret(program_id=program.id, way=PostbackWay.TOKEN, by=STORY, at=NOON)
    recipes = recipes_of(program, issued=issued)
    shown = {
        name for name, recipe in recipes.items() if isinstance(recipe, Recipe) and issued.shown_once in recipe.text
    }
    assert shown == {"postback"}
