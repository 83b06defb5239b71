"""Load the demo once, and say each time how to look around in it."""

import json
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from rapport.apps.identity.actions import make_key
from rapport.apps.identity.inputs import KeyInput
from rapport.apps.identity.rights import KeyScope
from rapport.apps.programs.models import Program
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import Link, PostbackWay
from rapport.apps.tracking.publishing import publish_book
from rapport.apps.tracking.queries import address_of
from rapport.flows.demo import cast
from rapport.flows.demo.orders import play_orders
from rapport.flows.demo.staging import BY, Stage, leave_applications, set_stage
from rapport.flows.demo.visits import write_postbacks, write_visits
from rapport.flows.postbacks import take_postbacks
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest

Progress = Callable[[int, int | None, str], None]
STEPS = 5
SEED = 12
CLICK_ID = "RPID"
"""Stands in the printed line where the reader puts the click id."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to enter as somebody of the demo."""

    who: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to try."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is printed after loading."""

    sign_ins: tuple[SignIn, ...]
    hints: tuple[Hint, ...]


def load_demo(*, progress: Progress) -> Loaded:
    """Load the demo program if it is not there yet, and return how to look around; may be called at every start."""
    at = now()
    program = Program.objects.filter(slug=cast.SLUG).first()
    if program is None or not _secrets_file().exists():
        program = _load(progress, at=at)
    return Loaded(_sign_ins(), _hints(program))


def _load(progress: Progress, *, at: datetime) -> Program:
    chance = random.Random(SEED)  # noqa: S311 - the same play every time, nothing secret
    progress(0, STEPS, "Program, team and partners")
    stage = set_stage(at=at)
    progress(1, STEPS, "Visits, through the journal into the lake")
    visits = write_visits(stage, chance=chance, at=at)
    ingest(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER, now_ms=to_ms(at))
    progress(2, STEPS, "Orders, refunds and approvals of sixty days")
    play_orders(stage, visits, chance=chance, at=at)
    write_postbacks(stage, at=at)
    take_postbacks(at=at)
    progress(3, STEPS, "Applications")
    leave_applications(stage, at=at)
    progress(4, STEPS, "Keys and link book")
    _keep_secrets(stage, at=at)
    publish_book(at=at)
    progress(STEPS, STEPS, "Ready")
    return stage.program


def _keep_secrets(stage: Stage, *, at: datetime) -> None:
    """Keep the demo's key where only the owner of the data folder reads it, to print it at later starts."""
    key = make_key(
        organisation_id=stage.program.workspace_id,
        given=KeyInput(name="Demo shop", scopes=(KeyScope.CONVERSIONS_WRITE,)),
        by=BY,
        at=at,
    )
    token = issue_postback_secret(program_id=stage.program.id, way=PostbackWay.TOKEN, by=BY, at=at)
    file = _secrets_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"key": key.secret, "token": token.shown_once}, opened)


def _secrets_file() -> Path:
    folder: Path = settings.DATA_FOLDER
    return folder / "secrets" / "demo.json"


def _sign_ins() -> tuple[SignIn, ...]:
    team = [SignIn(f"{mate.name}, {mate.role.label}", mate.email, cast.PASSWORD) for mate in cast.TEAM]
    player = cast.PLAYERS[0]
    return (*team, SignIn(f"{player.person}, partner ({player.name})", player.email, cast.PASSWORD))


def _hints(program: Program) -> tuple[Hint, ...]:
    secrets = json.loads(_secrets_file().read_text(encoding="utf-8"))
    player = cast.PLAYERS[0]
    link = Link.objects.filter(agreement__partner__name=player.name).order_by("id")[0]
    sale = {"kind": "sale", "external_id": "demo-1", "currency": program.currency, "total": "104.22"}
    clicked = {**sale, "external_id": "demo-2", "click_ids": [CLICK_ID]}
    refund = {"kind": "refund", "external_id": "demo-2-back", "of": "demo-2", "currency": program.currency}
    return (
        Hint("A partner's link to click", address_of(link)),
        Hint(
            "Report an order that used the partner's code",
            _curl(secrets["key"], "conversions", {**sale, "coupons": [player.coupon]}),
        ),
        Hint(
            f"Report an order after a click: put the rpid from the shop's address in the place of {CLICK_ID}",
            _curl(secrets["key"], "conversions", clicked),
        ),
        Hint("Refund half of it", _curl(secrets["key"], "corrections", {**refund, "total": "52.11"})),
        Hint("The public page of the program", f"{settings.PUBLIC_URL}/p/{program.slug}"),
    )


def _curl(key: str, what: str, body: Mapping[str, object]) -> str:
    return (
        f"curl -X POST {settings.PUBLIC_URL}/api/v1/{what} "
        f"-H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )
