"""Set the stage: workspace, team, program, partners, links and codes, all by the actions that people use."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from rapport.apps.identity.actions import add_member, create_organisation, create_person
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.partners import actions as partners
from rapport.apps.partners.inputs import ApplicationInput, DeclineInput
from rapport.apps.partners.models import Agreement, Application, DeclineCode, Segment
from rapport.apps.programs.actions import create_program, move_program, publish_terms
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.record.actors import Actor
from rapport.apps.tracking.actions import create_coupon, create_link
from rapport.apps.tracking.inputs import CouponInput, LinkInput
from rapport.apps.tracking.models import Link
from rapport.domain.terms import presets
from rapport.flows import admission
from rapport.flows.demo import cast
from rapport.kit.ids import random_token

BY = Actor.system("demo")
DAYS = 60
"""How far back the demo's story begins."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What the play needs."""

    program: Program
    version: TermsVersion
    links: tuple[tuple[cast.Player, Link], ...]


def set_stage(*, at: datetime) -> Stage:
    """Build everything that stands before the first click."""
    opened_at = at - timedelta(days=DAYS + 5)
    workspace = create_organisation(given=OrganisationInput(name=cast.WORKSPACE, country="DE"), by=BY, at=opened_at)
    for mate in cast.TEAM:
        _person(mate.name, mate.email, workspace, mate.role, password=cast.PASSWORD, at=opened_at)
    program = _program(workspace, at=opened_at)
    version = publish_terms(program_id=program.id, effective_at=opened_at, by=BY, at=opened_at)
    move_program(program_id=program.id, state=ProgramState.OPEN, by=BY, at=opened_at)
    links = [
        (player, link)
        for number, player in enumerate(cast.PLAYERS)
        for link in _partner(player, program, version, at=opened_at + timedelta(hours=3 * number + 5))
    ]
    return Stage(program, version, tuple(links))


def leave_applications(stage: Stage, *, at: datetime) -> None:
    """Leave two applications to be decided, one of them with a question asked, and one declined."""
    _apply(stage, "Kopfkissen Kompass", "Rosa Klee", Segment.NICHE, at=at - timedelta(hours=26))
    asked = _apply(stage, "Stille Stunden", "Nils Voss", Segment.BLOGGER, at=at - timedelta(hours=9))
    admission.ask(
        application=asked,
        question="Which of your articles would carry the link?",
        by=BY,
        at=at - timedelta(hours=7),
    )
    declined = _apply(stage, "Klickturbo", "A. Turbo", Segment.SEARCH, at=at - timedelta(days=3))
    given = DeclineInput(code=DeclineCode.METHOD_NOT_ALLOWED, reason="We do not work with paid pop-ups.")
    admission.decline(application=declined, given=given, by=BY, at=at - timedelta(days=2))


def _program(workspace: Organisation, *, at: datetime) -> Program:
    given = ProgramInput(
        name=cast.PROGRAM,
        slug=cast.SLUG,
        currency="EUR",
        zone="Europe/Berlin",
        landing_url=f"{settings.PUBLIC_URL}/demo-shop/",
        pitch=cast.PITCH,
    )
    document = dict(presets()[0].document)
    return create_program(workspace_id=workspace.id, given=given, document=document, by=BY, at=at)


def _person(name: str, email: str, organisation: Organisation, role: Role, *, password: str, at: datetime) -> None:
    given = PersonInput(name=name, email=email)
    person = create_person(given=given, password=password, by=BY, at=at)
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=BY, at=at)


def _partner(player: cast.Player, program: Program, version: TermsVersion, *, at: datetime) -> list[Link]:
    organisation = create_organisation(given=OrganisationInput(name=player.name), by=BY, at=at)
    # Only the first partner gets a password: hashing one takes its time on purpose, and a mailed code does as well.
    password = cast.PASSWORD if player is cast.PLAYERS[0] else ""
    _person(player.person, player.email, organisation, Role.PARTNER, password=password, at=at)
    given = _application(player.name, player.person, player.email, player.segment, version)
    application = partners.apply_to_program(
        program_id=program.id,
        given=given,
        sentence=admission.promise(program, at=at),
        secret_digest=random_token(),
        by=admission.APPLICANT,
        at=at,
    )
    agreement = partners.admit_partner(application_id=application.id, organisation_id=organisation.id, by=BY, at=at)
    if player.coupon:
        create_coupon(agreement_id=agreement.id, given=CouponInput(code=player.coupon), by=BY, at=at)
    return [_link(agreement, *wish, at=at) for wish in player.links]


def _link(agreement: Agreement, name: str, page: str, placement: str, *, at: datetime) -> Link:
    destination = f"{settings.PUBLIC_URL}/demo-shop/{page}" + ("/" if page else "")
    given = LinkInput(name=name, destination=destination, placement=placement)
    return create_link(agreement_id=agreement.id, given=given, by=BY, at=at)


def _apply(stage: Stage, firm: str, person: str, segment: Segment, *, at: datetime) -> Application:
    email = f"{random.Random(firm).randrange(1000)}@demo.example"  # noqa: S311 - a name for the stage, not a secret
    given = _application(firm, person, email, segment, stage.version)
    return admission.apply(program=stage.program, given=given, at=at).application


def _application(firm: str, person: str, email: str, segment: Segment, version: TermsVersion) -> ApplicationInput:
    return ApplicationInput(
        name=person,
        organisation_name=firm,
        email=email,
        website=f"https://{firm.lower().replace(' ', '-').replace('ä', 'ae')}.example/",
        segment=segment,
        promotion="We write about sleep and what makes it better, for readers who buy rarely and well.",
        accepted_version=version.id,
    )
