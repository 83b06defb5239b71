"""How to look around in the demo: who signs in, where to look first, what to try."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.identity.actions import make_key
from rapport.apps.identity.inputs import KeyInput
from rapport.apps.identity.rights import KeyScope
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import PayoutRun, PayoutRunState
from rapport.apps.programs.models import Program
from rapport.apps.tracking.actions import issue_postback_secret
from rapport.apps.tracking.models import Link, PostbackWay
from rapport.apps.tracking.queries import address_of
from rapport.flows.demo import cast
from rapport.flows.demo.staging import BY, Stage

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
    """Something to look at or to try."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is printed after loading: where to look first, who signs in, what to try."""

    places: tuple[Hint, ...]
    sign_ins: tuple[SignIn, ...]
    hints: tuple[Hint, ...]


def look_around() -> Loaded:
    """Return how to look around in a demo that is loaded."""
    program = Program.objects.get(slug=cast.SLUG)
    return Loaded(_places(program), _sign_ins(), _hints(program))


def keep_secrets(stage: Stage, *, at: datetime) -> None:
    """Keep the demo's key where only the owner of the data folder reads it, to print it at later starts."""
    file = _secrets_file()
    if file.exists():
        return
    key = make_key(
        organisation_id=stage.program.workspace_id,
        given=KeyInput(name="Demo shop", scopes=(KeyScope.CONVERSIONS_WRITE,)),
        by=BY,
        at=at,
    )
    token = issue_postback_secret(program_id=stage.program.id, way=PostbackWay.TOKEN, by=BY, at=at)
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


def _places(program: Program) -> tuple[Hint, ...]:
    """Return the five places to look at first."""
    mine = Agreement.objects.get(program=program, partner__name=cast.PLAYERS[0].name)
    paid = Commission.objects.filter(agreement=mine, state=CommissionState.PAID)
    explained = paid.order_by("-earned_at", "conversion__external_id").first()
    run = PayoutRun.objects.filter(program=program, state=PayoutRunState.DRAFT).order_by("-prepared_at").first()
    manager, second, partner = cast.TEAM[1].email, cast.TEAM[4].email, cast.PLAYERS[0].email
    found = [
        (f"Today, what waits for the manager ({manager})", reverse("console:today", args=(program.id,))),
        ("A partner and what it brings", reverse("console:partner", args=(program.id, mine.id))),
    ]
    if explained:
        place = reverse("console:commission", args=(program.id, explained.id))
        found.append(("A commission, explained from the click to the payday", place))
    if run:
        place = reverse("console:payout-run", args=(program.id, run.id))
        found.append((f"A payout run that waits for its second person ({second})", place))
    found.append((f"The same seen by a partner, on a phone ({partner})", reverse("portal:home", args=(mine.id,))))
    return tuple(Hint(title, f"{settings.PUBLIC_URL}{place}") for title, place in found)


def _hints(program: Program) -> tuple[Hint, ...]:
    secrets = json.loads(_secrets_file().read_text(encoding="utf-8"))
    player = cast.PLAYERS[0]
    link = Link.objects.filter(agreement__program=program, agreement__partner__name=player.name).order_by("id")[0]
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
